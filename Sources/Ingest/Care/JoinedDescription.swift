import EPUArchive
import EPUCore
import GRDB

/// What EpuSession.dm and the hole maps say of a session that becomes part of another one. Where they say it of both, that of the
/// session that stays counts.
struct JoinedDescription {
    let old: Int64
    let new: Int64

    private static let tables = [
        "storage_folder", "preset", "template_area", "grid_square", "foil_hole", "planned_exposure", "notice",
    ]

    func take(name: String, _ db: Database) throws {
        try takeIdentity(name: name, db)
        for table in Self.tables {
            let names = try db.columns(in: table).map(\.name)
            let key = try db.primaryKey(table).columns
            let values = names.map { $0 == "session_id" ? "\(new)" : "o." + $0 }
            let free = names.filter { !key.contains($0) }
            try db.execute(
                sql: """
                    INSERT INTO \(table) (\(names.joined(separator: ", "))) SELECT \(values.joined(separator: ", "))
                    FROM \(table) o WHERE o.session_id = \(old)
                    ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE
                    SET \(free.map { "\($0) = ifnull(\(table).\($0), excluded.\($0))" }.joined(separator: ", "))
                    """)
        }
    }

    /// Lets the identity of the old session lead to the new one; a new session without EpuSession.dm takes over what that of the
    /// old one says.
    private func takeIdentity(name: String, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE joined_session SET session_id = ? WHERE session_id = ?", arguments: [new, old])
        let takes = try Bool.fetchOne(
            db,
            sql: """
                SELECT n.epu_name IS NULL AND n.created_at IS NULL AND (o.epu_name IS NOT NULL OR o.created_at IS NOT NULL)
                FROM session n, session o WHERE n.session_id = ? AND o.session_id = ?
                """, arguments: [new, old])
        // Parts of one session have one EpuSession.dm together.
        let areParts = try SplitFamily(of: old, db).base == SplitFamily(of: new, db).base
        if !areParts { try note(takes == true ? new : old, name, db) }
        let identity = takes == true ? ["epu_name", "created_at"] : []
        let columns = identity + SessionDescription.columns + ["epu_version", "instrument_id", "instrument_model"]
        let values = columns.map { column in
            takes == true ? "ifnull(o.\(column), session.\(column))" : "ifnull(session.\(column), o.\(column))"
        }
        try db.execute(
            sql: """
                UPDATE session SET (\(columns.joined(separator: ", "))) = (\(values.joined(separator: ", "))) FROM session o
                WHERE session.session_id = ? AND o.session_id = ?
                """, arguments: [new, old])
    }

    private func note(_ session: Int64, _ name: String, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO joined_session (session_id, name, epu_name, created_at, joined_at)
                SELECT ?, ?, epu_name, created_at, ? FROM session WHERE session_id = ?
                """, arguments: [new, name, Timestamp.now.archiveText, session])
    }
}
