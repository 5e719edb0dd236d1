import EPUCore
import EPUDrawing

/// Labels none of which covers another. One that finds no room is left out, so the more important ones are drawn first.
struct PlotLabels {
    private var taken: [Rectangle] = []

    /// Draws a label at the first of some places that is free; if none is free, it is not drawn.
    /// - Parameter places: the places of the label's middle, pixels.
    mutating func draw(_ text: String, at places: [Vector2], _ style: TextStyle, on canvas: Canvas) {
        let free = places.first { place in !taken.contains(where: room(text, place, style, canvas).meets) }
        if let free { drawAlways(text, at: free, style, on: canvas) }
    }

    /// Draws a label even if it covers others; later ones do not cover it.
    mutating func drawAlways(_ text: String, at place: Vector2, _ style: TextStyle, on canvas: Canvas) {
        taken.append(room(text, place, style, canvas))
        canvas.text(text, at: place, style, align: .center)
    }

    private func room(_ text: String, _ place: Vector2, _ style: TextStyle, _ canvas: Canvas) -> Rectangle {
        let width = canvas.textWidth(text, style)
        // Two numbers side by side would read as one.
        let gap = 2.0
        return Rectangle(place.x - width / 2 - gap, place.y - style.size / 2, width + 2 * gap, style.size)
    }
}

extension Rectangle {
    fileprivate func meets(_ other: Rectangle) -> Bool {
        x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
    }
}
