import CCairo
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

/// A PNG decoded by Cairo, which is not the code that wrote it.
struct DecodedPNG {
    let width: Int
    let height: Int
    /// 0xRRGGBB.
    let pixels: [UInt32]

    init(_ path: String) throws {
        let surface = try #require(cairo_image_surface_create_from_png(path))
        defer { cairo_surface_destroy(surface) }
        let status = cairo_surface_status(surface)
        try #require(status == CAIRO_STATUS_SUCCESS, "\(path): \(String(cString: cairo_status_to_string(status)))")
        width = Int(cairo_image_surface_get_width(surface))
        height = Int(cairo_image_surface_get_height(surface))
        let stride = Int(cairo_image_surface_get_stride(surface))
        let data = try #require(cairo_image_surface_get_data(surface))
        var pixels: [UInt32] = []
        for y in 0..<height {
            for x in 0..<width {
                let value = UnsafeRawPointer(data + y * stride + 4 * x).loadUnaligned(as: UInt32.self)
                pixels.append(value & 0xff_ffff)
            }
        }
        self.pixels = pixels
    }

    func pixel(_ x: Int, _ y: Int) -> UInt32 { pixels[y * width + x] }
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
