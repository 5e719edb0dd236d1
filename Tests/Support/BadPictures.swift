import CTurboJPEG
public import EPUDrawing
import Foundation

/// The kinds of files that may lie where a JPG is expected, with what is to be said of each.
public enum BadPicture: String, CaseIterable, Sendable {
    case missing, empty, text, cut, cmyk, gigantic, folder, pipe

    /// The problem as `JPEGDecoder` words it.
    public var problem: PictureProblem {
        switch self {
        case .missing: PictureProblem("the file is missing")
        case .empty: PictureProblem("the file is empty")
        case .text: PictureProblem("the file is not a JPEG")
        case .cut: PictureProblem("the JPEG is cut short")
        case .cmyk: PictureProblem("the JPEG is in CMYK colours")
        case .gigantic: PictureProblem("the JPEG is too large (30000 x 30000 pixels)")
        case .folder, .pipe: PictureProblem("not a file")
        }
    }

    /// Puts the file at a path. The pipe has no writer: who waits for one waits for ever.
    public func make(at path: String) throws {
        switch self {
        case .missing: try? FileManager.default.removeItem(atPath: path)
        case .empty: try write([], path)
        case .text: try write(Array("<html>not found</html>".utf8), path)
        case .cut:
            let whole = try Self.noise()
            try write(Array(whole.prefix(whole.count / 2)), path)
        case .cmyk: try write(Self.cmykJPEG(), path)
        case .gigantic:
            var bytes = try Self.noise()
            guard let frame = bytes.indices.first(where: { bytes[$0...].starts(with: [0xff, 0xc0]) }) else {
                throw CocoaError(.fileReadCorruptFile)
            }
            // Height and width follow the marker, its length and the precision (ITU T.81, B.2.2).
            bytes.replaceSubrange(frame + 5..<frame + 9, with: [0x75, 0x30, 0x75, 0x30])
            try write(bytes, path)
        case .folder: try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        case .pipe: guard mkfifo(path, 0o600) == 0 else { throw CocoaError(.fileWriteUnknown) }
        }
    }

    private func write(_ bytes: [UInt8], _ path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private static func noise() throws -> [UInt8] {
        let pixels = (0..<128 * 91).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }
        return try JPEGEncoder.grey(pixels, width: 128, height: 91, quality: 90)
    }

    private static func cmykJPEG() throws -> [UInt8] {
        guard let handle = tjInitCompress() else { throw CocoaError(.featureUnsupported) }
        defer { tjDestroy(handle) }
        var buffer: UnsafeMutablePointer<UInt8>?
        var size: UInt = 0
        let pixels = [UInt8](repeating: 90, count: 4 * 128 * 91)
        let status = tjCompress2(
            handle, pixels, 128, 0, 91, Int32(TJPF_CMYK.rawValue), &buffer, &size, Int32(TJSAMP_444.rawValue), 90, 0)
        defer { tjFree(buffer) }
        guard status == 0 else { throw CocoaError(.featureUnsupported) }
        return Array(UnsafeBufferPointer(start: buffer, count: Int(size)))
    }
}
