import CCairo
import EPUCore

/// A PNG decoded by Cairo, which is not the code that wrote it.
public struct DecodedPNG: Sendable {
    public let width: Int
    public let height: Int
    /// The pixels as 0xRRGGBB, row by row from the top left.
    public let pixels: [UInt32]

    public init(_ path: String) throws {
        guard let surface = cairo_image_surface_create_from_png(path) else { throw Failure("\(path): no surface") }
        defer { cairo_surface_destroy(surface) }
        let status = cairo_surface_status(surface)
        guard status == CAIRO_STATUS_SUCCESS, let data = cairo_image_surface_get_data(surface) else {
            throw Failure("\(path): \(String(cString: cairo_status_to_string(status)))")
        }
        width = Int(cairo_image_surface_get_width(surface))
        height = Int(cairo_image_surface_get_height(surface))
        let stride = Int(cairo_image_surface_get_stride(surface))
        var pixels: [UInt32] = []
        for y in 0..<height {
            for x in 0..<width {
                let value = UnsafeRawPointer(data + y * stride + 4 * x).loadUnaligned(as: UInt32.self)
                pixels.append(value & 0xff_ffff)
            }
        }
        self.pixels = pixels
    }

    public func pixel(_ x: Int, _ y: Int) -> UInt32 { pixels[y * width + x] }
}
