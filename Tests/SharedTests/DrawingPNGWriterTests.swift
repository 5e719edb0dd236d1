import Foundation
import TestSupport
import Testing

@testable import EPUCore
@testable import EPUDrawing

@Suite("PNG files")
struct PNGWriterTests {
    private let folder: DrawingFolder
    private static let grey = PNGWriter.Format.tinted(TintedGreys(tints: []))

    init() throws { folder = try DrawingFolder() }

    @Test("Grey rows come back as they were written")
    func grey() throws {
        let path = folder.file("new/folder/grey.png")
        let rows = (0..<40).map { Self.row($0, bytes: 61) }
        try write(path, rows: rows, width: 61, format: Self.grey)
        let image = try DecodedPNG(path)
        #expect(image.width == 61 && image.height == 40)
        #expect(image.pixels == rows.joined().map { 0x0001_0101 * UInt32($0) })
    }

    @Test("Colour rows come back as they were written")
    func colour() throws {
        let path = folder.file("colour.png")
        let rows = (0..<5).map { Self.row($0, bytes: 21) }
        try write(path, rows: rows, width: 7, format: .rgb)
        let image = try DecodedPNG(path)
        for y in 0..<5 {
            for x in 0..<7 {
                let pixel = image.pixel(x, y)
                #expect([16, 8, 0].map { UInt8(pixel >> $0 & 255) } == Array(rows[y][3 * x..<3 * x + 3]))
            }
        }
    }

    @Test("Texts are stored, others than ASCII as UTF-8")
    func texts() throws {
        let path = folder.file("text.png")
        try write(path, rows: [[0]], width: 1, format: Self.grey, text: [("Title", "A page"), ("Session", "Größe")])
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(bytes.range(of: Data("tEXtTitle\0A page".utf8)) != nil)
        #expect(bytes.range(of: Data("iTXtSession\0".utf8)) != nil)
        #expect(bytes.range(of: Data("Größe".utf8)) != nil)
        #expect(try DecodedPNG(path).width == 1)
    }

    @Test("The same rows give the same bytes")
    func sameBytes() throws {
        let rows = (0..<30).map { Self.row($0, bytes: 50) }
        try write(folder.file("a.png"), rows: rows, width: 50, format: Self.grey, text: [("Title", "t")])
        try write(folder.file("b.png"), rows: rows, width: 50, format: Self.grey, text: [("Title", "t")])
        let first = try Data(contentsOf: URL(fileURLWithPath: folder.file("a.png")))
        #expect(try first == Data(contentsOf: URL(fileURLWithPath: folder.file("b.png"))))
    }

    @Test("An abandoned image leaves the older file and no other")
    func abandoned() throws {
        let path = folder.file("page.png")
        try Data("older".utf8).write(to: URL(fileURLWithPath: path))
        do {
            var png = try PNGWriter(path, width: 4, height: 4, format: Self.grey)
            try png.writeRow([1, 2, 3, 4])
        }
        #expect(folder.names == ["page.png"])
        #expect(throws: Failure.self) {
            var png = try PNGWriter(path, width: 4, height: 4, format: Self.grey)
            try png.writeRow([1, 2, 3, 4])
            try png.finish()
        }
        #expect(folder.names == ["page.png"])
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "older")
    }

    @Test("A row of another length, or one too many, is refused")
    func wrongRows() throws {
        #expect(throws: Failure.self) {
            var png = try PNGWriter(folder.file("a.png"), width: 4, height: 1, format: .rgb)
            try png.writeRow([1, 2, 3, 4])
        }
        #expect(throws: Failure.self) {
            var png = try PNGWriter(folder.file("a.png"), width: 1, height: 1, format: Self.grey)
            try png.writeRow([1])
            try png.writeRow([1])
        }
        #expect(folder.names.isEmpty)
    }

    @Test(
        "A size that PNG cannot hold is refused", arguments: [(0, 1), (1, 0), (-3, 5), (1 << 31, 1)])
    func impossible(width: Int, height: Int) throws {
        let path = folder.file("a.png")
        #expect(throws: Failure.self) { _ = try PNGWriter(path, width: width, height: height, format: Self.grey) }
        #expect(folder.names.isEmpty)
    }

    @Test("A full disk is an error that leaves nothing behind")
    func fullDisk() throws {
        let path = folder.file("page.png")
        // What is written under the temporary name ends on a device that is always full.
        try FileManager.default.createSymbolicLink(
            atPath: OutputFile.temporaryPath(for: path), withDestinationPath: "/dev/full")
        let failure = #expect(throws: Failure.self) {
            try write(path, rows: (0..<4000).map { Self.row($0 * $0, bytes: 400) }, width: 400, format: Self.grey)
        }
        #expect(failure?.description == "Cannot write \(path): No space left on device.")
        #expect(folder.names.isEmpty)
    }

    @Test("A place that is no folder is an error with its name")
    func unwritable() throws {
        try Data().write(to: URL(fileURLWithPath: folder.file("file")))
        let failure = #expect(throws: Failure.self) {
            _ = try PNGWriter(folder.file("file/page.png"), width: 1, height: 1, format: Self.grey)
        }
        #expect(failure?.description.contains(folder.file("file")) == true)
    }

    private static func row(_ number: Int, bytes: Int) -> [UInt8] {
        (0..<bytes).map { UInt8(truncatingIfNeeded: $0 * 7 + number * 13) }
    }

    private func write(
        _ path: String, rows: [[UInt8]], width: Int, format: PNGWriter.Format,
        text: [(keyword: String, value: String)] = []
    ) throws {
        var png = try PNGWriter(path, width: width, height: rows.count, format: format, text: text)
        for row in rows { try png.writeRow(row) }
        try png.finish()
    }
}
