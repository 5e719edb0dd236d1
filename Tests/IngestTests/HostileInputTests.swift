import EPUCore
import EPUFormat
import Foundation
import TestSupport
import Testing

@testable import epu_ingest

@Suite("A file that cannot be used costs that file only, and the ledger says why")
struct HostileInputTests {
    private let session: HostileSession

    init() throws { session = try HostileSession() }

    /// Writes the file as exposure 9, which has no JPG; the other three always come in.
    private func statusOfExposure(_ bytes: [UInt8]) async throws -> String? {
        let path = HostileSession.data + "/" + HostileSession.name(9)
        try session.folder.write("session/" + path, bytes)
        try await session.ingest()
        let entry = try session.ledger()[path]
        #expect(try session.holes() == (entry?.hasPrefix("missing image") == true ? [1, 2, 3, 9] : [1, 2, 3]))
        return entry
    }

    private static let whole = HostileSession.xml(9)

    @Test(
        "What an exposure says",
        arguments: [
            ("", "incomplete: the file is empty"),
            (" \n", "incomplete: it holds nothing but white space or zeros"),
            (String(whole.prefix(whole.count - 1)), "incomplete: it ends early"),
            (
                whole.replacing("<X>", with: "<x>").replacing("</X>", with: "</x>"),
                "incomplete: it has no stage position"
            ),
            (whole.replacing("<X>", with: "<X i:nil='true'/><X>"), "incomplete: it has no stage position"),
            (whole.replacing("<a:_y>-0.1", with: "<a:_y>-0,1"), "incomplete: it has no beam shift"),
            (whole.replacing("<a:_y>-0.1", with: "<a:_y>NaN"), "incomplete: it has no beam shift"),
            (whole.replacing("<a:_y>-0.1", with: "<a:_y>-1E+999"), "incomplete: it has no beam shift"),
            (whole.replacing("<Z>", with: "<Y>1</Y><Z>"), "missing image"),
            (whole.replacing("MicroscopeImage", with: "Acquisition"), "malformed: its root is <Acquisition>"),
            ("<!DOCTYPE MicroscopeImage>" + whole, "malformed: it has a document type"),
            (whole.replacing("</optics>", with: ""), "malformed: line 1, column"),
            ("not XML", "malformed: line 1, column"),
            ("\u{FEFF}" + whole, "missing image"),
        ])
    func exposures(text: String, entry: String) async throws {
        let found = try await statusOfExposure(Array(text.utf8))
        #expect(found?.hasPrefix(entry) == true, "\(found ?? "no row")")
    }

    @Test("An exposure in UTF-16 is an exposure")
    func utf16() async throws {
        let bytes = ("\u{FEFF}" + Self.whole).utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(try await statusOfExposure(bytes)?.hasPrefix("missing image") == true)
    }

    @Test(
        "A fault of the encoding is in the ledger, not on the terminal", arguments: ["EUC-JP", "UTF-16", "ISO-2022-JP"])
    func encodingFault(name: String) throws {
        let bytes = Array("<?xml version='1.0' encoding='\(name)'?>".utf8) + [0xFF, 0xFE, 0x80]
        let path = HostileSession.data + "/" + HostileSession.name(9)
        try session.folder.write("session/" + path, bytes + Array(Self.whole.utf8))
        let run = try ToolRun.run("epu-ingest", ["--db", session.database, session.path])
        #expect(run.status == 0)
        #expect(!run.errors.contains("encoding error"), "\(run.errors)")
        #expect(try session.holes() == [1, 2, 3])
    }

    @Test("Files of 2 GB are unreadable, of whatever kind, and are not read")
    func large() async throws {
        let paths = [
            HostileSession.data + "/" + HostileSession.name(9), "EpuSession.dm", "Metadata/GridSquare_7.dm",
            "Images-Disc1/GridSquare_7/FoilHoles/FoilHole_1_20250108_154725.xml",
            "Images-Disc1/GridSquare_7/GridSquare_20250108_120000.xml",
        ]
        for path in paths { try session.sparse(path, bytes: 2 << 30) }
        // Images and movies are never read.
        let image = HostileSession.data + "/FoilHole_1_Data_2_3_20250108_154915.jpg"
        try session.sparse(image, bytes: 2 << 30)
        try await session.ingest()
        let ledger = try session.ledger()
        for path in paths { #expect(ledger[path]?.hasPrefix("unreadable: it has 2147483648 bytes") == true) }
        #expect(ledger[image] == "ok")
        #expect(try session.holes() == [1, 2, 3])
    }

    @Test("A GridSquare .dm of zeros, as a disk full of them leaves it, is incomplete")
    func zeros() async throws {
        try session.sparse("Metadata/GridSquare_7.dm", bytes: 1 << 20)
        try await session.ingest()
        #expect(
            try session.ledger()["Metadata/GridSquare_7.dm"]
                == "incomplete: it holds nothing but white space or zeros")
    }

