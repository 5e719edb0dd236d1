import EPUArchive
import EPUConsole
import EPUCore
import EPUFormat
import GRDB

/// Reads session folders into an archive: lists a folder, reads what is new in parallel, stores it in batches.
///
/// Each batch is one transaction, so that an interruption at any moment costs at most the batches in work, and the next
/// run goes on from there. One batch is read while those before it are written; rows are written in the order of the
/// paths, whatever the number of readers.
struct Ingestion: Sendable {
    let archive: Archive
    /// The number of files that are read at once; nil: what suits them.
    let jobs: Int?
    /// The age of a file, seconds, below which it is left for a later run.
    let minimumAge: Double

    /// The number of files in one transaction: enough that its disk syncs cost little, few enough to keep in memory.
    var batchSize = 1024

    /// Ingests the folders.
    /// - Parameter newest: The ledger's newest row before the folders were walked; nil if nobody else writes.
    func run(_ folders: [SessionFolder], newest: Int64? = nil) async throws -> [IngestedSession] {
        let newest = try newest ?? archive.read { try Ledger.newestRow($0) }
        var progress = ProgressLine("files", total: folders.map(\.files).reduce(0, +))
        defer { progress.finish() }
        var sessions: [IngestedSession] = []
        var pace = ReadingPace(jobs)
        // Folders without exposures last: they may belong to sessions that the others bring.
        for folder in folders.filter(\.isSession) + folders.filter({ !$0.isSession }) {
            sessions += try await ingest(folder, newest, &pace, &progress)
        }
        return sessions
    }

    /// The folders that the archive has as roots of sessions, for `SessionFinder`.
    func knownRoots() throws -> [String] { try archive.read { try Self.knownRoots($0) } }

    static func knownRoots(_ db: Database) throws -> [String] {
        try String.fetchAll(db, sql: "SELECT path FROM session_root WHERE session_id IS NOT NULL")
    }

    private func ingest(
        _ folder: SessionFolder, _ newest: Int64, _ pace: inout ReadingPace, _ progress: inout ProgressLine
    ) async throws -> [IngestedSession] {
        var folder = folder
        if let file = try archive.read({ try StrangersFile.toBeJudged(in: folder, $0) }) {
            folder.sessionFiles.append(file)
        }
        let (roots, sessionFile) = try archive.write { try Self.sessionStore(of: folder).resolve($0) }
        let target = Target(
            rootID: roots.main.id, sessionID: roots.main.sessionID, folder: folder, sessionFile: sessionFile)
        let isNew = try archive.read { db in try roots.all.allSatisfy { try Ledger(rootID: $0.id).isEmpty(db) } }
        var seen = SeenFiles()
        var counts = RunCounts()
        var storing = BatchStoring { try await commit($0, target) }
        let unreadable = folder.unreadable.map { path, reason in
            let file = SourceFile(unreadableFolder: path, reason: reason)
            return FileReading(file, status: .unreadable, problem: reason)
        }
        try await storing.add(unreadable, counting: &counts)
        var batches = BatchList(folder: folder, size: batchSize, jobs: pace.jobs, tellsGone: true)
        var upcoming = batches.next()
        while let listed = upcoming {
            batches.jobs = pace.jobs
            let reader = BatchReader(jobs: pace.jobs, minimumAge: minimumAge)
            let files = isNew ? listed : try changed(of: listed, target, &seen, &counts)
            async let read = reader.read(files, of: folder)
            // Where there is one processor, reading would else begin only when the next files are found.
            await Task.yield()
            upcoming = batches.next()
            let readings = await read
            counts.note(readings, root: folder.path)
            try await storing.add(readings, counting: &counts)
            progress.advance(by: listed.count)
            pace.look(files: listed.count)
        }
        let vanished = batches.vanished.map { FileReading($0, status: .unreadable, problem: $0.obstacle) }
        try await storing.add(vanished, counting: &counts)
        try await storing.finish(counting: &counts)
        // A folder without any file is rather a disk that is not there.
        let isWhole = !folder.isPartial && folder.unreadable.isEmpty && batches.vanished.isEmpty && !counts.hasObstacles
        let isGoneKnown = isWhole && folder.files > 0 && !isNew
        let (found, run) = (seen, counts)
        let part = folder.isPartial ? nil : PartNotice(folder)
        return try archive.write { db in
            if isGoneKnown {
                for root in try target.roots(db).all {
                    try Ledger(rootID: root.id).removeGone(found, below: folder.starts, newest: newest, db)
                }
            }
            try Ledger.removeFound(ofSessions: target.roots(db).all.compactMap(\.sessionID), db)
            if !run.byRoot.isEmpty {
                for family in try target.roots(db).families { try PartDescription.tell(family, db) }
            }
            try settle(target, isNew: isNew, hasNews: run.byRoot.values.contains { $0.new + $0.changed > 0 }, db)
            try part?.settle(target.roots(db).all, db)
            return try target.roots(db).all.map { try IngestedSession($0, folder: folder, run: run, db) }
        }
    }

