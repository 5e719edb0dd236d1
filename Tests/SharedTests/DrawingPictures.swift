import CTurboJPEG
import Foundation
import Testing

/// A folder that goes when the test ends.
final class DrawingFolder {
    let path = NSTemporaryDirectory() + "drawing-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

/// A JPEG as the library itself makes it.
func jpeg(
    width: Int, height: Int, format: TJPF = TJPF_GRAY, subsampling: TJSAMP = TJSAMP_GRAY, flags: Int32 = 0,
    pixels: [UInt8]
) throws -> [UInt8] {
    let handle = try #require(tjInitCompress())
    defer { tjDestroy(handle) }
    var buffer: UnsafeMutablePointer<UInt8>?
    var size: UInt = 0
    let status = tjCompress2(
        handle, pixels, Int32(width), 0, Int32(height), Int32(format.rawValue), &buffer, &size,
        Int32(subsampling.rawValue), 95, flags)
    defer { tjFree(buffer) }
    try #require(status == 0, "\(String(cString: tjGetErrorStr2(handle)))")
    return Array(UnsafeBufferPointer(start: buffer, count: Int(size)))
}

/// A grey ramp from left to right.
func ramp(width: Int, height: Int) -> [UInt8] {
    (0..<height).flatMap { _ in (0..<width).map { UInt8($0 * 255 / max(1, width - 1)) } }
}
