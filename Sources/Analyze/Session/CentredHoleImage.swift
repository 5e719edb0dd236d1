import EPUCore
import GRDB

/// An image of a foil hole in which EPU found the hole.
struct CentredHoleImage: Sendable {
    let id: Int64
    let foilHole: Int64
    let acquired: Timestamp
    /// The read-back of the stage, um.
    let stage: Vector2
    /// The way from the middle of the image to the hole that EPU found, um, in the stage's frame, by the image's own calibration.
    /// EPU gives the matrix per unbinned pixel, with the sign of a move that brings the hole to the middle.
    let offset: Vector2
    /// The radius of the hole, um; nil: not recorded.
    var radius: Double?

    /// The images of a session that have all of this, in the order in which they were taken.
    static func inTimeOrder(of sessionID: Int64, _ db: Database) throws -> [CentredHoleImage] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT hole_image_id, foil_hole, acquired_at, stage_x_um, stage_y_um,
                       binning * (center_x_px - readout_width_px / 2.0) AS across_px,
                       binning * (center_y_px - readout_height_px / 2.0) AS down_px,
                       image_to_stage_m11, image_to_stage_m12, image_to_stage_m21, image_to_stage_m22,
                       binning * hole_width_px / 2 AS radius_px
                FROM hole_image
                WHERE session_id = ? AND acquired_at IS NOT NULL AND stage_x_um IS NOT NULL AND stage_y_um IS NOT NULL
                    AND across_px IS NOT NULL AND down_px IS NOT NULL AND image_to_stage_m11 IS NOT NULL
                    AND image_to_stage_m12 IS NOT NULL AND image_to_stage_m21 IS NOT NULL
                    AND image_to_stage_m22 IS NOT NULL
                ORDER BY acquired_at, name
                """, arguments: [sessionID])
        var images: [CentredHoleImage] = []
        while let row = try rows.next() {
            guard let acquired = Timestamp(archiveText: row[2] as String) else { continue }
            let toStage = Matrix2(row[7], row[8], row[9], row[10])
            let offset = -(toStage * Vector2(row[5], row[6]))
            guard offset.isFinite else { continue }
            images.append(
                CentredHoleImage(
                    id: row[0], foilHole: row[1], acquired: acquired, stage: Vector2(row[3], row[4]), offset: offset,
                    radius: (row[11] as Double?).map { $0 * toStage.scale }))
        }
        return images
    }
}
