import CCairo
public import EPUCore
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
    // Used by Canvas+Text.swift and Canvas+Pixels.swift; they leave the canvas nowhere.
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

// MARK: - Shapes

public struct Rectangle: Hashable, Sendable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(_ x: Double, _ y: Double, _ width: Double, _ height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    public var maxX: Double { x + width }
    public var maxY: Double { y + height }
    public var center: Vector2 { Vector2(x + width / 2, y + height / 2) }

    public func inset(by margin: Double) -> Rectangle {
        Rectangle(x + margin, y + margin, max(0, width - 2 * margin), max(0, height - 2 * margin))
    }
}

extension Canvas {
    public func fill(_ rectangle: Rectangle, _ colour: Colour, cornerRadius: Double = 0) {
        path(rectangle, cornerRadius: cornerRadius)
        set(colour)
        cairo_fill(context)
    }

    public func stroke(_ rectangle: Rectangle, _ colour: Colour, lineWidth: Double = 1, cornerRadius: Double = 0) {
        path(rectangle, cornerRadius: cornerRadius)
        stroke(colour, lineWidth)
    }

    public func line(_ points: [Vector2], _ colour: Colour, lineWidth: Double = 1, dashes: [Double] = []) {
        path(points)
        cairo_set_dash(context, dashes, Int32(dashes.count), 0)
        stroke(colour, lineWidth)
        cairo_set_dash(context, nil, 0, 0)
    }

    /// Draws many open lines of one colour and width. Lines with a coordinate that is no number are left out.
    public func lines(_ lines: [[Vector2]], _ colour: Colour, lineWidth: Double = 1) {
        var inPath = 0
        cairo_new_path(context)
        for line in lines where line.allSatisfy(\.isFinite) {
            for (index, point) in line.enumerated() {
                if index == 0 {
                    cairo_move_to(context, point.x, point.y)
                } else {
                    cairo_line_to(context, point.x, point.y)
                }
            }
            inPath += 1
            // Paths are kept short for the same reason as in `dots`.
            if inPath == 256 {
                stroke(colour, lineWidth)
                inPath = 0
            }
        }
        if inPath > 0 { stroke(colour, lineWidth) }
    }

    /// Draws upright crosses of one size and colour.
    public func crosses(_ centers: [Vector2], radius: Double, _ colour: Colour, lineWidth: Double = 1) {
        lines(
            centers.flatMap { center in
                [Vector2(radius, 0), Vector2(0, radius)].map { [center - $0, center + $0] }
            }, colour, lineWidth: lineWidth)
    }

    public func fill(polygon points: [Vector2], _ colour: Colour) {
        path(points)
        set(colour)
        cairo_fill(context)
    }

    public func fillCircle(center: Vector2, radius: Double, _ colour: Colour) {
        circle(center, radius)
        set(colour)
        cairo_fill(context)
    }

    public func strokeCircle(center: Vector2, radius: Double, _ colour: Colour, lineWidth: Double = 1) {
        circle(center, radius)
        stroke(colour, lineWidth)
    }

    /// Draws filled circles of one size and colour. Those less than an eighth of a pixel apart are drawn once, which no
    /// eye sees, and which keeps the SVG of 100,000 exposures small: eighths are few digits, too, in Cairo's binary
    /// fractions.
    public func dots(_ centers: [Vector2], radius: Double, _ colour: Colour) {
        var drawn = Set<Vector2>()
        var inPath = 0
        cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
        for center in centers where center.isFinite {
            let place = Vector2((center.x * 8).rounded() / 8, (center.y * 8).rounded() / 8)
            guard drawn.insert(place).inserted else { continue }
            // A line without length and with round ends is a circle (SVG 1.1, 11.4, stroke-linecap).
            cairo_move_to(context, place.x, place.y)
            cairo_line_to(context, place.x, place.y)
            inPath += 1
            // Cairo's time to paint a path grows faster than its parts.
            if inPath == 256 {
                stroke(colour, 2 * radius)
                inPath = 0
            }
        }
        if inPath > 0 { stroke(colour, 2 * radius) }
        cairo_set_line_cap(context, CAIRO_LINE_CAP_BUTT)
    }

    /// Makes all later lengths `factor` times as many pixels: a drawing in points becomes one fit for print.
    public func scale(by factor: Double) { cairo_scale(context, factor, factor) }

    /// Runs `body` with everything outside `rectangle` left as it is.
    public func clipped<Failing: Error>(to rectangle: Rectangle, _ body: () throws(Failing) -> Void) throws(Failing) {
        cairo_save(context)
        defer { cairo_restore(context) }
        cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
        cairo_clip(context)
        try body()
    }

    private func path(_ rectangle: Rectangle, cornerRadius: Double) {
        let radius = min(cornerRadius, rectangle.width / 2, rectangle.height / 2)
        cairo_new_path(context)
        guard radius > 0 else {
            return cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
        }
        let left = rectangle.x + radius
        let right = rectangle.maxX - radius
        let top = rectangle.y + radius
        let bottom = rectangle.maxY - radius
        cairo_arc(context, right, top, radius, -.pi / 2, 0)
        cairo_arc(context, right, bottom, radius, 0, .pi / 2)
        cairo_arc(context, left, bottom, radius, .pi / 2, .pi)
        cairo_arc(context, left, top, radius, .pi, 3 * .pi / 2)
        cairo_close_path(context)
    }

    private func path(_ points: [Vector2]) {
        cairo_new_path(context)
        for point in points { cairo_line_to(context, point.x, point.y) }
    }

    private func circle(_ center: Vector2, _ radius: Double) {
        cairo_new_path(context)
        cairo_arc(context, center.x, center.y, radius, 0, 2 * .pi)
    }

    func stroke(_ colour: Colour, _ lineWidth: Double) {
        set(colour)
        cairo_set_line_width(context, lineWidth)
        cairo_stroke(context)
    }

    func set(_ colour: Colour) {
        cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, colour.alpha)
    }
}
