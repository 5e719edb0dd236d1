import EPUCore
import EPUDrawing
import Foundation

/// One PNG of a montage, which is written one row of tiles after the other: its height costs no memory.
struct MontagePage {
    enum Row {
        /// The line above the pairs of an incident.
        case heading(String)
        /// A pair, by its index in the whole montage.
        case pair(Int)
    }

    let title: String
    let subtitle: String
    let layout: MontageLayout
    /// The texts that are stored in the file's text chunks.
    let text: [(keyword: String, value: String)]

    /// - Parameter tiles: makes a pair's tiles when their row is drawn, so that few rows' pictures are in memory at a time.
    /// - Throws: `Failure` if the file cannot be written; an older page then stays.
    func write(to path: String, rows: [Row], tiles: (Int) throws -> [MontageTile]) throws {
        let width = Int(layout.pageWidth.rounded(.up))
        let headings = rows.count { if case .heading = $0 { true } else { false } }
        var png = try PNGWriter(
            path, width: width, height: Int(layout.pageHeight(pairs: rows.count - headings, headings: headings)),
            format: .tinted(MontageOverlay.palette), text: text)
        let header = try Canvas.image(width: width, height: Int(layout.headerHeight))
        draw(headerOn: header)
        try header.writeRows(to: &png)

        let heading = try Canvas.image(width: width, height: Int(layout.headingHeight))
        let strip = try Canvas.image(width: width, height: Int(layout.rowHeight))
        for row in rows {
            switch row {
            case .heading(let text):
                draw(heading: text, on: heading)
                try heading.writeRows(to: &png)
            case .pair(let pair):
                try draw(pair: pair, try tiles(pair), on: strip)
                try strip.writeRows(to: &png)
            }
        }
        try png.finish()
    }

    private func draw(pair: Int, _ tiles: [MontageTile], on strip: Canvas) throws {
        strip.fill(Rectangle(0, 0, strip.width, strip.height), MontageLayout.background)
        let number = TextStyle(size: 1.1 * layout.textSize, colour: .white, bold: true)
        let place = Vector2(layout.gutter - 0.8 * layout.textSize, 0.8 * layout.textSize)
        let digits = strip.shrink("\(pair + 1)", number, width: layout.gutter - layout.textSize, atLeast: 6)
        strip.text(digits.text, at: place, digits.style, align: .right)
        for (column, tile) in tiles.enumerated() {
            try tile.draw(on: strip, x: layout.x(column: column), y: 0, layout: layout)
        }
    }

    private func draw(heading: String, on canvas: Canvas) {
        canvas.fill(Rectangle(0, 0, canvas.width, canvas.height), MontageLayout.background)
        let bar = Rectangle(layout.gutter, 0, room, canvas.height - 0.7 * layout.textSize)
        canvas.fill(bar, .grey(0.24))
        let style = TextStyle(size: 1.2 * layout.textSize, colour: .white, bold: true)
        let line = canvas.shrink(heading, style, width: room - 1.4 * layout.textSize, atLeast: 0.8 * layout.textSize)
        canvas.text(line.text, at: Vector2(bar.x + 0.7 * layout.textSize, bar.center.y), line.style)
    }

    private var room: Double { layout.pageWidth - layout.gutter - layout.margin }

    private func draw(headerOn canvas: Canvas) {
        canvas.fill(Rectangle(0, 0, canvas.width, canvas.height), MontageLayout.background)
        let size = layout.textSize
        func write(_ text: String, _ style: TextStyle, x: Double, y: Double, width: Double, atLeast least: Double) {
            let line = canvas.shrink(text, style, width: width, atLeast: least)
            canvas.text(line.text, at: Vector2(x, y), line.style)
        }
        write(
            title, TextStyle(size: 1.6 * size, colour: .white, bold: true), x: layout.gutter, y: 1.5 * size,
            width: room, atLeast: size)
        let quiet = TextStyle(size: 1.1 * size, colour: .grey(0.72))
        write(subtitle, quiet, x: layout.gutter, y: 3.3 * size, width: room, atLeast: 0.8 * size)
        // The legends stand side by side over the columns. Each has: from, to, colour, dashed, text.
        let legends: [(Double, Double, Colour, Bool, String)] = [
            (0, 1.3, MontageOverlay.other, false, "the other exposure: its beam (circle) and camera field (rectangle)"),
            (1.3, 2, MontageOverlay.own, true, "the exposure's own beam"),
            (2, 4, .white, false, "the picture, in the corner where all is seen from farther away"),
        ]
        let step = layout.x(column: 1) - layout.x(column: 0)
        for (start, end, colour, isDashed, text) in legends {
            let x = layout.gutter + start * step
            let line = [Vector2(x, 5 * size), Vector2(x + 2 * size, 5 * size)]
            canvas.line(line, colour, lineWidth: 0.2 * size, dashes: isDashed ? [0.5 * size, 0.25 * size] : [])
            let width = (end - start) * step - 4 * size
            write(text, quiet, x: x + 2.6 * size, y: 5 * size, width: width, atLeast: 0.7 * size)
        }
        let headings = [
            "earlier exposure", "later exposure (overexposed)", "hole image of the earlier", "hole image of the later",
        ]
        for (column, text) in headings.enumerated() {
            write(
                text, TextStyle(size: 1.1 * size, colour: .white, bold: true), x: layout.x(column: column),
                y: 7.1 * size, width: layout.box.width, atLeast: 0.8 * size)
        }
    }
}
