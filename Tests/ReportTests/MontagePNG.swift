import TestSupport

@testable import epu_report

/// A page of a montage, decoded.
struct MontagePNG {
    let layout = MontageLayout(picture: (512, 364))
    private let png: DecodedPNG

    init(_ path: String) throws { png = try DecodedPNG(path) }

    var width: Int { png.width }
    var height: Int { png.height }

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
        return png.pixel(Int(layout.x(column: column)) + x, top + y)
    }

    private func level(_ row: Int, _ column: Int, _ x: Int, _ y: Int) -> Int {
        Int(pixel(row: row, column: column, x: x, y: y) & 0xff)
    }
}
