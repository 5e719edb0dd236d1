import EPUArchive
import EPUCore
import Foundation
import TestSupport
import Testing

@testable import epu_ingest

@Suite("Whatever else lies in a session's folder, its exposures come in")
struct HostileFolderTests {
    private let session: HostileSession
    private let data = HostileSession.data

    init() throws { session = try HostileSession() }

    @Test("Pipes, sockets and broken links are unreadable, and nothing waits for them")
    func noFiles() async throws {
        let names = [9, 10, 11, 12].map { data + "/" + HostileSession.name($0) }
        #expect(mkfifo(session[names[0]], 0o600) == 0)
        let socket = try Socket(session[names[1]])
        try link(names[2], to: "nowhere")
        try link(names[3], to: (names[3] as NSString).lastPathComponent)
        try await session.ingest()
        withExtendedLifetime(socket) {}
        let ledger = try session.ledger()
        #expect(ledger[names[0]] == "unreadable: it is no file but a pipe, socket or device")
        #expect(ledger[names[1]] == "unreadable: it is no file but a pipe, socket or device")
        #expect(ledger[names[2]] == "unreadable: No such file or directory")
        #expect(ledger[names[3]] == "unreadable: Too many levels of symbolic links")
        #expect(try session.holes() == [1, 2, 3])
    }

    @Test("Links in a circle, to themselves and to the folder above end where they began")
    func circles() async throws {
        try link("Images-Disc1/a", to: "b")
        try link("Images-Disc1/b", to: "a")
        try link("Images-Disc1/self", to: ".")
        try link("\(data)/up", to: "../..")
        try link("\(data)/session", to: session.path)
        try link("\(data)/above", to: session.folder.path)
        try await session.ingest()
        #expect(try session.holes() == [1, 2, 3])
        #expect(try session.ledger().keys.filter { $0.hasSuffix(".xml") }.count == 3)
    }

    @Test("A hard link, and a link to an exposure, are the exposure once more: twins")
    func hardLink() async throws {
        let name = HostileSession.name(1)
        try session.folder.write("session/Images-Disc2/GridSquare_7/Data/note.txt", "")
        try FileManager.default.linkItem(
            atPath: session["\(data)/\(name)"], toPath: session["Images-Disc2/GridSquare_7/Data/\(name)"])
        try session.folder.write("session/Images-Disc3/GridSquare_7/Data/note.txt", "")
        try link("Images-Disc3/GridSquare_7/Data/\(name)", to: session["\(data)/\(name)"])
        try await session.ingest()
        #expect(try session.holes() == [1, 2, 3])
        #expect(try session.ledger().values.filter { $0.hasPrefix("twin") }.count == 2)
    }

    @Test("Names with line ends, quotes, backslashes and leading dashes are names")
    func names() async throws {
        let folders = [
            "a\nb", "it's", "\"q\"", "--strict", "back\\slash", "%s", "*", " ", "é", "\r\n", "\u{301}x",
        ]
        for (index, folder) in folders.enumerated() { try session.add(10 + index, data: data + "/" + folder) }
        try session.folder.write("session/\(data)/-rf", "")
        try session.folder.write("session/\(data)/a\nb.xml", "<")
        try await session.ingest()
        let expected = [1, 2, 3] + folders.indices.map { 10 + $0 }
        #expect(try session.holes() == expected)
        try expectPathsLeadBack()
        // A second run knows each of them again.
        let again = try await session.ingest()
        #expect(again.map(\.new) == [0])
        #expect(again.map(\.unchanged) == [expected.count])
        #expect(try session.holes() == expected)
    }

    @Test("Names that are no UTF-8: exposures in such a folder are read, and the ledger's path leads to the file")
    func otherEncodings() async throws {
        let latin: [UInt8] = Array("Gr\u{FC}n".unicodeScalars.map { UInt8($0.value) })
        let folder = Array((session[data] + "/").utf8) + latin
        #expect(call(folder) { mkdir($0, 0o755) } == 0)
        try write(folder + Array(("/" + HostileSession.name(9)).utf8), HostileSession.xml(9))
        try write(folder + [0x2F, 0xFF, 0xFE], "")
        // A stray byte behind a whole exposure's name makes it another file.
        try write(Array((session[data] + "/" + HostileSession.name(10)).utf8) + [0x80], HostileSession.xml(10))
        try await session.ingest()
        #expect(try session.holes() == [1, 2, 3, 9])
        let paths = try session.ledger().keys
        #expect(paths.contains("\(data)/Gr\\xFCn/\(HostileSession.name(9))"))
        #expect(paths.contains("\(data)/Gr\\xFCn/\\xFF\\xFE"))
        #expect(paths.contains("\(data)/\(HostileSession.name(10))\\x80"))
        try expectPathsLeadBack()
    }

