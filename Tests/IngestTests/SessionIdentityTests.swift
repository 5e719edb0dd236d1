import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("Which files are of one session")
struct SessionIdentityTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder["archive.db"] }

    private func sessions() throws -> Int { try count("SELECT count(*) FROM session", in: database) }
    private func exposures() throws -> Int { try count("SELECT count(*) FROM exposure", in: database) }

    @Test("Several sessions below one folder are told apart; equal names get a number")
    func severalSessions() async throws {
        try folder.addExposure(1, to: "monday/session")
        try folder.addExposure(2, to: "tuesday/session")
        let sessions = try await ingest([folder.path], into: database)
        #expect(sessions.compactMap(\.session).sorted() == ["session", "session~2"])
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 2)
        try await ingest([folder["tuesday"], folder["monday"]], into: database)
        #expect(try count("SELECT count(*) FROM session", in: database) == 2)
    }

    @Test("A moved session is the same session")
    func moved() async throws {
        for number in 1...3 { try folder.addExposure(number, to: "old") }
        try await ingest([folder["old"]], into: database)
        try FileManager.default.moveItem(atPath: folder["old"], toPath: folder["new"])
        try await ingest([folder["new"]], into: database)
        #expect(try count("SELECT count(*) FROM session", in: database) == 1)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 3)
        let paths = try Archive(database, access: .read).read {
            try String.fetchAll($0, sql: "SELECT image_path FROM exposures")
        }
        #expect(paths.allSatisfy { FileManager.default.fileExists(atPath: $0) })
    }

    @Test("A copy adds twins, not exposures")
    func copied() async throws {
        for number in 1...3 { try folder.addExposure(number, to: "old") }
        try await ingest([folder["old"]], into: database)
        try FileManager.default.copyItem(atPath: folder["old"], toPath: folder["copy"])
        try await ingest([folder["copy"]], into: database)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 3)
        #expect(
            try count("SELECT count(*) FROM source_file WHERE kind = 'exposure' AND status = 'twin'", in: database) == 3
        )
    }

    @Test("A part of a known session is refreshed as that part")
    func part() async throws {
        try folder.addExposure(1)
        try await ingest([folder["session"]], into: database)
        try folder.addExposure(2)
        let sessions = try await ingest([folder["session/Images-Disc1/GridSquare_7"]], into: database)
        #expect(sessions.map(\.session) == ["session"])
        #expect(try count("SELECT count(*) FROM session_root", in: database) == 1)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 2)
    }

    @Test("The part of a session that was given first belongs to the whole that comes later")
    func wholeAfterPart() async throws {
        try folder.addExposure(1)
        try await ingest([folder["session/Images-Disc1"]], into: database)
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM session", in: database) == 1)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 1)
    }

    @Test("What was first seen in a part is refreshed from the whole")
    func changedAfterPart() async throws {
        let base = try folder.addExposure(1)
        try await ingest([folder["session/Images-Disc1/GridSquare_7/Data"]], into: database)
        try await ingest([folder["session"]], into: database)
        var sample = SampleImage()
        sample.uniqueID = "id-1"
        sample.stage = Vector2(77, 0)
        try folder.write(base + ".xml", sample.xml)
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM exposure WHERE round(stage_x_um, 6) = 77", in: database) == 1)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 1)
    }

    @Test("A session whose EpuSession.dm does not say when it began is one session all the same")
    func noStartTime() async throws {
        try folder.addExposure(1)
        let session = "<EpuSessionXml><Name>grid1</Name></EpuSessionXml>"
        try folder.write("session/EpuSession.dm", session)
        for _ in 1...3 { try await ingest([folder["session"]], into: database) }
        #expect(try count("SELECT count(*) FROM session", in: database) == 1)
        try folder.write(
            "session/EpuSession.dm",
            session.replacing("<Name>", with: "<StartDateTime>2025-01-08T15:10:39Z</StartDateTime><Name>"))
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM session WHERE created_at IS NOT NULL", in: database) == 1)
        #expect(try count("SELECT count(*) FROM exposure WHERE image_file_id IS NOT NULL", in: database) == 1)
        // Another one in the same place is another session.
        try folder.write(
            "session/EpuSession.dm",
            session.replacing("<Name>", with: "<StartDateTime>2025-01-07T00:00:00Z</StartDateTime><Name>"))
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM session", in: database) == 2)
    }

    @Test("A folder that is reached through links, too, keeps its own name")
    func linkedFolder() async throws {
        try folder.addExposure(1)
        for number in [1, 9] {
            try FileManager.default.createSymbolicLink(
                atPath: folder["session/Images-Disc1/GridSquare_\(number)"],
                withDestinationPath: folder["session/Images-Disc1/GridSquare_7"])
        }
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT grid_square FROM exposure", in: database) == 7)
    }

    @Test("Links that lead back are followed once")
    func links() async throws {
        try folder.addExposure(1)
        try FileManager.default.createSymbolicLink(
            atPath: folder["session/Images-Disc1/loop"], withDestinationPath: folder["session"])
        try FileManager.default.createSymbolicLink(
            atPath: folder["session/dangling"], withDestinationPath: folder["nowhere"])
        let sessions = try await ingest([folder["session"]], into: database)
        #expect(sessions.map(\.exposures) == [1])
        #expect(try count("SELECT count(*) FROM source_file WHERE kind = 'exposure'", in: database) == 1)
    }

}
