import EPUShared
import Foundation
import GRDB

/// Reads session folders into an archive: lists a folder, reads what is new in parallel, stores it in batches.
///
/// Each batch is one transaction, so that an interruption at any moment costs at most the batch in work, and the next
/// run goes on from there. One task reads while another writes; rows are written in the order of the paths, whatever
/// the number of readers.
struct Ingestion: Sendable {
    let archive: Archive
    /// How many files are read at once.
    let jobs: Int
    /// Files younger than this many seconds are left for a later run.
    let minimumAge: Double

    /// Files in one transaction.
    private static let batchSize = 512

    func run(_ folders: [SessionFolder]) async throws -> [IngestedSession] {
        var progress = ProgressLine("exposures", total: folders.map(\.exposures).reduce(0, +))
        defer { progress.finish() }
        var sessions: [IngestedSession] = []
        for folder in folders where !folder.folders.isEmpty || !folder.unreadable.isEmpty {
            sessions.append(try await ingest(folder, &progress))
        }
        return sessions
    }

    private func ingest(_ folder: SessionFolder, _ progress: inout ProgressLine) async throws -> IngestedSession {
        let store = SessionStore(
            folder: folder, metadata: Self.sessionMetadata(of: folder),
            uniqueIDs: { Self.someUniqueIDs(of: folder) })
        let (rootID, sessionID) = try archive.write { try store.resolve($0) }
        let writer = BatchWriter(
            ledger: Ledger(rootID: rootID), store: sessionID.map { ExposureStore(sessionID: $0, root: folder.path) })
        var counts = IngestCounts()
        var pending: [FileReading] = folder.unreadable.map { path, reason in
            FileReading(
                SourceFile(
                    path: path.isEmpty ? "." : path, name: SourceName(folder: path), sizeBytes: 0, modifiedNs: 0,
                    obstacle: reason),
                root: folder.path)
        }
        var batches = BatchList(folder: folder, size: Self.batchSize)
        while let listed = batches.next() {
            let (changed, unchanged) = try archive.read { db in
                var changed: [SourceFile] = []
                var unchanged = 0
                for file in listed {
                    if try writer.ledger.isUnchanged(file, db) {
                        if file.name.kind == .exposure { unchanged += 1 }
                    } else {
                        changed.append(file)
                    }
                }
                return (changed, unchanged)
            }
            counts.unchanged += unchanged
            let previous = pending
            async let stored = commit(previous, writer)
            let readings = await read(changed, root: folder.path)
            counts.add(try await stored)
            pending = readings + batches.takeUnreadable()
            progress.advance(by: listed.count { $0.name.kind == .exposure })
        }
        counts.add(try await commit(pending, writer))
        if let sessionID { try archive.write { try Settlement(sessionID: sessionID).settle($0) } }
        return try archive.read { db in
            try IngestedSession(rootID: rootID, sessionID: sessionID, root: folder.path, counts: counts, db)
        }
    }

    private func commit(_ readings: [FileReading], _ writer: BatchWriter) async throws -> IngestCounts {
        guard !readings.isEmpty else { return IngestCounts() }
        return try archive.write { try writer.write(readings, $0) }
    }

    /// Reads files on `jobs` tasks; the result is in the order of `files`.
    private func read(_ files: [SourceFile], root: String) async -> [FileReading] {
        let now = Date().timeIntervalSince1970
        let minimumAge = minimumAge
        return await withTaskGroup(of: (Int, [FileReading]).self) { group in
            let share = max(1, (files.count + jobs - 1) / jobs)
            for start in stride(from: 0, to: files.count, by: share) {
                let part = files[start..<min(start + share, files.count)]
                group.addTask {
                    (
                        start,
                        part.map { file in
                            let age = now - Double(file.modifiedNs) * 1e-9
                            guard minimumAge > 0, age < minimumAge, file.obstacle == nil else {
                                return FileReading(file, root: root)
                            }
                            return FileReading(
                                file, status: .tooYoung, problem: "younger than --min-age: the next run reads it")
                        }
                    )
                }
            }
            var parts: [(Int, [FileReading])] = []
            for await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    /// Nil where there is no EpuSession.dm or it cannot be read; the ledger then has the reason.
    private static func sessionMetadata(of folder: SessionFolder) -> SessionMetadata? {
        guard folder.hasSessionFile else { return nil }
        return try? FileReading.session(folder.path + "/EpuSession.dm")
    }

    /// A handful of exposures is enough to recognise a session that was moved.
    private static func someUniqueIDs(of folder: SessionFolder) -> [String] {
        var ids: [String] = []
        for path in folder.folders {
            guard ids.count < 8, let files = try? SourceFile.list(root: folder.path, folder: path) else { continue }
            for file in files where file.name.kind == .exposure && ids.count < 8 {
                if case .exposure(_, let image) = FileReading(file, root: folder.path).content, let id = image.uniqueID
                {
                    ids.append(id)
                }
            }
        }
        return ids
    }
}

/// The files of a session, some hundred at a time, in the order of their paths' folders.
private struct BatchList {
    let folder: SessionFolder
    let size: Int
    private var nextFolder = 0
    private var waiting: ArraySlice<SourceFile> = []
    private var unreadable: [FileReading] = []

    init(folder: SessionFolder, size: Int) {
        self.folder = folder
        self.size = size
    }

    mutating func next() -> [SourceFile]? {
        while waiting.count < size, nextFolder < folder.folders.count {
            let path = folder.folders[nextFolder]
            nextFolder += 1
            do throws(Failure) {
                waiting += try SourceFile.list(root: folder.path, folder: path)
            } catch {
                let gone = SourceFile(
                    path: path.isEmpty ? "." : path, name: SourceName(folder: path), sizeBytes: 0, modifiedNs: 0,
                    obstacle: error.description)
                unreadable.append(FileReading(gone, root: folder.path))
            }
        }
        guard !waiting.isEmpty else { return nil }
        // A slice is cut without moving what is left, so that a folder of any size costs its size once.
        defer { waiting = waiting.dropFirst(size) }
        return Array(waiting.prefix(size))
    }

    /// Folders that vanished since they were found.
    mutating func takeUnreadable() -> [FileReading] {
        defer { unreadable = [] }
        return unreadable
    }
}
