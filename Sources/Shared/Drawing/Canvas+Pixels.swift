import CCairo
import EPUCore
import Foundation

extension Canvas {
    /// Draws a picture so that it fills `frame`; one whose size is that of the frame keeps its pixels.
    public func draw(_ image: GreyImage, in frame: Rectangle) throws {
        let source = try Self.pixels(of: image)
        defer { cairo_surface_destroy(source) }
        cairo_save(context)
        defer { cairo_restore(context) }
        cairo_translate(context, frame.x, frame.y)
        cairo_scale(context, frame.width / Double(image.width), frame.height / Double(image.height))
        cairo_set_source_surface(context, source, 0, 0)
        cairo_pattern_set_filter(cairo_get_source(context), CAIRO_FILTER_GOOD)
        cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_PAD)
        cairo_rectangle(context, 0, 0, Double(image.width), Double(image.height))
        cairo_fill(context)
        try check()
    }

    /// A surface with the image's pixels, which the caller destroys.
    private static func pixels(of image: GreyImage) throws -> OpaquePointer {
        guard let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(image.width), Int32(image.height)),
            let data = cairo_image_surface_get_data(surface)
        else { throw Failure("A picture of \(image.width) x \(image.height) pixels cannot be drawn.") }
        let stride = Int(cairo_image_surface_get_stride(surface))
        cairo_surface_flush(surface)
        image.pixels.withUnsafeBufferPointer { source in
            for y in 0..<image.height {
                let row = UnsafeMutableRawPointer(data + y * stride).assumingMemoryBound(to: UInt32.self)
                for x in 0..<image.width { row[x] = 0x0001_0101 * UInt32(source[y * image.width + x]) }
            }
        }
        cairo_surface_mark_dirty(surface)
        return surface
    }

    /// Gives the rows of pixels to a PNG of this width, as often as wished: a tall image is drawn strip by strip.
    public func writeRows(to png: inout PNGWriter) throws {
        try check()
        cairo_surface_flush(surface)
        guard let data = cairo_image_surface_get_data(surface) else { throw Failure("Only an image has pixels.") }
        let stride = Int(cairo_image_surface_get_stride(surface))
        let width = Int(cairo_image_surface_get_width(surface))
        let format = png.format
        for y in 0..<Int(cairo_image_surface_get_height(surface)) {
            let pixels = UnsafeRawPointer(data + y * stride).assumingMemoryBound(to: UInt32.self)
            let row = [UInt8](unsafeUninitializedCapacity: width * format.bytesPerPixel) { row, count in
                count = width * format.bytesPerPixel
                switch format {
                case .tinted(let palette):
                    palette.indices(of: UnsafeBufferPointer(start: pixels, count: width), into: row)
                case .rgb:
                    for x in 0..<width {
                        row[3 * x] = UInt8(truncatingIfNeeded: pixels[x] >> 16)
                        row[3 * x + 1] = UInt8(truncatingIfNeeded: pixels[x] >> 8)
                        row[3 * x + 2] = UInt8(truncatingIfNeeded: pixels[x])
                    }
                }
            }
            try png.writeRow(row)
        }
    }

    /// - Throws: `Failure` where drawing went wrong or the file cannot be written; an older file then stays.
    public func writePNG(_ path: String, text: [(keyword: String, value: String)] = []) throws {
        var png = try PNGWriter(path, width: Int(width), height: Int(height), format: .rgb, text: text)
        try writeRows(to: &png)
        try png.finish()
    }

    /// Ends the drawing: nothing can be added after it.
    /// - Throws: `Failure` where drawing went wrong or the file cannot be written; an older file then stays.
    public func writeSVG(_ path: String) throws {
        guard let stream else { throw Failure("Only an SVG canvas is written as SVG.") }
        cairo_surface_finish(surface)
        let status = cairo_surface_status(surface)
        guard status == CAIRO_STATUS_SUCCESS else {
            throw Failure("Drawing \(path) failed: \(String(cString: cairo_status_to_string(status))).")
        }
        var file = try OutputFile(path)
        try Self.withoutSurfaceNumber(stream.bytes).withUnsafeBytes { try file.write($0) }
        try file.commit()
    }

    /// Cairo 1.16 names the drawing after how many surfaces the process has made, which would change the bytes.
    private static func withoutSurfaceNumber(_ bytes: [UInt8]) -> [UInt8] {
        let start = Array(#"<g id="surface"#.utf8)
        guard let found = bytes.firstRange(of: start) else { return bytes }
        let digits = bytes[found.upperBound...].prefix { $0 != UInt8(ascii: "\"") }
        return Array(bytes[..<digits.startIndex]) + bytes[digits.endIndex...]
    }
}
