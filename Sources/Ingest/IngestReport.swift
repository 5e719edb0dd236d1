import EPUArchive
import EPUConsole
import EPUCore
import EPUFormat
import GRDB

/// What one run did to one session's exposures.
struct IngestCounts: Sendable {
    /// The number of files of any kind whose content or presence was stored again or for the first time.
    var read = 0
    var new = 0
    var changed = 0
    var unchanged = 0
    /// The number of files that changed what is known of the session, its holes or its template.
    var described = 0

    mutating func add(_ other: IngestCounts) {
        read += other.read
        new += other.new
        changed += other.changed
        unchanged += other.unchanged
        described += other.described
    }
}

/// What one run found in a folder, which may hold the exposures of several sessions.
struct RunCounts: Sendable {
    var byRoot: [Int64: IngestCounts] = [:]
    /// Whether a file could not even be opened, perhaps because its disk is away.
    private(set) var hasObstacles = false
    /// The folders with files that are left for later, as absolute paths.
    private(set) var youngFolders: Set<PathKey> = []

    mutating func add(_ others: [Int64: IngestCounts]) {
        for (root, counts) in others { byRoot[root, default: IngestCounts()].add(counts) }
    }

    mutating func note(_ readings: [FileReading], root: String) {
        hasObstacles = hasObstacles || readings.contains { $0.file.isAbsent }
        for reading in readings where reading.status == .tooYoung {
            youngFolders.insert(PathKey(reading.file.folder.isEmpty ? root : root + "/" + reading.file.folder))
        }
    }
}

/// A session folder after a run, as the closing table and `--json` show it.
struct IngestedSession: Encodable, Sendable {
    struct Files: Encodable, Sendable {
        let kind: String
        let status: String
        let count: Int
    }

    /// A row of the ledger that is not `ok`.
    struct File: Codable, FetchableRecord, Sendable {
        let path: String
        let status: String
        let problem: String?
    }

    /// The name of the session; nil for files that belong to no session.
    let session: String?
    let root: String
    let exposures: Int
    let new: Int
    let changed: Int
    let unchanged: Int
    let files: [Files]
    /// The files that `--strict` counts.
    let problems: [File]
    /// The files that are no problem but were not taken: orphan images, too young and unknown ones.
    let notTaken: [File]
    let notices: [Notice]
    let youngFolders: Set<PathKey>
    private let isDescribedAnew: Bool

    /// Whether an analysis of the session would have more to look at: its grid may be another one as well.
    var hasNews: Bool { new + changed > 0 || isDescribedAnew && exposures > 0 }

    private enum CodingKeys: String, CodingKey {
        case session, root, exposures, new, changed, unchanged, files, problems, notTaken, notices
    }

    init(_ sessionRoot: FolderRoots.Root, folder: SessionFolder, run: RunCounts, _ db: Database) throws {
        let (rootID, sessionID) = (sessionRoot.id, sessionRoot.sessionID)
        let counts = run.byRoot[rootID] ?? IngestCounts()
        root = folder.path
        session = try String.fetchOne(db, sql: "SELECT name FROM session WHERE session_id = ?", arguments: [sessionID])
        exposures =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM exposure WHERE session_id = ?", arguments: [sessionID]) ?? 0
        new = counts.new
        changed = counts.changed
        unchanged = counts.unchanged
        isDescribedAnew = counts.described > 0
        youngFolders = run.youngFolders
        notices = try sessionID.map { try NoticeStore(sessionID: $0).all(db) } ?? []
        // A look at a part of a running session does not list files, as it would go through all of them.
        files = folder.isPartial ? [] : try Self.files(rootID, db)
        problems = try Self.rows(rootID, FileStatus.problems, db)
        notTaken = folder.isPartial ? [] : try Self.rows(rootID, [.orphanImage, .tooYoung, .unknown], db)
    }

