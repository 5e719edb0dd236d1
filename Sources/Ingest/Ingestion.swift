import EPUFormat
import EPUShared
import Foundation
import GRDB
import Synchronization

/// Reads session folders into an archive: lists a folder, reads what is new in parallel, stores it in batches.
///
/// Each batch is one transaction, so that an interruption at any moment costs at most the batch in work, and the next
/// run goes on from there. One batch is read while the one before is written; rows are written in the order of the
/// paths, whatever the number of readers.
struct Ingestion: Sendable {
    let archive: Archive
    /// How many files are read at once.
    let jobs: Int
    /// Files younger than this many seconds are left for a later run.
    let minimumAge: Double

    /// Files in one transaction: enough that its disk syncs cost little, few enough to keep in memory.
    var batchSize = 1024
    /// Files that a reader takes at a time.
    private static let readSize = 32

    /// - Parameter newest: the ledger's newest row before the folders were walked; nil: nobody else writes.
    func run(_ folders: [SessionFolder], newest: Int64? = nil) async throws -> [IngestedSession] {
        let newest = try newest ?? archive.read { try Ledger.newestRow($0) }
        var progress = ProgressLine("files", total: folders.map(\.files).reduce(0, +))
        defer { progress.finish() }
        var sessions: [IngestedSession] = []
        // Folders without exposures last: they may belong to sessions that the others bring.
        for folder in folders.filter(\.isSession) + folders.filter({ !$0.isSession }) {
            sessions.append(try await ingest(folder, newest, &progress))
        }
        return sessions
    }

    /// Folders that the archive has as sessions', for `SessionFinder`.
    func knownRoots() throws -> [String] {
        try archive.read { try String.fetchAll($0, sql: "SELECT path FROM session_root WHERE session_id IS NOT NULL") }
    }

    private func ingest(_ folder: SessionFolder, _ newest: Int64, _ progress: inout ProgressLine) async throws
        -> IngestedSession
    {
        let (rootID, sessionID) = try archive.write { try Self.sessionStore(of: folder).resolve($0) }
        let ledger = Ledger(rootID: rootID)
        let isNew = try archive.read { try ledger.isEmpty($0) }
        var seen = SeenFiles()
        var counts = IngestCounts()
        var pending = folder.unreadable.map { path, reason in
            let file = SourceFile(unreadableFolder: path, reason: reason)
            return FileReading(file, status: .unreadable, problem: reason)
        }
        var batches = BatchList(folder: folder, size: batchSize)
        var upcoming = batches.next()
        while let listed = upcoming {
            let files = isNew ? listed : try changed(of: listed, ledger, &seen, &counts)
            let previous = pending
            async let stored = commit(previous, rootID, sessionID, folder.path)
            async let read = read(files, root: folder.path)
            upcoming = batches.next()
            let readings = await read
            counts.hasObstacles = counts.hasObstacles || readings.contains { $0.file.isAbsent }
            for reading in readings where reading.status == .tooYoung {
                counts.youngFolders.insert(
                    reading.file.folder.isEmpty ? folder.path : folder.path + "/" + reading.file.folder)
            }
            counts.add(try await stored)
            pending = readings
            progress.advance(by: listed.count)
        }
        pending += batches.vanished.map { FileReading($0, status: .unreadable, problem: $0.obstacle) }
        counts.add(try await commit(pending, rootID, sessionID, folder.path))
        // A folder without any file is rather a disk that is not there.
        let isWhole = !folder.isPartial && folder.unreadable.isEmpty && batches.vanished.isEmpty && !counts.hasObstacles
        if isWhole, folder.files > 0, !isNew {
            try archive.write { try ledger.removeGone(seen, below: folder.starts, newest: newest, $0) }
        }
        // Looks at a few folders of a running session come often; what they leave open, the next complete one settles.
        if let sessionID, isNew || folder.hasSessionFile || !folder.isPartial {
            try archive.write { try Settlement(sessionID: sessionID).settle($0) }
        } else if let sessionID, counts.new + counts.changed > 0 {
            // An analysis may follow at once: it must not take for certain what is not.
            try archive.write { try Plausibility(sessionID: sessionID).check($0) }
        }
        return try archive.read { db in
            try IngestedSession(rootID: rootID, sessionID: sessionID, folder: folder, counts: counts, db)
        }
    }

