import EPUArchive
import EPUCore
import GRDB

/// Stores what hole images told, beside the calibration that it belongs to.
struct CentringStore {
    let calibrationID: Int64

    /// - Parameter centring: what they told; nil where the calibration does not rest on hole images.
    func replace(with centring: Centring?, _ db: Database) throws {
        for table in ["hole_centring", "centred_area"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE calibration_id = ?", arguments: [calibrationID])
        }
        guard let centring else { return }
        var insertHole = try RowBatch(
            db,
            "INSERT INTO hole_centring (calibration_id, foil_hole, hole_image_id, residual_um, is_used, repeats)",
            columns: 6)
        for hole in centring.centred {
            insertHole.bind(calibrationID)
            insertHole.bind(hole.foilHole)
            insertHole.bind(hole.imageID)
            insertHole.bind(hole.residual)
            insertHole.bind(Int64(hole.isUsed ? 1 : 0))
            insertHole.bind(hole.repeats)
            try insertHole.endRow()
        }
        try insertHole.finish()
        guard centring.isProven else { return }
        let insertArea = try db.cachedStatement(
            sql: "INSERT INTO centred_area (calibration_id, area, offset_x_um, offset_y_um) VALUES (?, ?, ?, ?)")
        for (area, offset) in centring.areaOffsets.sorted(by: { $0.key < $1.key }) {
            try insertArea.execute(arguments: [calibrationID, area, offset.x, offset.y])
        }
    }
}
