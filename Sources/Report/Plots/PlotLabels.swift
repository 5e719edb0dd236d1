import EPUShared

/// Labels of which none covers another: one that finds no room is left out, so the more important ones are drawn first.
struct PlotLabels {
    private var taken: [Rectangle] = []

    /// - Parameters:
    ///   - place: the label's middle.
    ///   - isNeeded: drawn in any case; later ones keep off it.
    mutating func draw(
        _ text: String, at place: Vector2, _ style: TextStyle, isNeeded: Bool = false, on canvas: Canvas
    ) {
        let width = canvas.textWidth(text, style)
        let room = Rectangle(place.x - width / 2, place.y - style.size / 2, width, style.size)
        guard isNeeded || !taken.contains(where: room.meets) else { return }
        taken.append(room)
        canvas.text(text, at: place, style, align: .center)
    }
}

extension Rectangle {
    fileprivate func meets(_ other: Rectangle) -> Bool {
        x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
    }
}
