import CPNGWriter
import EPUCore
import Foundation

/// Writes a PNG file row by row, so that an image of any height needs the memory of one row.
///
/// The file appears when `finish` returns: a failed or abandoned write leaves an older file as it was. The same rows
/// give the same bytes, since no time is stored.
///
///     var png = try PNGWriter("page.png", width: 640, height: 480, format: .rgb, text: [("Title", "A page")])
///     for row in rows { try png.writeRow(row) }
///     try png.finish()
public struct PNGWriter: ~Copyable {
    public enum Format: Sendable {
        /// A pixel is three bytes: red, green, blue.
        case rgb
        /// A pixel is one byte, the index of a colour. It is compressed as a picture, where `rgb` is compressed as a drawing.
        case tinted(TintedGreys)

        public var bytesPerPixel: Int { if case .rgb = self { 3 } else { 1 } }
    }

    public let path: String
    public let width: Int
    public let height: Int
    public let format: Format
    private var rowsWritten = 0
    private let encoder: PNGEncoder
    private var file: OutputFile

    /// - Parameter text: Keywords (1 to 79 ASCII characters; Title, Author, Description, Software and Comment are
    ///   registered) with their values.
    /// - Throws: `Failure` where the file cannot be made or PNG cannot hold such an image.
    public init(
        _ path: String, width: Int, height: Int, format: Format, text: [(keyword: String, value: String)] = []
    ) throws {
        let encoder = try PNGEncoder(path: path, width: width, height: height, format: format, text: text)
        file = try OutputFile(path)
        self.encoder = encoder
        self.path = path
        self.width = width
        self.height = height
        self.format = format
    }

    /// - Parameter row: The bytes of a row: `width` x the format's bytes a pixel.
    public mutating func writeRow(_ row: [UInt8]) throws {
        guard rowsWritten < height, row.count == width * format.bytesPerPixel else {
            throw Failure(
                "Cannot write \(path): row \(rowsWritten + 1) of \(height) has \(row.count) bytes, expected "
                    + "\(width * format.bytesPerPixel).")
        }
        try encoder.encode(row, path: path)
        rowsWritten += 1
        try drain()
    }

    /// Puts the finished image in its place.
    public consuming func finish() throws {
        guard rowsWritten == height else {
            throw Failure("Cannot write \(path): it has \(rowsWritten) rows of \(height).")
        }
        try encoder.finish(path: path)
        try drain()
        try file.commit()
    }

    private mutating func drain() throws {
        try encoder.takeBytes { try file.write($0) }
    }
}

/// The C encoder and its lifetime. It is a class because a private noncopyable struct inside a public one does not link
/// from other modules in a release build (Swift 6.3).
private final class PNGEncoder {
    private let writer: OpaquePointer

    init(
        path: String, width: Int, height: Int, format: PNGWriter.Format, text: [(keyword: String, value: String)]
    ) throws {
        guard (1...0x7fff_ffff).contains(width), (1...0x7fff_ffff).contains(height) else {
            throw Failure("Cannot write \(path): a PNG image cannot be \(width) x \(height) pixels.")
        }
        let made =
            switch format {
            case .rgb: epu_png_new(UInt32(width), UInt32(height))
            case .tinted(let palette): epu_png_new_indexed(UInt32(width), UInt32(height), palette.rgb)
            }
        guard let writer = made else {
            throw Failure("Cannot write \(path): out of memory.")
        }
        var failed = !String(cString: epu_png_error(writer)).isEmpty
        for (keyword, value) in text where !failed { failed = epu_png_text(writer, keyword, value) != 0 }
        if failed {
            let message = String(cString: epu_png_error(writer))
            epu_png_free(writer)
            throw Failure("Cannot write \(path): \(message).")
        }
        self.writer = writer
    }

    deinit { epu_png_free(writer) }

    func encode(_ row: [UInt8], path: String) throws {
        guard row.withUnsafeBufferPointer({ epu_png_row(writer, $0.baseAddress) }) == 0 else {
            throw failure(path)
        }
    }

    func finish(path: String) throws {
        guard epu_png_finish(writer) == 0 else { throw failure(path) }
    }

    func takeBytes(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var count = 0
        guard let bytes = epu_png_bytes(writer, &count), count > 0 else { return }
        try body(UnsafeRawBufferPointer(start: bytes, count: count))
        epu_png_clear(writer)
    }

    private func failure(_ path: String) -> Failure {
        Failure("Cannot write \(path): \(String(cString: epu_png_error(writer))).")
    }
}
