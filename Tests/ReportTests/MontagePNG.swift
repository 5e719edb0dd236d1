import CCairo
import Testing

@testable import epu_report

/// A page of a montage as Cairo decodes it, which is not the code that wrote it.
struct MontagePNG {
    let width: Int
    let height: Int
    let layout = MontageLayout(picture: (512, 364))
    /// 0xRRGGBB.
    private let pixels: [UInt32]

    init(_ path: String) throws {
        let surface = try #require(cairo_image_surface_create_from_png(path))
        defer { cairo_surface_destroy(surface) }
        try #require(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS)
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

    func center(row: Int, column: Int) -> Int {
        level(row, column, Int(layout.box.width) / 2, Int(layout.box.height) / 2)
    }

    /// Of a picture that is not there.
    func isGreyTile(row: Int, column: Int) -> Bool { abs(level(row, column, 2, 2) - 92) <= 1 }

    func hasMark(row: Int, column: Int) -> Bool {
        let plate = (0..<200).map { level(row, column, 20 + $0, Int(1.5 * layout.textSize)) }
        return plate.contains { $0 > 230 } && plate.contains { $0 < 90 }
    }

    /// - Parameters:
    ///   - headings: of incidents, above the row.
    ///   - x: from the tile's left edge, as y from its upper one.
    func pixel(row: Int, column: Int, headings: Int = 0, x: Int, y: Int) -> UInt32 {
        let top = Int(layout.headerHeight) + row * Int(layout.rowHeight) + headings * Int(layout.headingHeight)
        return pixels[(top + y) * width + Int(layout.x(column: column)) + x]
    }

    private func level(_ row: Int, _ column: Int, _ x: Int, _ y: Int) -> Int {
        Int(pixel(row: row, column: column, x: x, y: y) & 0xff)
    }
}
