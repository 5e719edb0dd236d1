import EPUShared
import GRDB

/// Tells whether two foil holes are one. EPU gives a hole another id each time that holes are searched anew; the hole map
/// then has both ids in one place.
struct HoleIdentity {
    private struct Key: Hashable {
        let sessionID: Int64
        let foilHole: Int64
    }

    /// By the hole maps, um.
    private var positions: [Key: Vector2] = [:]

    /// Two searches find a hole in places that differ by a part of a um, holes are 0.6 um apart at least.
    private static let tolerance = 0.25

    init(_ sessionIDs: [Int64], _ db: Database) throws {
        let list = sessionIDs.sqlList
        var statement = try RowStatement(
            db,
            """
            SELECT session_id, foil_hole, stage_x_um, stage_y_um FROM foil_hole
            WHERE session_id IN (\(list)) AND stage_x_um IS NOT NULL AND stage_y_um IS NOT NULL
            """)
        try statement.forEachRow { row in
            positions[Key(sessionID: row.int(0), foilHole: row.int(1))] = Vector2(row.double(2), row.double(3))
        }
    }

    func isSame(_ a: SessionExposure, _ b: SessionExposure) -> Bool {
        guard a.sessionID == b.sessionID else { return false }
        if a.foilHole == b.foilHole { return true }
        guard let first = positions[Key(sessionID: a.sessionID, foilHole: a.foilHole)],
            let second = positions[Key(sessionID: b.sessionID, foilHole: b.foilHole)]
        else { return false }
        return first.distance(to: second) <= Self.tolerance
    }
}
