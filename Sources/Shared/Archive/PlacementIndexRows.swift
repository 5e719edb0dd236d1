public import GRDB

/// The rows of the R-tree of positions, as they follow from `placement` alone.
public enum PlacementIndexRows {
    /// Fills the index again from the placements. It does not know the sizes of their beams, so every box reaches over all sizes:
    /// the next search in a set makes its boxes as narrow as they can be.
    public static func fill(_ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM placement_index;
                INSERT INTO placement_index (placement_id, min_x_um, max_x_um, min_y_um, max_y_um, min_set, max_set)
                SELECT placement_id, x_um, x_um, y_um, y_um, placement_set_id, placement_set_id + 0.5 FROM placement
                """)
    }
}