    @Test("A GridSquare .dm of more foil holes than a grid has is malformed")
    func tooManyHoles() async throws {
        let holes = String(repeating: "<e><value><Id>5</Id></value></e>", count: 270_000)
        try session.folder.write(
            "session/Metadata/GridSquare_7.dm",
            "<GridSquareXml><Id>7</Id><TargetLocationsEfficient><m_serializationArray>\(holes)"
                + "</m_serializationArray></TargetLocationsEfficient></GridSquareXml>")
        try await session.ingest()
        #expect(try session.ledger()["Metadata/GridSquare_7.dm"]?.hasPrefix("malformed: ") == true)
        #expect(try session.holes() == [1, 2, 3])
    }

    @Test("Of foil holes that repeat one another, and of squares with another's number, none stops the session")
    func contradictions() async throws {
        let hole = "<e><key>5</key><value><Id>5</Id><State>Defined</State></value></e>"
        let map = "<GridSquareXml><Id>9</Id><TargetLocationsEfficient><m_serializationArray>\(hole)\(hole)"
        try session.folder.write(
            "session/Metadata/GridSquare_7.dm",
            map + "</m_serializationArray></TargetLocationsEfficient></GridSquareXml>")
        try session.folder.write(
            "session/EpuSession.dm",
            "<EpuSessionXml><Name>session</Name><Samples><_items><SampleXml><GridSquares><m_serializationArray>"
                + String(repeating: "<e><key>9</key><value/></e>", count: 2)
                + "</m_serializationArray></GridSquares><TargetAreaTemplate><DataAcquisitionAreas>"
                + "<m_serializationArray>" + String(repeating: "<e><key>2</key><value/></e>", count: 2)
                + "</m_serializationArray></DataAcquisitionAreas></TargetAreaTemplate></SampleXml></_items></Samples>"
                + "</EpuSessionXml>")
        for _ in 1...2 { try await session.ingest() }
        #expect(try session.holes() == [1, 2, 3])
        #expect(try session.ledger()["EpuSession.dm"] == "ok")
    }

    @Test("An exposure that was half written is picked up as soon as it is whole")
    func replaced() async throws {
        let half = String(Self.whole.prefix(Self.whole.count / 2))
        #expect(try await statusOfExposure(Array(half.utf8))?.hasPrefix("incomplete") == true)
        #expect(try await statusOfExposure(Array(Self.whole.utf8))?.hasPrefix("missing image") == true)
    }

    @Test("--strict ends with 3 for what is unreadable, malformed or incomplete, and for nothing else")
    func strict() throws {
        let path = "session/" + HostileSession.data + "/" + HostileSession.name(9)
        func status() throws -> Int32 {
            try ToolRun.run("epu-ingest", ["--strict", "--db", session.database, session.path]).status
        }
        try session.folder.write("session/notes.xml", "<")
        #expect(try status() == 0)
        for text in [String(Self.whole.prefix(99)), "rubbish"] {
            try session.folder.write(path, text)
            #expect(try status() == 3)
        }
        try FileManager.default.removeItem(atPath: session.folder[path])
        #expect(try status() == 0)
        #expect(mkfifo(session.folder[path], 0o600) == 0)
        #expect(try status() == 3)
    }
}

@Suite("A file that changes between listing and reading")
struct ChangingFileTests {
    private let session: HostileSession
    private let path: String
    private let listed: SourceFile

    init() throws {
        session = try HostileSession()
        path = session[HostileSession.data + "/" + HostileSession.name(1)]
        listed = SourceFile(
            folder: HostileSession.data, gridSquare: nil, name: HostileSession.name(1), status: PathText.status(path))
    }

    private func reading() -> FileReading { FileReader().read(listed, root: session.path) }

    @Test func vanished() throws {
        try FileManager.default.removeItem(atPath: path)
        #expect(reading().status == .unreadable)
        #expect(reading().problem == "it was there when its folder was listed, and gone before it could be read")
    }

    @Test("It grows: it is read as it is now")
    func grown() throws {
        try Data((HostileSession.xml(1) + String(repeating: "\n", count: 100_000)).utf8)
            .write(to: URL(fileURLWithPath: path))
        #expect(reading().status == .ok)
    }

    @Test("It is cut: incomplete")
    func cut() throws {
        #expect(truncate(path, 500) == 0)
        #expect(reading().status == .incomplete)
    }

    @Test("A pipe, a folder or a broken link takes its place: unreadable, and nothing waits for a writer")
    func replaced() throws {
        try FileManager.default.removeItem(atPath: path)
        #expect(mkfifo(path, 0o600) == 0)
        #expect(reading().status == .unreadable)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        #expect(reading().status == .unreadable)
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "nowhere")
        #expect(reading().status == .unreadable)
    }
}
