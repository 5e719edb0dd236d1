import EPUShared
import GRDB

/// By how much the stage coordinates of a session differ from those of the session that is judged: a grid that was taken out
/// and put back lies elsewhere.
struct SessionOffset: Sendable {
    /// um; to be taken from the session's positions.
    let vector: Vector2
    /// Standard error, um; nil: not measured, and taken as 0.
    let error: Double?

    static let none = SessionOffset(vector: .zero, error: nil)

    /// Whether two measurements say the same: one that has become better by some exposures is no reason to place all anew.
    func isSame(as other: SessionOffset) -> Bool {
        guard (error == nil) == (other.error == nil) else { return false }
        return vector.distance(to: other.vector) <= max(0.02, 2 * (error ?? 0))
    }

    static func stored(in placementSetID: Int64, _ db: Database) throws -> [Int64: SessionOffset] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT session_id, offset_x_um, offset_y_um, offset_error_um FROM placement_set_session
                WHERE placement_set_id = ?
                """, arguments: [placementSetID])
        return Dictionary(
            rows.map { ($0[0], SessionOffset(vector: Vector2($0[1], $0[2]), error: $0[3])) },
            uniquingKeysWith: { first, _ in first })
    }
}
