import EPUCore
import EPUDrawing
import Foundation

/// A picture, or the reason why there is none, with its caption.
struct MontageTile {
    let picture: Result<GreyImage, PictureProblem>
    /// The base name of the file.
    let name: String
    let time: String
    /// What a reader should know about the picture.
    var note: String
    /// Whether the note is drawn brighter, because it is the reason why the row is there.
    var noteStandsOut = false
    /// A text over a picture that is not what the reader expects; nil if it is as expected.
    var mark: String?
    /// What is drawn on the picture itself.
    var overlay: MontageOverlay?

    /// - Parameters:
    ///   - x: the left edge of the tile, pixels.
    ///   - y: its upper edge, pixels.
    func draw(on canvas: Canvas, x: Double, y: Double, layout: MontageLayout) throws {
        let box = Rectangle(x, y, layout.box.width, layout.box.height)
        switch picture {
        case .success(let image):
            canvas.fill(box, .grey(0.05))
            let frame = Self.frame(of: image, in: box)
            try canvas.draw(image, in: frame)
            overlay?.draw(on: canvas, in: frame, textSize: layout.textSize)
        case .failure(let problem): draw(problem, on: canvas, in: box, layout: layout)
        }
        if let mark { draw(mark: mark, on: canvas, in: box, layout: layout) }

        let lines = [
            (name, TextStyle(size: layout.textSize, colour: .white)),
            (time, TextStyle(size: layout.textSize, colour: .grey(0.72))),
            (note, TextStyle(size: layout.textSize, colour: .grey(noteStandsOut ? 1 : 0.72), bold: noteStandsOut)),
        ]
        for (number, (text, style)) in lines.enumerated() {
            let line = canvas.shrink(text, style, width: box.width, atLeast: 0.72 * layout.textSize)
            canvas.text(
                line.text, at: Vector2(x, box.maxY + (0.95 + 1.32 * Double(number)) * layout.textSize), line.style)
        }
    }

    /// The rectangle of the whole picture in the middle of the box. It begins on whole pixels, so that a picture of the box's
    /// size stays sharp.
    private static func frame(of image: GreyImage, in box: Rectangle) -> Rectangle {
        let scale = min(box.width / Double(image.width), box.height / Double(image.height))
        let width = max(1, (scale * Double(image.width)).rounded())
        let height = max(1, (scale * Double(image.height)).rounded())
        return Rectangle(
            (box.x + (box.width - width) / 2).rounded(), (box.y + (box.height - height) / 2).rounded(), width, height)
    }

    private func draw(_ problem: PictureProblem, on canvas: Canvas, in box: Rectangle, layout: MontageLayout) {
        canvas.fill(box, .grey(0.36))
        let heading = TextStyle(size: 1.2 * layout.textSize, colour: .white, bold: true)
        let style = TextStyle(size: 1.1 * layout.textSize, colour: .grey(0.9))
        let reason = canvas.wrap(problem.description, style, width: 0.86 * box.width)
        let top = box.center.y - 0.75 * layout.textSize * Double(reason.count)
        canvas.text("no picture", at: Vector2(box.center.x, top), heading, align: .center)
        for (number, line) in reason.enumerated() {
            let y = top + (1.7 + 1.5 * Double(number)) * layout.textSize
            canvas.text(line, at: Vector2(box.center.x, y), style, align: .center)
        }
    }

    private func draw(mark: String, on canvas: Canvas, in box: Rectangle, layout: MontageLayout) {
        let size = layout.textSize
        let style = TextStyle(size: size, bold: true)
        let line = canvas.shrink(mark, style, width: box.width - 3 * size, atLeast: 0.6 * size)
        let width = canvas.textWidth(line.text, line.style) + 1.2 * size
        let plate = Rectangle(box.x + 0.7 * size, box.y + 0.7 * size, width, 1.7 * size)
        canvas.fill(plate, .white.opacity(0.92), cornerRadius: 0.35 * size)
        canvas.text(line.text, at: Vector2(plate.x + 0.6 * size, plate.center.y), line.style)
    }
}
