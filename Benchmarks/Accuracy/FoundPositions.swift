import EPUCore
import GRDB

/// Where the analyses that the archive shows have put exposures, and with what uncertainty.
struct FoundPositions {
    struct Position {
        /// The position, um.
        let place: Vector2
        /// The standard error in x and in y among the exposures of its grid square, um; nil where it is not known.
        let error: Double?
    }

    private struct Exposure: Hashable {
        let session: String
        let name: String
    }

    private var positions: [Exposure: Position] = [:]

    /// The standard error that is taken for a pair whose uncertainty is not known, um.
    static let usualSigma = 0.05

    /// Whether any uncertainty is known.
    private(set) var haveUncertainties = false

    /// - Parameter wanted: The names of the exposures to read, by session; others are left out.
    init(_ db: Database, wanted: [String: Set<String>]) throws {
        // An archive of an older version has no uncertainties.
        let hasErrors = try db.columns(in: "placement").contains { $0.name == "error_um" }
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT s.name, e.name, p.x_um, p.y_um, \(hasErrors ? "p.error_um" : "NULL")
                FROM latest_analysis l
                JOIN analysis a ON a.analysis_id = l.analysis_id
                JOIN session s ON s.session_id = l.session_id
                JOIN exposure e ON e.session_id = l.session_id
                JOIN placement p ON p.placement_set_id = a.placement_set_id AND p.exposure_id = e.exposure_id
                """)
        while let row = try rows.next() {
            let exposure = Exposure(session: row[0], name: row[1])
            guard wanted[exposure.session]?.contains(exposure.name) == true else { continue }
            let error: Double? = row[4]
            positions[exposure] = Position(place: Vector2(row[2], row[3]), error: error)
            if error != nil { haveUncertainties = true }
        }
    }

    /// The standard error of a pair's distance, um; nil where that of either position is not known.
    func sigma(_ pair: TruePair, in session: String) -> Double? {
        guard let first = positions[Exposure(session: session, name: pair.earlier)]?.error,
            let second = positions[Exposure(session: session, name: pair.later)]?.error
        else { return nil }
        return (first * first + second * second).squareRoot()
    }

    /// The distance of a pair, um; nil where either exposure has no position.
    func distance(_ pair: TruePair, in session: String) -> Double? {
        guard let first = positions[Exposure(session: session, name: pair.earlier)],
            let second = positions[Exposure(session: session, name: pair.later)]
        else { return nil }
        return first.place.distance(to: second.place)
    }
}