    /// The files that are new or not as they were when they were read.
    private func changed(
        of listed: [SourceFile], _ ledger: Ledger, _ seen: inout SeenFiles, _ counts: inout IngestCounts
    ) throws -> [SourceFile] {
        let known = try archive.read { try ledger.entries(of: listed, $0) }
        var changed: [SourceFile] = []
        for (entry, var file) in zip(known, listed) {
            if let entry { seen.insert(entry.id) }
            file.ledgerID = entry?.id
            if entry?.isUnchanged(file) ?? false {
                if file.name.kind == .exposure { counts.unchanged += 1 }
            } else {
                changed.append(file)
            }
        }
        return changed
    }

    private func commit(_ readings: [FileReading], _ rootID: Int64, _ sessionID: Int64?, _ root: String) async throws
        -> IngestCounts
    {
        guard !readings.isEmpty else { return IngestCounts() }
        // On SQLite's own queue: the threads of this program's tasks are for reading.
        return try await archive.writeInBackground { db in
            var writer = try BatchWriter(rootID: rootID, sessionID: sessionID, root: root, db)
            return try writer.write(readings)
        }
    }

    /// Reads files on `jobs` tasks; the result is in the order of `files`.
    private func read(_ files: [SourceFile], root: String) async -> [FileReading] {
        let now = Date().timeIntervalSince1970
        let cursor = ReadCursor()
        return await withTaskGroup(of: [(Int, [FileReading])].self) { group in
            for _ in 0..<min(jobs, (files.count + Self.readSize - 1) / Self.readSize) {
                group.addTask {
                    let reader = FileReader()
                    var parts: [(Int, [FileReading])] = []
                    while let range = cursor.take(Self.readSize, of: files.count) {
                        parts.append((range.lowerBound, range.map { read(files[$0], root: root, reader, now) }))
                    }
                    return parts
                }
            }
            var parts: [(Int, [FileReading])] = []
            for await part in group { parts += part }
            return parts.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    private func read(_ file: SourceFile, root: String, _ reader: FileReader, _ now: Double) -> FileReading {
        let age = now - Double(file.modifiedNs) * 1e-9
        guard minimumAge > 0, age < minimumAge, file.obstacle == nil else { return reader.read(file, root: root) }
        return FileReading(file, status: .tooYoung, problem: "younger than --min-age: the next run reads it")
    }

    static func sessionStore(of folder: SessionFolder) -> SessionStore {
        // Nil where there is no EpuSession.dm or it cannot be read; the ledger then has the reason.
        let metadata = folder.hasSessionFile ? try? FileReader().session(folder.path + "/EpuSession.dm") : nil
        return SessionStore(folder: folder, metadata: metadata, exposures: { someExposures(of: folder) })
    }

    /// A handful of exposures is enough to recognise a session that was moved.
    private static func someExposures(of folder: SessionFolder) -> [SessionStore.KnownExposure] {
        var found: [SessionStore.KnownExposure] = []
        let reader = FileReader()
        for listing in folder.folders where listing.hasExposures && found.count < 8 {
            var batches = BatchList(folder: folder.part(listing), size: 64)
            while found.count < 8, let files = batches.next() {
                for file in files where file.name.kind == .exposure && found.count < 8 {
                    guard case .exposure(let name, let image) = reader.read(file, root: folder.path).content else {
                        continue
                    }
                    found.append(
                        SessionStore.KnownExposure(name: name, gridSquare: file.gridSquare, uniqueID: image.uniqueID))
                }
            }
        }
        return found
    }
}

/// What is read next, for several tasks.
private final class ReadCursor: Sendable {
    private let next = Atomic(0)

    /// The next few of `count`; nil where nothing is left.
    func take(_ size: Int, of count: Int) -> Range<Int>? {
        let start = next.wrappingAdd(size, ordering: .relaxed).oldValue
        return start < count ? start..<min(start + size, count) : nil
    }
}
