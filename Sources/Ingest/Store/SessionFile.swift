import EPUArchive
import EPUCore
import EPUFormat
import GRDB

/// A folder's EpuSession.dm, and whether it belongs to the exposures there. One that was put beside others' exposures is kept in
/// the ledger; its name, grid, template and settings are not used.
struct SessionFile: Sendable {
    /// The path relative to the folder.
    let path: String
    let metadata: SessionMetadata
    /// The reason why the file does not belong to the exposures, as far as the files' names tell; nil where it may belong to
    /// them.
    var foreign: String?
    /// Whether its session has exposures, and these are another instrument's: no further file changes that.
    var isOfOtherInstrument = false
    /// Whether the session had the file before this run: what was found of the session then rests on it.
    var wasJoined = false

    static func problem(_ reason: String) -> String { "not joined to the exposures: \(reason)" }

    private static let notice = "foreign-session-file"

    /// Joins the file to the session, or parts it from the session again, now that the session's exposures are read.
    func settle(_ root: FolderRoots.Root, folder: SessionFolder, _ db: Database) throws {
        guard let sessionID = root.sessionID,
            let row = try Row.fetchOne(
                db,
                sql: "SELECT source_file_id, status FROM source_file WHERE session_root_id = ? AND path = ?",
                arguments: [root.id, path])
        else { return }
        let (fileID, status): (Int64, String?) = (row[0], row[1])
        let description = SessionDescription(sessionID: sessionID)
        if let reason = try reason(sessionID, db) {
            let isFormer = try SessionIdentity(metadata).isFormer(of: sessionID, db)
            if try !isFormer && (status == FileStatus.ok.rawValue || isIdentity(of: sessionID, db)) {
                try description.remove(folder, db)
                try (wasJoined ? StaleResults.positions : .calibration).forget(of: sessionID, db)
            }
            try mark(fileID, .unknown, Self.problem(reason), db)
            let file = path.isEmpty ? folder.path : folder.path + "/" + path
            let message = """
                \(file) is not of these exposures and was not joined: \(reason). Name, grid, template and settings are \
                not taken from it; put the session's own EpuSession.dm in its place and ingest again.
                """
            let notice = Notice(name: Self.notice, subject: file, message: message)
            try NoticeStore(sessionID: sessionID).replace([Self.notice], with: [notice], db)
            return
        }
        if status == FileStatus.unknown.rawValue {
            try description.store(metadata, db).forget(of: sessionID, db)
            try mark(fileID, .ok, nil, db)
        }
        try NoticeStore(sessionID: sessionID).replace([Self.notice], with: [], db)
    }

    private func reason(_ sessionID: Int64, _ db: Database) throws -> String? {
        if isOfOtherInstrument { return foreign }
        // Earlier templates count where they were this session's, not where it replaces another's file.
        let earlier = try isIdentity(of: sessionID, db) ? Self.areas(of: sessionID, db) : []
        var fit = SessionFileFit(metadata, earlier: earlier)
        try fit.addExposures(of: sessionID, db)
        return fit.reason
    }

    private func isIdentity(of sessionID: Int64, _ db: Database) throws -> Bool {
        try SessionIdentity(metadata).belongs(to: sessionID, db)
    }

    /// The fit of the file to exposures that are still to be added, for the session that the file names.
    func fit(of sessionID: Int64?, _ db: Database) throws -> SessionFileFit {
        SessionFileFit(metadata, earlier: try sessionID.map { try Self.areas(of: $0, db) } ?? [])
    }

    /// Whether the session uses what the file says.
    func isJoined(to sessionID: Int64, folder: SessionFolder, _ db: Database) throws -> Bool {
        if try isIdentity(of: sessionID, db) { return true }
        return try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM source_file f JOIN session_root r USING (session_root_id)
                               WHERE r.session_id = ? AND r.path = ? AND f.path = ? AND f.status = \(FileStatus.ok.sql))
                """,
            arguments: [sessionID, folder.path, path]) ?? false
    }

    /// The areas of the templates that the session's file had.
    static func areas(of sessionID: Int64, _ db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db, sql: "SELECT area FROM template_area WHERE session_id = ? AND shift_x_px IS NOT NULL",
            arguments: [sessionID])
    }

    private func mark(_ fileID: Int64, _ status: FileStatus, _ problem: String?, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE source_file SET status = ?, problem = ? WHERE source_file_id = ?",
            arguments: [status.rawValue, problem, fileID])
    }
}
