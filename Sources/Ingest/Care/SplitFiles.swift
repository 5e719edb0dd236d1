import EPUArchive
import EPUCore
import GRDB

/// The files of a session that belong to some of its exposures: their XML with its copies, JPGs and movies, and the images of
/// holes and squares in which no other exposure lies.
struct SplitFiles {
    let sessionID: Int64
    let rule: SplitRule
    /// The exposures, as a JSON list of their ids.
    private let chosen: String

    init(of exposures: [Int64], in sessionID: Int64, _ rule: SplitRule) {
        self.sessionID = sessionID
        self.rule = rule
        chosen = "[\(exposures.sqlList)]"
    }

    /// The rows of the ledger, by root.
    func byRoot(_ db: Database) throws -> [Int64: [Int64]] {
        let files =
            try own(db) + images("hole_image", in: "foil_hole", db)
            + images("grid_square_image", in: "grid_square", db)
        let all = files + (try twins(of: files, db))
        let list = Set(all + (try companions(of: all, db))).sorted()
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT f.session_root_id, f.source_file_id
                FROM json_each(?) l JOIN source_file f ON f.source_file_id = l.value
                JOIN session_root r USING (session_root_id) WHERE r.session_id = ?
                """, arguments: ["[\(list.sqlList)]", sessionID])
        return rows.reduce(into: [:]) { $0[$1[0], default: []].append($1[1]) }
    }

    private static let isChosen = "IN (SELECT value FROM json_each(:chosen))"

    private func ids(_ sql: String, _ more: StatementArguments = StatementArguments(), _ db: Database) throws -> [Int64]
    {
        var arguments: StatementArguments = ["chosen": chosen]
        arguments += ["session": sessionID]
        arguments += more
        return try Int64.fetchAll(db, sql: sql, arguments: arguments)
    }

    private func own(_ db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: """
                SELECT f.source_file_id FROM json_each(?) l JOIN exposure e ON e.exposure_id = l.value
                JOIN source_file f ON f.source_file_id IN (e.metadata_file_id, e.image_file_id)
                """, arguments: [chosen])
    }

    /// Images of places in which all exposures are chosen; and of places without exposures those that the rule names.
    private func images(_ table: String, in place: String, _ db: Database) throws -> [Int64] {
        let exposed = "SELECT \(place) FROM exposure WHERE session_id = :session AND \(place) IS NOT NULL"
        var named = "0"
        var more = StatementArguments()
        if let start = rule.startsAt {
            named = "i.acquired_at >= :start"
            more = ["start": start.archiveText]
        } else if !rule.squares.isEmpty {
            named = "i.grid_square IN (\(rule.squares.sorted().sqlList))"
        }
        return try ids(
            """
            SELECT f.source_file_id FROM \(table) i
            JOIN source_file f ON f.source_file_id IN (i.metadata_file_id, i.image_file_id)
            WHERE i.session_id = :session AND (
                i.\(place) IN (\(exposed) AND exposure_id \(Self.isChosen))
                    AND i.\(place) NOT IN (\(exposed) AND exposure_id NOT \(Self.isChosen))
                OR i.\(place) NOT IN (\(exposed)) AND \(named))
            """, more, db)
    }

    /// Copies of the files, and files with the same shot under another name: their problem has the path of the one that counts.
    private func twins(of files: [Int64], _ db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db,
            sql: """
                SELECT t.source_file_id FROM json_each(?) l JOIN source_file f ON f.source_file_id = l.value
                JOIN session_root r USING (session_root_id)
                JOIN source_file t ON t.status = \(FileStatus.twin.sql)
                    AND t.problem IN (? || r.path || '/' || f.path, ? || r.path || '/' || f.path)
                """,
            arguments: ["[\(files.sqlList)]", SameShot.problem(""), PlaceWriter.problem("")])
    }

    /// JPGs and movies with the name of one of the exposures' files, if no exposure that stays has that name.
    private func companions(of files: [Int64], _ db: Database) throws -> [Int64] {
        let kinds: [SourceKind] = [.exposureImage, .exposureTwin, .movie]
        return try ids(
            """
            SELECT f.source_file_id FROM session_root r JOIN source_file f USING (session_root_id)
            WHERE r.session_id = :session AND f.kind IN (\(kinds.sqlList)) AND f.stem IN (
                    SELECT x.stem FROM json_each(:files) l JOIN source_file x ON x.source_file_id = l.value
                    WHERE x.kind = \(SourceKind.exposure.sql))
                AND f.stem NOT IN (SELECT name FROM exposure
                                   WHERE session_id = :session AND exposure_id NOT \(Self.isChosen))
            """, ["files": "[\(files.sqlList)]"], db)
    }
}