    /// The numbers of files by kind and status. They are counted here, as SQLite would sort a million rows to group them.
    private static func files(_ rootID: Int64, _ db: Database) throws -> [Files] {
        var counts: [[String]: Int] = [:]
        // Most files are of the kind and the status of the file before.
        var last: (kind: String, status: String, count: Int)?
        var statement = try RowStatement(db, "SELECT kind, status FROM source_file WHERE session_root_id = ?")
        statement.bind(rootID)
        try statement.forEachRow { row in
            if let known = last, row.hasText(0, known.kind), row.hasText(1, known.status) {
                last?.count += 1
            } else {
                if let last { counts[[last.kind, last.status], default: 0] += last.count }
                last = (row.string(0) ?? "", row.string(1) ?? "", 1)
            }
        }
        if let last { counts[[last.kind, last.status], default: 0] += last.count }
        return counts.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { Files(kind: $0.key[0], status: $0.key[1], count: $0.value) }
    }

    private static func rows(_ rootID: Int64, _ statuses: [FileStatus], _ db: Database) throws -> [File] {
        try File.fetchAll(
            db,
            sql: """
                SELECT path, status, problem FROM source_file
                WHERE session_root_id = ? AND \(statuses.sql(isIn: "status")) ORDER BY +path
                """,
            arguments: [rootID]
        )
    }
}

/// What a run found in all folders.
struct IngestReport: Encodable {
    let archive: String
    /// Whether the run made the archive.
    var isNewArchive = false
    let sessions: [IngestedSession]

    enum CodingKeys: String, CodingKey { case archive, sessions }

    /// Whether an analysis would have more to look at.
    var hasNews: Bool { sessions.contains(where: \.hasNews) }
    /// The folders to look at again when their files are old enough.
    var youngFolders: Set<PathKey> { sessions.reduce(into: []) { $0.formUnion($1.youngFolders) } }
    var problems: Int { sessions.map(\.problems.count).reduce(0, +) }

    var text: String {
        var table = TextTable(["session", "exposures", "new", "changed", "unchanged", "problems"])
        for session in sessions where session.session != nil {
            table.add([
                session.session ?? "", "\(session.exposures)", "\(session.new)", "\(session.changed)",
                "\(session.unchanged)", "\(session.problems.count)",
            ])
        }
        var ledger = TextTable(["files", "status", "count"])
        var counts: [[String]: Int] = [:]
        for files in sessions.flatMap(\.files) { counts[[files.kind, files.status], default: 0] += files.count }
        for (key, count) in counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            ledger.add(key + ["\(count)"])
        }
        let made = isNewArchive ? NewArchive.text(archive) : nil
        return ([table.text, ledger.text] + [made, packedText, noticeText].compactMap { $0 }).joined(separator: "\n\n")
    }

    /// The number of files that are read only when they are unpacked, in words; nil where there are none.
    private var packedText: String? {
        let count = sessions.flatMap(\.notTaken).count { $0.problem == SourceName.leftPacked }
        guard count > 0 else { return nil }
        let files = count == 1 ? "1 packed file (.gz) was" : "\(count) packed files (.gz) were"
        return "\(files) not read; of packed files only XML is: gunzip them and ingest again."
    }

    /// The notices, a line for each session: what is to be known before its results are believed. A session may have several
    /// roots.
    var noticeLines: [String] {
        var told: Set<String> = []
        return sessions.flatMap { session in session.notices.map { "\(session.session ?? ""): \($0.message)" } }
            .filter { told.insert($0).inserted }
    }

    /// The first few notices; nil where there are none.
    private var noticeText: String? {
        let lines = noticeLines
        guard !lines.isEmpty else { return nil }
        let head = lines.count == 1 ? "1 notice: read it" : "\(lines.count) notices: read them"
        let more = lines.count > 10 ? ["and \(lines.count - 10) more: see the table notice, or --json"] : []
        return ([head + " before the results are believed."] + lines.prefix(10) + more).joined(separator: "\n")
    }
}
