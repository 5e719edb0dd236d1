import EPUArchive
import EPUCore
import GRDB

/// The hole images of some sessions: EPU takes them, before and after centring, of the hole in the middle of each cluster
/// that it is going to shoot.
struct CentringImages {
    private struct Image {
        let acquired: Timestamp
        let foilHole: Int64
        /// The read-back of the stage, um.
        let stage: Vector2
    }

    /// The images of each session, in time order.
    private var ofSession: [Int64: [Image]] = [:]
    private var next: [Int64: Int] = [:]

    /// The greatest distance of an image from a stage stop, um: the image before the centring is half a um away; holes that EPU
    /// looked at on other occasions are farther.
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

    /// What the images since the previous exposure tell.
    struct LastCentring {
        /// The hole that was centred last, near where the stage now is.
        let foilHole: Int64
        /// Whether the stage stood elsewhere for one of the images: EPU goes to a hole, looks, and goes on to its centre.
        let stageMoved: Bool
    }

    /// The centring before an exposure; nil: no image was taken near where the stage now is.
    /// - Parameter exposure: the exposure; exposures must come in time order.
    mutating func centring(before exposure: SessionExposure) -> LastCentring? {
        guard let images = ofSession[exposure.sessionID] else { return nil }
        var centring: LastCentring?
        var index = next[exposure.sessionID] ?? 0
        while index < images.count, images[index].acquired < exposure.acquired {
            let distance = images[index].stage.distance(to: exposure.stage)
            if distance <= Self.reach {
                let moved = distance > HoleClusters.unmovedTolerance || centring?.stageMoved == true
                centring = LastCentring(foilHole: images[index].foilHole, stageMoved: moved)
            }
            index += 1
        }
        next[exposure.sessionID] = index
        return centring
    }
}
