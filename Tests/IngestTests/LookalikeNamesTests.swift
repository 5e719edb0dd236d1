import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

/// An accent may be a part of its letter, or follow it: on Linux these are two names, which look alike.
@Suite("Folders whose names look alike")
struct LookalikeNamesTests {
    private let folder: TemporaryFolder
    private let composed = "caf\u{E9}"
    private let decomposed = "cafe\u{301}"

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder["a.db"] }

    private func add(_ number: Int, to place: String) throws {
        var sample = SampleImage()
        sample.uniqueID = "id-\(number)"
        try folder.write("\(place)/FoilHole_\(number)_Data_2_3_20250108_154915.xml", sample.xml)
    }

    @Test("Both are sessions, also where they are given together")
    func given() async throws {
        try add(1, to: composed)
        try add(2, to: decomposed)
        try #require(folder.names().count == 2)
        try await ingest([folder[composed], folder[decomposed]], into: database)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 2)
        #expect(try count("SELECT count(*) FROM session_root", in: database) == 2)
        let known = SessionFinder.sessions(below: [folder[composed]], knownRoots: [folder[decomposed]])
        #expect(known.map(\.isKnown) == [false])
    }

    @Test("A session in one takes no files of the other")
    func nested() async throws {
        try add(1, to: composed)
        try add(2, to: "\(composed)/sub")
        try await ingest([folder[composed]], into: database)
        try add(3, to: "\(decomposed)/sub")
        try await ingest([folder["\(decomposed)/sub"]], into: database)
        let files = try text(
            """
            SELECT r.path || '/' || f.path FROM source_file f JOIN session_root r USING (session_root_id)
            ORDER BY f.stem
            """, in: database
        ).map { PathKey($0 ?? "") }
        let expected = [composed, "\(composed)/sub", "\(decomposed)/sub"].enumerated().map { index, place in
            PathKey(folder["\(place)/FoilHole_\(index + 1)_Data_2_3_20250108_154915.xml"])
        }
        #expect(files == expected)
    }

    @Test("Copies of an exposure in both are twins, and one of them is deleted without the other")
    func copies() async throws {
        try add(1, to: "s/\(composed)")
        try add(1, to: "s/\(decomposed)")
        for _ in 1...2 { try await ingest([folder["s"]], into: database) }
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 1)
        #expect(try text("SELECT status FROM source_file ORDER BY status", in: database) == ["missing image", "twin"])
    }

    @Test("Each is watched")
    func watched() throws {
        guard var watcher = FolderWatcher() else { throw Failure("The system has no more watchers.") }
        for place in [composed, decomposed] {
            try add(1, to: place)
            #expect(watcher.watch(folder[place]) == nil)
        }
        #expect(watcher.watched.count == 2)
        try add(2, to: decomposed)
        #expect(watcher.wait(seconds: 10).folders == [PathKey(folder[decomposed])])
    }

    @Test("A disk of another machine at one of them is not at the other")
    func mounted() {
        let mounts = MountTable("/dev/sda / ext4 rw 0 0\nserver:/data /\(composed) nfs4 rw 0 0\n")
        #expect(mounts.isRemote("/\(composed)") && mounts.isRemote("/\(composed)/s"))
        #expect(!mounts.isRemote("/\(decomposed)") && !mounts.isRemote("/\(decomposed)/s"))
    }

    @Test("A plan keeps together what lies in one folder, not what lies in folders that look alike")
    func planned() {
        let sessions = [composed, decomposed, "\(composed)/in", "\(decomposed)/in"].map {
            PlannedSession(path: "/\($0)", exposures: 1)
        }
        let plan = TaskPlan(sessions, tasks: 4, keepsGrids: false)
        let tasks = plan.tasks.map { Set($0.sessions.map { PathKey($0.path) }) }
        #expect(
            Set(tasks) == [
                [PathKey("/\(composed)"), PathKey("/\(composed)/in")],
                [PathKey("/\(decomposed)"), PathKey("/\(decomposed)/in")],
            ])
    }
}
