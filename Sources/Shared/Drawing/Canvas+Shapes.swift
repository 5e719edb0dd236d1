import CCairo
public import EPUCore

extension Canvas {
    public func fill(_ rectangle: Rectangle, _ colour: Colour, cornerRadius: Double = 0) {
        path(rectangle, cornerRadius: cornerRadius)
        set(colour)
        cairo_fill(context)
    }

    public func stroke(_ rectangle: Rectangle, _ colour: Colour, lineWidth: Double = 1, cornerRadius: Double = 0) {
        path(rectangle, cornerRadius: cornerRadius)
        stroke(colour, lineWidth)
    }

    public func line(_ points: [Vector2], _ colour: Colour, lineWidth: Double = 1, dashes: [Double] = []) {
        path(points)
        cairo_set_dash(context, dashes, Int32(dashes.count), 0)
        stroke(colour, lineWidth)
        cairo_set_dash(context, nil, 0, 0)
    }

    /// Draws many open lines of one colour and width. Lines with a coordinate that is no number are left out.
    public func lines(_ lines: [[Vector2]], _ colour: Colour, lineWidth: Double = 1) {
        var inPath = 0
        cairo_new_path(context)
        for line in lines where line.allSatisfy(\.isFinite) {
            for (index, point) in line.enumerated() {
                if index == 0 {
                    cairo_move_to(context, point.x, point.y)
                } else {
                    cairo_line_to(context, point.x, point.y)
                }
            }
            inPath += 1
            // As for `dots`.
            if inPath == 256 {
                stroke(colour, lineWidth)
                inPath = 0
            }
        }
        if inPath > 0 { stroke(colour, lineWidth) }
    }

    /// Draws upright crosses of one size and colour.
    public func crosses(_ centers: [Vector2], radius: Double, _ colour: Colour, lineWidth: Double = 1) {
        lines(
            centers.flatMap { center in
                [Vector2(radius, 0), Vector2(0, radius)].map { [center - $0, center + $0] }
            }, colour, lineWidth: lineWidth)
    }

    public func fill(polygon points: [Vector2], _ colour: Colour) {
        path(points)
        set(colour)
        cairo_fill(context)
    }

    public func fillCircle(center: Vector2, radius: Double, _ colour: Colour) {
        circle(center, radius)
        set(colour)
        cairo_fill(context)
    }

    public func strokeCircle(center: Vector2, radius: Double, _ colour: Colour, lineWidth: Double = 1) {
        circle(center, radius)
        stroke(colour, lineWidth)
    }

    /// Draws filled circles of one size and colour. Those less than an eighth of a pixel apart are drawn once, which no
    /// eye sees, and which keeps the SVG of 100,000 exposures small: eighths are few digits, too, in Cairo's binary
    /// fractions.
    public func dots(_ centers: [Vector2], radius: Double, _ colour: Colour) {
        var drawn = Set<Vector2>()
        var inPath = 0
        cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
        for center in centers where center.isFinite {
            let place = Vector2((center.x * 8).rounded() / 8, (center.y * 8).rounded() / 8)
            guard drawn.insert(place).inserted else { continue }
            // A line without length and with round ends is a circle (SVG 1.1, 11.4, stroke-linecap).
            cairo_move_to(context, place.x, place.y)
            cairo_line_to(context, place.x, place.y)
            inPath += 1
            // Cairo's time to paint a path grows faster than its parts.
            if inPath == 256 {
                stroke(colour, 2 * radius)
                inPath = 0
            }
        }
        if inPath > 0 { stroke(colour, 2 * radius) }
        cairo_set_line_cap(context, CAIRO_LINE_CAP_BUTT)
    }

    /// Makes all later lengths `factor` times as many pixels: a drawing in points becomes one fit for print.
    public func scale(by factor: Double) { cairo_scale(context, factor, factor) }

    /// Runs `body` with everything outside `rectangle` left as it is.
    public func clipped<Failing: Error>(to rectangle: Rectangle, _ body: () throws(Failing) -> Void) throws(Failing) {
        cairo_save(context)
        defer { cairo_restore(context) }
        cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
        cairo_clip(context)
        try body()
    }

    private func path(_ rectangle: Rectangle, cornerRadius: Double) {
        let radius = min(cornerRadius, rectangle.width / 2, rectangle.height / 2)
        cairo_new_path(context)
        guard radius > 0 else {
            return cairo_rectangle(context, rectangle.x, rectangle.y, rectangle.width, rectangle.height)
        }
        let left = rectangle.x + radius
        let right = rectangle.maxX - radius
        let top = rectangle.y + radius
        let bottom = rectangle.maxY - radius
        cairo_arc(context, right, top, radius, -.pi / 2, 0)
        cairo_arc(context, right, bottom, radius, 0, .pi / 2)
        cairo_arc(context, left, bottom, radius, .pi / 2, .pi)
        cairo_arc(context, left, top, radius, .pi, 3 * .pi / 2)
        cairo_close_path(context)
    }

    private func path(_ points: [Vector2]) {
        cairo_new_path(context)
        for point in points { cairo_line_to(context, point.x, point.y) }
    }

    private func circle(_ center: Vector2, _ radius: Double) {
        cairo_new_path(context)
        cairo_arc(context, center.x, center.y, radius, 0, 2 * .pi)
    }

    func stroke(_ colour: Colour, _ lineWidth: Double) {
        set(colour)
        cairo_set_line_width(context, lineWidth)
        cairo_stroke(context)
    }

    func set(_ colour: Colour) {
        cairo_set_source_rgba(context, colour.red, colour.green, colour.blue, colour.alpha)
    }
}
