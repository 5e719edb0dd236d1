import EPUArchive
import EPUCore
import GRDB

/// What speaks against the spherical aberration that is assumed: EPU does not record it.
struct AssumedAberration {
    /// mm: of Krios, Glacios and Talos Arctica.
    static let usual = 2.7
    /// mm
    static let ofTundra = 1.6
    /// kV: the columns that have the usual one are of 200 and 300.
    private static let leastUsualVoltage = 150.0

    private let session: String
    /// kV; nil: not recorded, or none below the usual ones.
    private let lowVoltage: Double?
    private let isTundra: Bool

    init(of optics: OpticsSession, _ db: Database) throws {
        session = optics.session.name
        lowVoltage = optics.leastVoltage.flatMap { $0 < Self.leastUsualVoltage ? $0 : nil }
        isTundra =
            try optics.isTundra
            || Int.fetchOne(
                db, sql: "SELECT 1 FROM session WHERE session_id = ? AND instrument_model LIKE '%tundra%'",
                arguments: [optics.session.sessionID]) != nil
    }

    /// Nil where nothing does.
    var warning: String? {
        let (usual, tundra) = (Self.usual.text(), Self.ofTundra.text())
        if isTundra {
            return
                "\(session) is of a Tundra, whose Cs is \(tundra) mm, not the \(usual) mm that are assumed: give --cs \(tundra)."
        }
        guard let lowVoltage else { return nil }
        return
            "\(session) was recorded at \(lowVoltage.text()) kV. The Cs of \(usual) mm that is assumed is that of columns of 200 and "
            + "300 kV; a Tundra (100 kV) has \(tundra). Give your microscope's with --cs."
    }
}
