import EPUCore
import TestSupport
import Testing

@Suite("Paths in lists")
struct PathLineTests {
    @Test("A path is written with the bytes that it has on disk")
    func lines() throws {
        let folder = try TemporaryFolder()
        var file = try OutputFile(folder["list"])
        let long = String(repeating: "x", count: 70_000)
        for path in ["/data/a b", "/data/\\x41\\\\c", "/data/\u{301}ü", "", long] {
            try file.write(pathLine: path[...])
        }
        try file.write(pathLine: "/data/cut"[...].dropFirst(6))
        try file.commit()
        #expect(try folder.text("list") == "/data/a b\n/data/A\\c\n/data/\u{301}ü\n\n\(long)\ncut\n")
    }

    @Test("Large pieces and small ones stay in order")
    func pieces() throws {
        let folder = try TemporaryFolder()
        var file = try OutputFile(folder["pieces"])
        let large = String(repeating: "large ", count: 20_000)
        for piece in ["small ", large, "small ", "small ", large, large] {
            try Array(piece.utf8).withUnsafeBytes { try file.write($0) }
        }
        try file.commit()
        #expect(try folder.text("pieces") == "small " + large + "small small " + large + large)
    }

    @Test("Texts are compared by bytes, not as people see letters")
    func prefix() {
        #expect("/data/\u{301}x".hasBytePrefix("/data/"))
        #expect("/data".hasBytePrefix("/data") && "/data".hasBytePrefix("") && "".hasBytePrefix(""))
        #expect(!"/dat".hasBytePrefix("/data") && !"".hasBytePrefix("/") && !"\u{e9}".hasBytePrefix("e"))
        #expect(!"e\u{301}".hasBytePrefix("\u{e9}"))
    }
}
