import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("A part of a session that is given alone")
struct PartOfSessionTests {
    private let folder: TemporaryFolder

    /// Six squares of two exposures each, with and without EpuSession.dm.
    init() throws {
        folder = try TemporaryFolder()
        for number in 1...12 {
            var sample = SampleImage()
            sample.uniqueID = "id-\(number)"
            let name = "FoilHole_\(number)_Data_2_3_20250108_154915"
            for place in ["session/Images-Disc1", "loose"] {
                try folder.write("\(place)/GridSquare_\((number + 1) / 2)/Data/\(name).xml", sample.xml)
            }
        }
        for place in ["session", "loose"] {
            try folder.write("\(place)/EpuSession.dm", "<EpuSessionXml><Name>night 7</Name></EpuSessionXml>")
        }
    }

    private var database: String { folder["a.db"] }

    private func notices() throws -> [String?] {
        try text("SELECT message FROM notice WHERE name = 'part-of-session'", in: database)
    }

    private func expectWhole(_ root: String) throws {
        #expect(try count("SELECT count(*) FROM session", in: database) == 1)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 12)
        #expect(try text("SELECT path FROM session_root", in: database) == [folder[root]])
        #expect(try text("SELECT epu_name FROM session", in: database) == ["night 7"])
        #expect(try count("SELECT count(*) FROM source_file", in: database) == 13)
        #expect(try notices() == [])
    }

    @Test(
        "The whole completes the session of a square, and a square changes nothing of the whole",
        arguments: [("session", "session/Images-Disc1/GridSquare_6"), ("loose", "loose/GridSquare_6")])
    func bothOrders(whole: String, square: String) async throws {
        let part = try await ingest([folder[square]], into: database)
        #expect(part.map(\.exposures) == [2])
        #expect(part.first?.session == whole)
        let said = try #require(part.first?.notices.first { $0.name == "part-of-session" }?.message)
        let above = String(square.dropFirst(whole.count + 1).dropLast("GridSquare_6".count))
        #expect(
            said == """
                only a part of \(folder[whole]) was read, without \(above)GridSquare_1, \(above)GridSquare_2, \
                \(above)GridSquare_3 and 2 more: what was exposed there is not known. Also not read: EpuSession.dm. Give \
                \(folder[whole]) to epu-ingest to read all.
                """)
        try await ingest([folder[whole]], into: database)
        try expectWhole(whole)
        try await ingest([folder[square]], into: database)
        try expectWhole(whole)

        try FileManager.default.removeItem(atPath: database)
        for path in [whole, square] { try await ingest([folder[path]], into: database) }
        try expectWhole(whole)
    }

    @Test("Squares that come one by one are one session, and the last of them takes the notice away")
    func oneByOne() async throws {
        try FileManager.default.removeItem(atPath: folder["loose/EpuSession.dm"])
        for square in 1...5 {
            try await ingest([folder["loose/GridSquare_\(square)"]], into: database)
            #expect(try notices().count == 1)
        }
        #expect(try notices().first??.contains("without GridSquare_6: ") == true)
        try await ingest([folder["loose/GridSquare_6/Data"]], into: database)
        #expect(try notices() == [])
        #expect(try count("SELECT count(*) FROM session", in: database) == 1)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 12)
    }

    @Test("Beside all exposures only what is written of the session is not known; nothing is said to be exposed there")
    func withoutMetadata() async throws {
        try folder.write("session/Metadata/GridSquare_1.dm", "<GridSquareXml/>")
        try await ingest([folder["session/Images-Disc1"]], into: database)
        #expect(
            try notices() == [
                """
                only a part of \(folder["session"]) was read, without EpuSession.dm, Metadata: what is written there of the \
                session and its holes is not known. Give \(folder["session"]) to epu-ingest to read all.
                """
            ])
        try await ingest([folder["session"]], into: database)
        #expect(try notices() == [])
    }

    @Test("A part of a copy has no notice where the session was read in whole elsewhere")
    func partOfCopy() async throws {
        try FileManager.default.copyItem(atPath: folder["session"], toPath: folder["copy"])
        try await ingest([folder["session"]], into: database)
        for part in ["copy/Images-Disc1", "copy/Images-Disc1/GridSquare_6"] {
            try await ingest([folder[part]], into: database)
            #expect(try count("SELECT count(*) FROM session", in: database) == 1)
            #expect(try count("SELECT count(*) FROM session_root", in: database) == 2)
            #expect(try notices() == [])
        }
        // What the copy has alone is not known.
        let name = "FoilHole_13_Data_2_3_20250108_154915"
        try folder.write("copy/Images-Disc2/GridSquare_8/Data/\(name).xml", SampleImage().xml)
        try await ingest([folder["copy/Images-Disc1/GridSquare_6"]], into: database)
        #expect(
            try notices().first??.contains("without Images-Disc2: what was exposed there is not known. Give ") == true)
    }

    @Test("Of the folders of an archive only those below a folder may be parts of it")
    func rootsBelow() throws {
        let inside = ["v/one/z", "v/one/Images-Disc1", "v/one/z/y"].map { folder[$0] }
        let outside = ["v/one", "v/one-b/z", "v/one.z", "v/one0", "v/ond/z", "v/onf", "v"].map { folder[$0] }
        let archive = try Archive(database, access: .create)
        try archive.write { db in
            let session = try NewSession.create("night", nil, db)
            for path in outside + inside { _ = try FolderRoots.add(path, session, db) }
            _ = try FolderRoots.add(folder["v/one/none"], nil, db)
            #expect(try SessionSearch.roots(below: folder["v/one"], db) == inside)
        }
    }

    @Test("A part with a name of its own, of which the whole has many exposures, is completed by the whole")
    func namedPart() async throws {
        for number in 1...30 {
            var sample = SampleImage()
            sample.uniqueID = "id-\(number)"
            let place = number > 28 ? "flat/z" : "flat/a"
            try folder.write("\(place)/FoilHole_\(number)_Data_2_3_20250108_154915.xml", sample.xml)
        }
        try await ingest([folder["flat/z"]], into: database)
        try await ingest([folder["flat"]], into: database)
        #expect(try count("SELECT count(*) FROM session", in: database) == 1)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 30)
        #expect(try text("SELECT path FROM session_root", in: database) == [folder["flat"]])
    }

    @Test("A square that is followed alone is a part of its session, and so is the whole that is given later")
    func followed() async throws {
        let square = "session/Images-Disc1/GridSquare_6"
        let follow = try RunningTool("epu-ingest", ["--follow", "--db", database, folder[square]])
        #expect(RunningTool.wait { follow.output.contains("2 exposures") }, "\(follow.errors)")
        #expect(RunningTool.wait { follow.output.contains("NOTICE session: only a part of \(folder["session"])") })
        #expect(follow.end(with: SIGINT) == nil)
        try await ingest([folder["session"]], into: database)
        try expectWhole("session")
    }
}
