import EPUArchive
import EPUCore
import GRDB

/// How far apart two analyses place the same exposures.
struct MovedPositions: Encodable, Equatable {
    /// The number of exposures that both place.
    let exposures: Int
    let medianUm: Double
    let greatestUm: Double

    /// Compares the positions; nil: the two have no exposure in common.
    init?(
        _ first: ComparedAnalysis, _ second: ComparedAnalysis, sessions: [SessionRow], _ db: Database
    ) throws {
        var distances: [Double] = []
        var statement = try RowStatement(
            db,
            """
            SELECT p.x_um - q.x_um, p.y_um - q.y_um
            FROM exposure e
            JOIN placement p ON p.placement_set_id = ?1 AND p.exposure_id = e.exposure_id
            JOIN placement q ON q.placement_set_id = ?2 AND q.exposure_id = e.exposure_id
            WHERE e.session_id IN (SELECT value FROM json_each(?3))
            """)
        statement.bind(first.placementSetID)
        statement.bind(second.placementSetID)
        statement.bind("[\(sessions.map(\.sessionID).sqlList)]")
        try statement.forEachRow { row in distances.append(Vector2(row.double(0), row.double(1)).length) }
        guard let spread = Distribution(distances) else { return nil }
        exposures = spread.count
        medianUm = spread.median
        greatestUm = spread.greatest
    }
}