    @Test("A session whose own folder has such a name")
    func otherEncodingOfTheSession() async throws {
        let folder = Array(session.folder["caf"].utf8) + [0xE9]
        for path in [folder, folder + Array("/Images-Disc1".utf8)] { #expect(call(path) { mkdir($0, 0o755) } == 0) }
        try write(folder + Array("/Images-Disc1/\(HostileSession.name(9))".utf8), HostileSession.xml(9))
        let archive = try Archive(session.database, access: .create)
        let found = try await Ingestion(archive: archive, jobs: 1, minimumAge: 0)
            .run(SessionFinder.sessions(below: [session.folder["caf\\xE9"]]))
        #expect(found.map(\.exposures) == [1])
        let part = SessionFinder.sessions(
            below: [session.folder["caf\\xE9/Images-Disc1"]], knownRoots: [session.folder["caf\\xE9"]])
        #expect(part.map(\.starts) == [["Images-Disc1"]])
    }

    @Test("A part of a session whose name starts with an accent without a letter is that part")
    func combiningName() throws {
        try session.add(9, data: "\u{301}x/GridSquare_8/\u{301}")
        let root = try SessionFinder.readableFolder(session.path)
        let found = SessionFinder.sessions(below: [session["\u{301}x"]], knownRoots: [root])
        #expect(found.map(\.path) == [root])
        #expect(found.map(\.starts) == [["\u{301}x"]])
        let files = found.first?.folders.last?.files(0..<1, root: root)
        #expect(files?.map { $0?.gridSquare } == [8])
    }

    @Test("A folder that is named as an exposure is a folder; a file that is named Images-Disc1 is a file")
    func swapped() async throws {
        try session.folder.write("session/\(data)/\(HostileSession.name(9))/note.txt", "")
        try session.add(10, data: "\(data)/\(HostileSession.name(10))")
        try session.folder.write("session/\(data)/Images-Disc1", "")
        try session.folder.write("session/\(data)/EpuSession.dm/note.txt", "")
        try session.folder.write("session/\(data)/GridSquare_8.dm/note.txt", "")
        let sessions = try await session.ingest()
        #expect(sessions.count == 1)
        #expect(sessions.flatMap(\.problems).isEmpty)
        #expect(try session.holes() == [1, 2, 3, 10])
        #expect(try session.ledger()["\(data)/Images-Disc1"]?.hasPrefix("unknown") == true)
    }

    @Test(
        "A file and a folder that may not be read are unreadable, and status 3 is --strict's",
        .enabled(if: Unprivileged.isPossible, Comment(rawValue: Unprivileged.impossibility)))
    func closed() throws {
        let (file, folder) = (data + "/" + HostileSession.name(9), data + "/closed")
        try session.add(9)
        try session.add(10, data: folder)
        #expect(chmod(session.folder.path, 0o777) == 0)
        #expect(chmod(session[file], 0) == 0)
        #expect(chmod(session[folder], 0) == 0)
        let arguments = ["--db", session.database, session.path]
        #expect(try Unprivileged.run("epu-ingest", arguments).status == 0)
        #expect(try Unprivileged.run("epu-ingest", ["--strict"] + arguments).status == 3)
        #expect(try session.ledger()[file] == "unreadable: Permission denied")
        #expect(try session.ledger()[folder] == "unreadable: Permission denied")
        #expect(try session.holes() == [1, 2, 3])
        // Opened, they come in.
        #expect(chmod(session[file], 0o644) == 0)
        #expect(chmod(session[folder], 0o755) == 0)
        #expect(try Unprivileged.run("epu-ingest", ["--strict"] + arguments).status == 0)
        #expect(try session.holes() == [1, 2, 3, 9, 10])
    }

    // MARK: -

    /// Every path of the ledger is that of something on disk.
    private func expectPathsLeadBack() throws {
        for path in try session.ledger().keys { #expect(PathText.status(session[path]) != nil, "\(path)") }
    }

    private func link(_ relative: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: session[relative], withDestinationPath: target)
    }

    private func call(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> Int32) -> Int32 {
        (path.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { $0.baseAddress.map(body) ?? -1 }
    }

    private func write(_ path: [UInt8], _ text: String) throws {
        let file = call(path) { open($0, O_WRONLY | O_CREAT, 0o644) }
        try FileHandle(fileDescriptor: file, closeOnDealloc: true).write(contentsOf: Data(text.utf8))
    }
}

/// A socket that lies in a folder.
private struct Socket: ~Copyable {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        // Its name may have 107 bytes only, so it gets a short one first, on the same file system.
        let short = NSTemporaryDirectory() + UUID().uuidString
        guard short.utf8.count < 108 else { throw Failure("The folder for temporary files has too long a path.") }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: short.utf8) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, rename(short, path) == 0 else { throw Failure(String(cString: strerror(errno))) }
    }

    deinit { close(descriptor) }
}
