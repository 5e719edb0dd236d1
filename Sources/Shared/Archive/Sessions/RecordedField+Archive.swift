public import EPUCore

extension RecordedField {
    /// The columns that tell the camera field of a row of `exposure`, in SQL: `init(_:from:turned:)` reads them.
    public static func columns(of exposure: String) -> String {
        """
        \(exposure).readout_width_px, \(exposure).readout_height_px, \(CountedValue.pixelSize(of: exposure)),
        \(exposure).pixel_size_y_a, \(exposure).image_to_stage_m11, \(exposure).image_to_stage_m12,
        \(exposure).image_to_stage_m21, \(exposure).image_to_stage_m22
        """
    }

    /// The shorter side of the camera field of a row of `exposure`, um, in SQL, as `init(_:from:turned:)` has it; NULL where the
    /// size is not known.
    public static func shorterSide(of exposure: String) -> String {
        """
        nullif(max(0, 1e-4 * min(\(exposure).readout_width_px * \(CountedValue.pixelSize(of: exposure)),
            \(exposure).readout_height_px
                * ifnull(\(exposure).pixel_size_y_a, \(CountedValue.pixelSize(of: exposure))))), 0)
        """
    }

    /// Reads the part of the specimen that the camera saw: ReadoutArea x pixel size, turned as the image's matrix says. Nil where
    /// its size is not known.
    /// - Parameters:
    ///   - first: The place where `columns` begin in the row.
    ///   - turn: How the grid lies turned against the session whose coordinates are asked for; nil if it was not moved.
    public init?(_ row: borrowing ResultRow, from first: Int32, turned turn: Matrix2? = nil) {
        let rows = (row.vector(first + 4, first + 5), row.vector(first + 6, first + 7))
        let image = rows.0.flatMap { upper in rows.1.map { Matrix2(upper.x, upper.y, $0.x, $0.y) } }
        self.init(
            columns: row.optionalDouble(first), lines: row.optionalDouble(first + 1),
            pixelSize: row.optionalDouble(first + 2), pixelSizeY: row.optionalDouble(first + 3),
            imageToStage: image.map { image in turn.map { $0 * image } ?? image })
    }
}
