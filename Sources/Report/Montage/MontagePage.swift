import EPUShared
import Foundation

/// One PNG of a montage, written row of tiles by row of tiles: its height costs no memory.
struct MontagePage {
    struct Line {
        /// Of the pair in the whole montage, from 1.
        let number: Int
        /// Earlier, later, hole image of the earlier, hole image of the later.
        let tiles: [MontageTile]
    }

    let title: String
    let subtitle: String
    let layout: MontageLayout
    /// Stored in the file's text chunks.
    let text: [(keyword: String, value: String)]

    /// - Parameter line: makes a row's tiles when it is their turn, so that one row's pictures are held at a time.
    /// - Throws: `Failure` where the file cannot be written; an older page then stays.
    func write(to path: String, pairs: Range<Int>, line: (Int) throws -> Line) throws {
        let width = Int(layout.pageWidth.rounded(.up))
        var png = try PNGWriter(
            path, width: width, height: Int(layout.headerHeight) + pairs.count * Int(layout.rowHeight), format: .grey,
            text: text)
        let header = try Canvas.image(width: width, height: Int(layout.headerHeight))
        draw(headerOn: header)
        try header.writeRows(to: &png)

        let strip = try Canvas.image(width: width, height: Int(layout.rowHeight))
        for pair in pairs {
            let line = try line(pair)
            strip.fill(Rectangle(0, 0, strip.width, strip.height), MontageLayout.background)
            let number = TextStyle(size: 1.1 * layout.textSize, colour: .white, bold: true)
            let place = Vector2(layout.gutter - 0.8 * layout.textSize, 0.8 * layout.textSize)
            let digits = strip.shrink("\(line.number)", number, width: layout.gutter - layout.textSize, atLeast: 6)
            strip.text(digits.text, at: place, digits.style, align: .right)
            for (column, tile) in line.tiles.enumerated() {
                try tile.draw(on: strip, x: layout.x(column: column), y: 0, layout: layout)
            }
            try strip.writeRows(to: &png)
        }
        try png.finish()
    }

    private func draw(headerOn canvas: Canvas) {
        canvas.fill(Rectangle(0, 0, canvas.width, canvas.height), MontageLayout.background)
        let room = layout.pageWidth - layout.gutter - layout.margin
        let heading = canvas.shrink(
            title, TextStyle(size: 1.6 * layout.textSize, colour: .white, bold: true), width: room,
            atLeast: layout.textSize)
        canvas.text(heading.text, at: Vector2(layout.gutter, 1.5 * layout.textSize), heading.style)
        let line = canvas.shrink(
            subtitle, TextStyle(size: 1.1 * layout.textSize, colour: .grey(0.72)), width: room,
            atLeast: 0.8 * layout.textSize)
        canvas.text(line.text, at: Vector2(layout.gutter, 3.3 * layout.textSize), line.style)
        let headings = [
            "earlier exposure", "later exposure (overexposed)", "hole image of the earlier", "hole image of the later",
        ]
        for (column, text) in headings.enumerated() {
            let style = TextStyle(size: 1.1 * layout.textSize, colour: .white, bold: true)
            let fitted = canvas.shrink(text, style, width: layout.box.width, atLeast: 0.8 * layout.textSize)
            canvas.text(fitted.text, at: Vector2(layout.x(column: column), 5.4 * layout.textSize), fitted.style)
        }
    }
}
