import EPUArchive
import GRDB

/// Moves exposures and images to another session. They keep their ids, and what people said of them; what was found with them
/// under the old session no longer holds.
struct SessionMove {
    let old: Int64
    let new: Int64

    private static let images = [
        ("exposure", "metadata_file_id"), ("hole_image", "ifnull(metadata_file_id, image_file_id)"),
        ("grid_square_image", "ifnull(metadata_file_id, image_file_id)"),
    ]
    private static let files = "(SELECT value FROM json_each(:files))"

    /// Moves what was read from files.
    /// - Parameter files: The rows of the ledger that it was read from. These stay in their root.
    func take(_ files: [Int64], _ db: Database) throws {
        guard !files.isEmpty, old != new else { return }
        let list = "[\(files.sqlList)]"
        func run(_ sql: String) throws {
            var arguments: [String: (any DatabaseValueConvertible)?] = ["old": old, "new": new, "files": list]
            arguments = arguments.filter { sql.contains(":" + $0.key) }
            try db.execute(sql: sql, arguments: StatementArguments(arguments))
        }
        for session in [old, new] { try Settlement.reopen(session, db) }
        let exposures = try Int64.fetchAll(
            db,
            sql: """
                SELECT exposure_id FROM exposure
                WHERE metadata_file_id IN (SELECT value FROM json_each(?)) ORDER BY exposure_id
                """, arguments: [list])
        try StaleResults.positions.forget(of: old, exposures: exposures, db)
        try OpticsNumbers.move(exposures, from: old, to: new, db)
        try addPlaces(run)
        for (table, file) in Self.images {
            try run(
                """
                UPDATE OR IGNORE \(table) SET session_id = :new WHERE session_id = :old AND \(file) IN \(Self.files)
                """)
            // The session has these already.
            if table == "exposure" { try takeReviews(run) }
            try run("DELETE FROM \(table) WHERE session_id = :old AND \(file) IN \(Self.files)")
        }
        try Self.removeEmptyPlaces(of: old, db)
    }

    /// Adds the squares, holes and areas that the exposures and images name.
    private func addPlaces(_ run: (String) throws -> Void) throws {
        for (table, file) in Self.images {
            try run(
                """
                INSERT OR IGNORE INTO grid_square (session_id, grid_square)
                SELECT DISTINCT :new, grid_square FROM \(table)
                WHERE \(file) IN \(Self.files) AND grid_square IS NOT NULL
                """)
        }
        for (table, file) in Self.images.prefix(2) {
            try run(
                """
                INSERT OR IGNORE INTO foil_hole (session_id, foil_hole, grid_square)
                SELECT DISTINCT :new, foil_hole, grid_square FROM \(table) WHERE \(file) IN \(Self.files)
                """)
        }
        try run(
            """
            INSERT OR IGNORE INTO template_area (session_id, area)
            SELECT DISTINCT :new, area FROM exposure WHERE metadata_file_id IN \(Self.files)
            """)
    }

    /// Takes over what people said of exposures that the new session has already from other files.
    private func takeReviews(_ run: (String) throws -> Void) throws {
        try run(
            """
            INSERT OR IGNORE INTO review (exposure_id, verdict, reason, reviewed_at)
            SELECT kept.exposure_id, r.verdict, r.reason, r.reviewed_at
            FROM exposure gone
            JOIN review r USING (exposure_id)
            JOIN exposure kept ON kept.session_id = :new AND kept.name = gone.name
                AND ifnull(kept.unique_id, '') = ifnull(gone.unique_id, '')
            WHERE gone.session_id = :old AND gone.metadata_file_id IN \(Self.files)
            """)
    }

    /// Takes out holes, squares and areas that were known only from exposures that are gone.
    static func removeEmptyPlaces(of sessionID: Int64, _ db: Database) throws {
        func unused(_ column: String, by users: [String]) -> String {
            users.map { user in
                """
                AND \(column) NOT IN (SELECT \(column) FROM \(user)
                                      WHERE session_id = :session AND \(column) IS NOT NULL)
                """
            }.joined(separator: " ")
        }
        let holes = unused("foil_hole", by: ["exposure", "hole_image", "planned_exposure"])
        let squares = unused("grid_square", by: ["foil_hole", "exposure", "hole_image", "grid_square_image"])
        for condition in [
            "foil_hole WHERE session_id = :session AND stage_x_um IS NULL \(holes)",
            "grid_square WHERE session_id = :session AND stage_x_um IS NULL AND metadata_name IS NULL \(squares)",
            """
            template_area WHERE session_id = :session AND offset_x_um IS NULL AND shift_x_px IS NULL
                \(unused("area", by: ["exposure"]))
            """,
        ] {
            try db.execute(sql: "DELETE FROM " + condition, arguments: ["session": sessionID])
        }
    }
}