    /// A folder with the session that it belongs to.
    private struct Target: Sendable {
        let rootID: Int64
        let sessionID: Int64?
        let folder: SessionFolder
        let sessionFile: SessionFile?

        /// The roots of the folder as they are now: each batch may bring another instrument.
        func roots(_ db: Database) throws -> FolderRoots {
            try FolderRoots(rootID: rootID, sessionID: sessionID, folder: folder, db)
        }
    }

    private func settle(_ target: Target, isNew: Bool, hasNews: Bool, _ db: Database) throws {
        let roots = try target.roots(db)
        for session in roots.all.compactMap(\.sessionID) {
            try CompanionSettlement(sessionID: session).settle(db)
        }
        for root in roots.others + roots.parts { try Ledger.removeEmptyRoot(root.id, db) }
        // Looks at a few folders of a running session come often; what they leave open, the next complete one settles.
        let sessions = roots.all.compactMap(\.sessionID)
        guard isNew || target.folder.hasSessionFile || !target.folder.isPartial else {
            // An analysis may follow at once: it must not take for certain what is not.
            if hasNews { for session in sessions { try Plausibility(sessionID: session).check(db) } }
            return
        }
        if let main = roots.main.sessionID, try Settlement(sessionID: main).isOpen(db) {
            try target.sessionFile?.settle(roots.main, folder: target.folder, db)
        }
        for session in sessions { try Settlement(sessionID: session).settle(db) }
    }

    /// The files that are new, or have changed since they were read.
    private func changed(
        of listed: [SourceFile], _ target: Target, _ seen: inout SeenFiles, _ counts: inout RunCounts
    ) throws -> [SourceFile] {
        let known = try archive.read { db in
            try Ledger.entries(of: listed, inRoots: target.roots(db).all.map(\.id), db)
        }
        var changed: [SourceFile] = []
        for (entry, var file) in zip(known, listed) {
            // What was read from a file stays when the file goes.
            if file.isGone, let entry, !entry.isUnread { continue }
            if let entry, !file.isGone { seen.insert(entry.id) }
            file.ledgerID = entry?.id
            if let entry, entry.isUnchanged(file) {
                if file.name.kind == .exposure { counts.byRoot[entry.rootID, default: IngestCounts()].unchanged += 1 }
            } else {
                changed.append(file)
            }
        }
        return changed
    }

    private func commit(_ readings: [FileReading], _ target: Target) async throws -> [Int64: IngestCounts] {
        guard !readings.isEmpty else { return [:] }
        // This runs on SQLite's own queue: a write must not hold one of the few threads of tasks.
        return try await archive.writeInBackground { db in
            var writer = BatchWriter(try target.roots(db), sessionFile: target.sessionFile, db)
            return try writer.write(readings)
        }
    }

    static func sessionStore(of folder: SessionFolder) -> SessionStore {
        // This is nil where there is no EpuSession.dm or it cannot be read; the ledger then has the reason.
        let file = folder.sessionFile.flatMap { path in
            (try? FileReader().session(folder.path + "/" + path)).map { SessionFile(path: path, metadata: $0) }
        }
        return SessionStore(folder: folder, file: file)
    }
}
