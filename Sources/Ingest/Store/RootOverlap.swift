import EPUShared
import GRDB

/// Roots that lie within one another: a file has one row, in the root of the folder that it is now read with.
struct RootOverlap {
    let rootID: Int64
    let sessionID: Int64
    let folder: SessionFolder

    private struct Root {
        let id: Int64
        let sessionID: Int64?
        let path: String
    }

    func resolve(_ db: Database) throws {
        let roots = try Row.fetchAll(
            db, sql: "SELECT session_root_id, session_id, path FROM session_root WHERE path <> ?",
            arguments: [folder.path]
        ).map { Root(id: $0[0], sessionID: $0[1], path: $0[2]) }
        for root in roots where folder.path.hasPrefix(root.path + "/") { try takeFiles(ofOuter: root, db) }
        for root in roots where root.path.hasPrefix(folder.path + "/") { try takeFiles(ofInner: root, db) }
    }

    /// The folder was read as a part of one above it before it was known to be a session.
    private func takeFiles(ofOuter outer: Root, _ db: Database) throws {
        let start = folder.path.dropFirst(outer.path.count + 1) + "/"
        // "0" is the character after "/".
        let ids = try Int64.fetchAll(
            db, sql: "SELECT source_file_id FROM source_file WHERE session_root_id = ? AND path > ? AND path < ?",
            arguments: [outer.id, String(start), start.dropLast() + "0"])
        guard !ids.isEmpty else { return }
        let isOther = outer.sessionID != sessionID
        if isOther, let old = outer.sessionID { try takeExposures(of: old, files: Self.list(ids), db) }
        try db.execute(
            sql: """
                UPDATE OR IGNORE source_file SET session_root_id = ?, path = substr(path, ?)
                    \(isOther ? ", size_bytes = NULL" : "")
                WHERE source_file_id IN (\(Self.list(ids)))
                """,
            arguments: [rootID, start.unicodeScalars.count + 1])
        try Ledger.removeEmptyRoot(outer.id, db)
    }

    /// A part of the folder was given before the whole.
    private func takeFiles(ofInner inner: Root, _ db: Database) throws {
        guard inner.sessionID == nil || inner.sessionID == sessionID else { return }
        let relative = String(inner.path.dropFirst(folder.path.count + 1))
        guard folder.folders.contains(where: { $0.path == relative }) else { return }
        try db.execute(
            sql: """
                UPDATE OR IGNORE source_file SET session_root_id = ?, path = ? || '/' || path
                    \(inner.sessionID == nil ? ", size_bytes = NULL" : "")
                WHERE session_root_id = ?
                """,
            arguments: [rootID, relative, inner.id])
        try Ledger.removeEmptyRoot(inner.id, db)
    }

    /// Exposures and images keep their ids, and what people said of them; what was found with them under the old
    /// session no longer holds. The files are read once more and say the rest.
    private func takeExposures(of old: Int64, files: String, _ db: Database) throws {
        let arguments: StatementArguments = ["old": old, "new": sessionID]
        func run(_ sql: String) throws { try db.execute(sql: sql, arguments: arguments) }
        try db.execute(
            sql: """
                DELETE FROM placement_set
                WHERE placement_set_id IN (SELECT placement_set_id FROM placement_set_session WHERE session_id = ?)
                """, arguments: [old])
        try db.execute(sql: "DELETE FROM beam_shift_clustering WHERE session_id = ?", arguments: [old])
        try db.execute(sql: "DELETE FROM calibration WHERE session_id = ? AND method <> 'given'", arguments: [old])
        // Numbers that were given stay, if all that have them come along to where there are none.
        try run(
            """
            UPDATE optics_group SET session_id = :new
            WHERE session_id = :old AND NOT EXISTS (SELECT 1 FROM optics_group WHERE session_id = :new)
                AND NOT EXISTS (
                    SELECT 1 FROM exposure WHERE session_id = :old AND metadata_file_id NOT IN (\(files)))
            """)
        let images = [
            ("exposure", "metadata_file_id"), ("hole_image", "ifnull(metadata_file_id, image_file_id)"),
            ("grid_square_image", "ifnull(metadata_file_id, image_file_id)"),
        ]
        try db.execute(
            sql: """
                DELETE FROM placement
                WHERE exposure_id IN (SELECT exposure_id FROM exposure WHERE metadata_file_id IN (\(files)))
                """)
        for (table, file) in images {
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO grid_square (session_id, grid_square)
                    SELECT DISTINCT ?, grid_square FROM \(table) WHERE \(file) IN (\(files)) AND grid_square IS NOT NULL
                    """, arguments: [sessionID])
        }
        for (table, file) in images.prefix(2) {
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO foil_hole (session_id, foil_hole, grid_square)
                    SELECT DISTINCT ?, foil_hole, grid_square FROM \(table) WHERE \(file) IN (\(files))
                    """, arguments: [sessionID])
        }
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO template_area (session_id, area)
                SELECT DISTINCT ?, area FROM exposure WHERE metadata_file_id IN (\(files))
                """, arguments: [sessionID])
        for (table, file) in images {
            try run(
                "UPDATE OR IGNORE \(table) SET session_id = :new WHERE session_id = :old AND \(file) IN (\(files))")
            // The session has them already.
            if table == "exposure" { try takeReviews(of: old, files: files, db) }
            try db.execute(
                sql: "DELETE FROM \(table) WHERE session_id = ? AND \(file) IN (\(files))", arguments: [old])
        }
        try removeEmptyPlaces(of: old, db)
    }

    /// What people said of exposures that go holds for the same exposures of the new session.
    private func takeReviews(of old: Int64, files: String, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO review (exposure_id, verdict, reason, reviewed_at)
                SELECT kept.exposure_id, r.verdict, r.reason, r.reviewed_at
                FROM exposure gone
                JOIN review r USING (exposure_id)
                JOIN exposure kept ON kept.session_id = :new AND kept.name = gone.name
                    AND ifnull(kept.unique_id, '') = ifnull(gone.unique_id, '')
                WHERE gone.session_id = :old AND gone.metadata_file_id IN (\(files))
                """, arguments: ["old": old, "new": sessionID])
    }

    /// Holes and squares that only the exposures told of.
    private func removeEmptyPlaces(of old: Int64, _ db: Database) throws {
        func unused(_ table: String, _ column: String, by users: [String]) -> String {
            users.map { user in
                """
                AND NOT EXISTS (SELECT 1 FROM \(user) u
                                WHERE u.session_id = \(table).session_id AND u.\(column) = \(table).\(column))
                """
            }.joined(separator: " ")
        }
        try db.execute(
            sql: """
                DELETE FROM foil_hole WHERE session_id = ? AND stage_x_um IS NULL
                    \(unused("foil_hole", "foil_hole", by: ["exposure", "hole_image", "planned_exposure"]))
                """, arguments: [old])
        try db.execute(
            sql: """
                DELETE FROM grid_square WHERE session_id = ? AND stage_x_um IS NULL AND metadata_name IS NULL
                    \(unused(
                        "grid_square", "grid_square", by: ["foil_hole", "exposure", "hole_image", "grid_square_image"]))
                """, arguments: [old])
    }

    private static func list(_ ids: [Int64]) -> String { ids.map(String.init).joined(separator: ", ") }
}
