import EPUCore
import EPUDrawing

/// Marks and their meanings, line by line.
struct PlotLegend {
    enum Mark {
        case dot(Colour, radius: Double)
        case ring(Colour, radius: Double)
        case cross(Colour)
        case line(Colour)
        case dashes(Colour)
        /// A bar of this length, pixels, with a short line across each end.
        case bar(Double)
        case none
    }

    var entries: [(mark: Mark, text: String)] = []
    static let lineHeight = 24.0

    /// - Parameter place: the left end of the first line, at half its height, pixels.
    func draw(on canvas: Canvas, at place: Vector2, width: Double) {
        for (number, entry) in entries.enumerated() {
            let start = place + Vector2(0, Double(number) * Self.lineHeight)
            let middle = start + Vector2(9, 0)
            var indent = 26.0
            switch entry.mark {
            case .dot(let colour, let radius): canvas.dots([middle], radius: radius, colour)
            case .ring(let colour, let radius):
                canvas.strokeCircle(center: middle, radius: radius, colour, lineWidth: 1.5)
            case .cross(let colour): canvas.crosses([middle], radius: 7, colour, lineWidth: 1.6)
            case .line(let colour): canvas.lines([[start, start + Vector2(18, 0)]], colour)
            case .dashes(let colour):
                canvas.line([start, start + Vector2(18, 0)], colour, lineWidth: 1.2, dashes: [6, 4])
            case .bar(let length):
                let end = start + Vector2(length, 0)
                let stop = Vector2(0, 4)
                canvas.lines(
                    [[start, end], [start - stop, start + stop], [end - stop, end + stop]], .black, lineWidth: 1.5)
                indent = max(indent, length + 10)
            case .none: break
            }
            let style = TextStyle(size: 14, colour: .grey(0.1))
            let fitted = canvas.shrink(entry.text, style, width: width - indent, atLeast: 12)
            canvas.text(fitted.text, at: start + Vector2(indent, 0), fitted.style)
        }
    }
}
