import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("Files that go between the listing of their folder and their reading")
struct VanishedFilesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder["a.db"] }

    private func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: folder[path]) }

    /// Ingests the session, of which another program takes some files away when its folders are listed.
    @discardableResult
    private func ingest(
        _ place: String = "session", minimumAge: Double = 0, losing lost: [String] = []
    ) async throws -> [IngestedSession] {
        let archive = try Archive(database, access: .create)
        let ingestion = Ingestion(archive: archive, jobs: 2, minimumAge: minimumAge)
        let newest = try archive.read { try Ledger.newestRow($0) }
        let sessions = try SessionFinder.sessions(
            below: [SessionFinder.readableFolder(folder[place])], knownRoots: ingestion.knownRoots())
        for path in lost { try remove(path) }
        return try await ingestion.run(sessions, newest: newest)
    }

    private func statuses() throws -> [String?] {
        try text(
            "SELECT status || ' ' || stem FROM source_file WHERE kind = 'exposure' ORDER BY stem", in: database)
    }

    private func name(_ number: Int) -> String { "FoilHole_\(number)_Data_2_3_20250108_154915" }

    @Test("Exposures that went are told, and stay in the ledger while nothing else is known of them")
    func lostExposures() async throws {
        let files = try (1...4).map { try folder.addExposure($0) }
        let first = try await ingest(losing: [files[1] + ".xml", files[1] + ".jpg", files[2] + ".xml"])
        #expect(first.map(\.new) == [2])
        #expect(first[0].problems.map(\.path) == [1, 2].map { String(files[$0].dropFirst("session/".count)) + ".xml" })
        #expect(first[0].problems.allSatisfy { $0.status == "unreadable" && $0.problem == SourceFile.goneUnread })
        let said = IngestReport(archive: database, sessions: first).problemText
        #expect(said.contains(name(2)) && said.contains(name(3)))
        #expect(
            said.hasSuffix(
                "2 files went before they could be read: where another program moved them, ingest the new place, too."))
        let expected = ["ok \(name(1))", "unreadable \(name(2))", "unreadable \(name(3))", "ok \(name(4))"]
        #expect(try statuses() == expected)
        for _ in 1...2 {
            #expect(try await ingest()[0].problems.count == 2)
            #expect(try statuses() == expected)
        }
        // One comes back; the other is found in another folder.
        try folder.addExposure(2)
        var sample = SampleImage()
        sample.uniqueID = "id-3"
        try folder.write("session/kept/\(name(3)).xml", sample.xml)
        #expect(try await ingest().map(\.new) == [2])
        #expect(try await ingest()[0].problems.isEmpty)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 4)
        #expect(try count("SELECT count(*) FROM source_file WHERE kind = 'exposure'", in: database) == 4)
    }

    @Test("What went from one folder and is found in another, which is given then, is no problem any more")
    func foundElsewhere() async throws {
        func unread() throws -> Int {
            try count("SELECT count(*) FROM source_file WHERE status = 'unreadable'", in: database)
        }
        for place in ["session", "other"] {
            try folder.write("\(place)/EpuSession.dm", SessionFileXML().xml)
        }
        let files = try (1...3).map { try folder.addExposure($0) }
        #expect(try await ingest(losing: files.dropFirst().map { $0 + ".xml" })[0].problems.count == 2)
        #expect(try unread() == 2)
        // Exposures are known one by one: what is still away stays told.
        try folder.addExposure(2, to: "other")
        let found = try await ingest("other")
        #expect(found[0].problems.isEmpty)
        #expect(try unread() == 1)
        #expect(try await ingest()[0].problems.map(\.path) == [String(files[2].dropFirst("session/".count)) + ".xml"])
        try folder.addExposure(3, to: "other")
        try await ingest("other")
        #expect(try unread() == 0)
        #expect(try count("SELECT count(*) FROM session", in: database) == 1)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 3)
        #expect(try await ingest()[0].problems.isEmpty)
        #expect(try statuses().count == 3)
    }

    @Test("A folder that is moved while it is to be read: each of its exposures is told")
    func lostFolder() async throws {
        for number in 1...3 { try folder.addExposure(number, disc: number == 1 ? 1 : 2) }
        let sessions = try await ingest(losing: ["session/Images-Disc2"])
        #expect(sessions.map(\.new) == [1])
        #expect(try statuses().map { $0?.prefix(10) } == ["ok FoilHol", "unreadable", "unreadable"])
    }

    @Test("What was read from a file stays as it was when the file goes while it is to be read again")
    func readBefore() async throws {
        let files = try (1...2).map { try folder.addExposure($0) }
        _ = try await ingest()
        let before = try dump(database)
        let again = try await ingest(losing: [files[0] + ".xml"])
        #expect(again[0].problems.isEmpty)
        #expect(try dump(database) == before)
    }

    @Test("A file that is left for later and is gone by then is told, too")
    func leftForLater() async throws {
        let file = try folder.addExposure(1)
        try folder.addExposure(2)
        #expect(try await ingest(minimumAge: 3600).map(\.new) == [0])
        #expect(try await ingest(losing: [file + ".xml"])[0].problems.count == 1)
        #expect(try statuses() == ["unreadable \(name(1))", "ok \(name(2))"])
        try remove("a.db")
        try folder.addExposure(1)
        _ = try await ingest(minimumAge: 3600)
        try remove(file + ".xml")
        #expect(try await ingest()[0].problems.map(\.problem) == [SourceFile.goneUnread])
    }

    @Test("Other files that went are no more a problem once they are gone: nothing rests on them")
    func otherFiles() async throws {
        try folder.addExposure(1)
        let hole = "session/Images-Disc1/GridSquare_7/FoilHoles/FoilHole_1_20250108_154725"
        try folder.write(hole + ".xml", SampleImage().xml)
        try folder.write(hole + ".jpg", "")
        try folder.write("session/notes.txt", "")
        let sessions = try await ingest(losing: [hole + ".xml", hole + ".jpg", "session/notes.txt"])
        #expect(sessions[0].problems.map(\.path) == [String(hole.dropFirst("session/".count)) + ".xml"])
        #expect(try await ingest()[0].problems.isEmpty)
        #expect(try count("SELECT count(*) FROM source_file WHERE kind <> 'exposure'", in: database) == 1)
    }

    @Test("A file that goes between the look at it and its reading has the same reason")
    func openedLate() throws {
        let file = SourceFile(
            folder: "", gridSquare: nil, name: name(1) + ".xml", status: PathText.status("/proc/self/exe"))
        let reading = FileReader().read(file, root: folder["nowhere"])
        #expect(reading.status == .unreadable && reading.problem == SourceFile.goneUnread)
    }
}
