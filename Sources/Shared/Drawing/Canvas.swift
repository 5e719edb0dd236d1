import CCairo
import EPUCore
import Foundation

/// A surface to draw on, as pixels (PNG) or as shapes (SVG), through Cairo. Lengths are pixels from the top left.
///
///     let canvas = try Canvas.image(width: 200, height: 100)
///     canvas.fill(Rectangle(0, 0, 200, 100), .white)
///     canvas.text("12 um", at: Vector2(100, 50), TextStyle(size: 14), align: .center)
///     try canvas.writePNG("label.png")
///
/// The same calls give the same bytes on one machine: no time, and nothing of the screen's settings, enters.
public final class Canvas {
    public let width: Double
    public let height: Double
    /// Whether every shape is stored, so that fewer shapes make a smaller file.
    public let isVector: Bool
    // Used by the Canvas+*.swift beside this file; they leave the canvas nowhere.
    let surface: OpaquePointer
    let context: OpaquePointer
    let stream: SVGStream?

    /// Makes a canvas of pixels, which are black at first.
    /// - Throws: `Failure` where there is no memory or a side is not 1 to 32767.
    public static func image(width: Int, height: Int) throws -> Canvas {
        guard (1...32767).contains(width), (1...32767).contains(height) else {
            throw Failure("An image of \(width) x \(height) pixels cannot be drawn; at most 32767 x 32767.")
        }
        return try Canvas(
            cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)), width: Double(width),
            height: Double(height), stream: nil)
    }

    /// Makes a canvas of shapes, which are kept in memory until `writeSVG`.
    public static func svg(width: Double, height: Double) throws -> Canvas {
        let stream = SVGStream()
        let surface = cairo_svg_surface_create_for_stream(
            { closure, bytes, count in
                guard let closure, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
                Unmanaged<SVGStream>.fromOpaque(closure).takeUnretainedValue().bytes
                    .append(contentsOf: UnsafeBufferPointer(start: bytes, count: Int(count)))
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(stream).toOpaque(), width, height)
        cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX)
        return try Canvas(surface, width: width, height: height, stream: stream)
    }

    private init(_ surface: OpaquePointer?, width: Double, height: Double, stream: SVGStream?) throws {
        // Cairo returns a surface in an error state rather than none (https://www.cairographics.org/manual/).
        guard let surface else { throw Failure("Cairo makes no surface.") }
        guard let context = cairo_create(surface) else {
            cairo_surface_destroy(surface)
            throw Failure("Cairo makes no context.")
        }
        self.surface = surface
        self.context = context
        self.width = width
        self.height = height
        self.stream = stream
        isVector = stream != nil
        try check()
        // Fixed, so that neither the screen nor the user's fontconfig changes the bytes.
        let options = cairo_font_options_create()
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        cairo_set_font_options(context, options)
        cairo_font_options_destroy(options)
    }

    deinit {
        cairo_destroy(context)
        // Writes what is left to the stream, which therefore must outlive it.
        cairo_surface_destroy(surface)
        withExtendedLifetime(stream) {}
    }

    func check() throws {
        for status in [cairo_surface_status(surface), cairo_status(context)] where status != CAIRO_STATUS_SUCCESS {
            throw Failure("Drawing failed: \(String(cString: cairo_status_to_string(status))).")
        }
    }
}

/// The bytes that Cairo has written of an SVG.
final class SVGStream {
    var bytes: [UInt8] = []
}
