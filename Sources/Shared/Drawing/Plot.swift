import EPUCore
import Foundation

/// A figure that looks the same as PNG and as SVG.
///
/// 800 pixels of it printed as wide as the text of an A4 page, 17 cm, make letters of 14 pixels 8.5 points high.
public protocol Plot {
    /// The size of the SVG, pixels; the PNG has two pixels for each, both ways.
    var size: (width: Int, height: Int) { get }
    var title: String { get }
    func draw(on canvas: Canvas)
}

public enum PlotFormat: String, CaseIterable, Sendable {
    case svg, png
}

extension Plot {
    /// Writes PNG or SVG, as the suffix of `path` says.
    /// - Throws: `Failure` for another suffix, or where the file cannot be written; an older one then stays.
    public func write(to path: String) throws {
        switch PlotFormat(rawValue: (path as NSString).pathExtension.lowercased()) {
        case .png:
            let canvas = try Canvas.image(width: 2 * size.width, height: 2 * size.height)
            canvas.scale(by: 2)
            drawOnPaper(canvas)
            try canvas.writePNG(path, text: [("Title", title), ("Software", "epu-archive \(toolVersion)")])
        case .svg:
            let canvas = try Canvas.svg(width: Double(size.width), height: Double(size.height))
            drawOnPaper(canvas)
            try canvas.writeSVG(path)
        case nil:
            throw Failure("The plot \(path) must end in .png or .svg: its suffix chooses the format.")
        }
    }

    private func drawOnPaper(_ canvas: Canvas) {
        canvas.fill(Rectangle(0, 0, Double(size.width), Double(size.height)), .white)
        draw(on: canvas)
    }

    /// Draws the title, and a line of figures below it, above a frame that starts 62 pixels from the top.
    public func drawTitle(on canvas: Canvas, _ figures: String, above frame: Rectangle) {
        let heading = TextStyle(size: 17, bold: true)
        let line = TextStyle(size: 14, colour: .grey(0.3))
        canvas.text(canvas.fit(title, heading, width: frame.width), at: Vector2(frame.x, 22), heading)
        let fitted = canvas.shrink(figures, line, width: frame.width, atLeast: 11)
        canvas.text(fitted.text, at: Vector2(frame.x, 46), fitted.style)
    }
}
