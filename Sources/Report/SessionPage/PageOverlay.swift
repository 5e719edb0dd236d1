import EPUCore
import EPUDrawing
import Foundation

/// What lies over a picture of an incident, as SVG in nm from the picture's middle: the beams, the other's camera field, and a
/// scale bar. It is what a montage draws over its pictures.
struct PageOverlay: Sendable {
    private let overlay: MontageOverlay

    init(_ overlay: MontageOverlay) { self.overlay = overlay }

    /// The SVG for a picture of some size; empty if nothing is known of the field, or if the picture has another shape.
    /// - Parameter id: a name that no other element of the page has.
    func svg(id: String, width: Int, height: Int) -> HTML {
        guard let view = overlay.view, abs(log(Double(width) / Double(height) * view.height / view.width)) < 0.03 else {
            return ""
        }
        return """
            <svg class="overlay" viewBox="\(Self.nm(-view.width / 2)) \(Self.nm(-view.height / 2)) \(Self.nm(view.width)) \
            \(Self.nm(view.height))" aria-hidden="true"><g id="\(id)">\(outline(overlay.ownBeam, "own-beam"))\
            \(outline(overlay.otherField, "other-field"))\(outline(overlay.otherBeam, "other-beam"))</g>\(bar(view))\
            \(.when(overlay.otherBeam != nil || overlay.otherField != nil, inset(view, id)))</svg>
            """
    }

    /// The same from farther away, as beams are often wider than the picture, which is the white rectangle.
    private func inset(_ view: ExposureView, _ id: String) -> HTML {
        let all = view.corners + (overlay.ownBeam ?? []) + (overlay.otherBeam ?? []) + (overlay.otherField ?? [])
        let (left, right) = (all.map(\.x).min() ?? 0, all.map(\.x).max() ?? 0)
        let (top, bottom) = (all.map(\.y).min() ?? 0, all.map(\.y).max() ?? 0)
        let (middle, extent) = (Vector2((left + right) / 2, (top + bottom) / 2), 1.1 * max(right - left, bottom - top))
        let side = 0.34 * min(view.width, view.height)
        let margin = view.width / 40
        return """
            <svg class="inset" x="\(Self.nm(margin - view.width / 2))" y="\(Self.nm(view.height / 2 - margin - side))" \
            width="\(Self.nm(side))" height="\(Self.nm(side))" viewBox="\(Self.nm(middle.x - extent / 2)) \
            \(Self.nm(middle.y - extent / 2)) \(Self.nm(extent)) \(Self.nm(extent))"><rect class="plate" \
            x="\(Self.nm(middle.x - extent / 2))" y="\(Self.nm(middle.y - extent / 2))" width="100%" height="100%"/><rect \
            class="picture-rim" x="\(Self.nm(-view.width / 2))" y="\(Self.nm(-view.height / 2))" width="\(Self.nm(view.width))" \
            height="\(Self.nm(view.height))"/><use href="#\(id)"/></svg>
            """
    }

    private static func nm(_ micrometres: Double) -> Int { Int(exactly: (1000 * micrometres).rounded()) ?? 0 }

    private func outline(_ places: [Vector2]?, _ kind: String) -> HTML {
        guard let places, places.count > 2 else { return "" }
        let centre = (1 / Double(places.count)) * places.reduce(.zero) { $0 + $1 }
        let radii = places.map { $0.distance(to: centre) }
        // A circle is shorter than the places on its rim.
        if places.count > 4, let least = radii.min(), let greatest = radii.max(), greatest < 1.01 * least {
            return """
                <circle class="\(kind)" cx="\(Self.nm(centre.x))" cy="\(Self.nm(centre.y))" r="\(Self.nm(greatest))"/>
                """
        }
        let step = max(1, places.count / 36)
        let corners = stride(from: 0, to: places.count, by: step).map {
            "\(Self.nm(places[$0].x)),\(Self.nm(places[$0].y))"
        }
        return "<polygon class=\"\(kind)\" points=\"\(corners.joined(separator: " "))\"/>"
    }

    /// A bar of a round length, at most a quarter of the picture, in its lower right corner.
    private func bar(_ view: ExposureView) -> HTML {
        let decade = pow(10, floor(log10(view.width / 4)))
        let length = ([5, 2].first { $0 * decade <= view.width / 4 } ?? 1) * decade
        let (margin, size) = (view.width / 40, view.width / 18)
        let (right, bottom) = (view.width / 2 - margin, view.height / 2 - margin)
        return """
            <path class="bar" d="M\(Self.nm(right - length)) \(Self.nm(bottom))H\(Self.nm(right))"/><text \
            x="\(Self.nm(right))" y="\(Self.nm(bottom - size / 2))" font-size="\(Self.nm(size))" \
            text-anchor="end">\(length.text()) µm</text>
            """
    }
}
