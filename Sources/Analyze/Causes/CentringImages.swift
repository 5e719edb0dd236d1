import EPUShared
import GRDB

/// The hole images of some sessions: EPU takes them, before and after centring, of the hole in the middle of each cluster
/// that it is going to shoot.
struct CentringImages {
    private struct Image {
        let acquired: Timestamp
        let foilHole: Int64
        /// Read-back, um.
        let stage: Vector2
    }

    /// In time order.
    private var ofSession: [Int64: [Image]] = [:]
    private var next: [Int64: Int] = [:]

    /// From a stage stop, um: the image before the centring is half a um off; holes that EPU looked at on other occasions are
    /// farther.
    private static let reach = 3.0

    init(_ sessionIDs: [Int64], _ db: Database) throws {
        let list = sessionIDs.sqlList
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT session_id, acquired_at, foil_hole, stage_x_um, stage_y_um FROM hole_image
                WHERE session_id IN (\(list)) AND acquired_at IS NOT NULL AND stage_x_um IS NOT NULL
                    AND stage_y_um IS NOT NULL
                ORDER BY acquired_at, name
                """)
        while let row = try rows.next() {
            guard let acquired = Timestamp(archiveText: row[1] as String) else { continue }
            ofSession[row[0], default: []].append(
                Image(acquired: acquired, foilHole: row[2], stage: Vector2(row[3], row[4])))
        }
    }

    /// The hole that was centred last since the exposure before, near where the stage now is; nil: none was.
    /// - Parameter exposure: to be asked for in time order.
    mutating func centredHole(before exposure: SessionExposure) -> Int64? {
        guard let images = ofSession[exposure.sessionID] else { return nil }
        var hole: Int64?
        var index = next[exposure.sessionID] ?? 0
        while index < images.count, images[index].acquired < exposure.acquired {
            if images[index].stage.distance(to: exposure.stage) <= Self.reach { hole = images[index].foilHole }
            index += 1
        }
        next[exposure.sessionID] = index
        return hole
    }
}
