import EPUCore
import EPUDrawing
import Foundation

/// What lies over a picture of an incident, as a montage draws it: the beams and the other's camera field, for outlines.js.
struct PageOverlay: Sendable {
    private let overlay: MontageOverlay

    init(_ overlay: MontageOverlay) { self.overlay = overlay }

    /// The numbers from which the script draws, in whole nm from the picture's middle, to the right and down: the picture's width
    /// and height, own beam, other field, other beam. A shape is a circle's centre and radius, or the corners of a polygon; it is
    /// empty if it is not known. Nil if nothing is known of the field, or if the picture has another shape.
    func numbers(width: Int, height: Int) -> String? {
        guard let view = overlay.view, abs(log(Double(width) / Double(height) * view.height / view.width)) < 0.03 else {
            return nil
        }
        let shapes = [overlay.ownBeam, overlay.otherField, overlay.otherBeam].map(Self.shape)
        return ([Self.text([view.width, view.height])] + shapes).joined(separator: ";")
    }

    private static func shape(_ places: [Vector2]?) -> String {
        guard let places, places.count > 2 else { return "" }
        let centre = (1 / Double(places.count)) * places.reduce(.zero) { $0 + $1 }
        let radii = places.map { $0.distance(to: centre) }
        // A circle is shorter than the places on its rim.
        if places.count > 4, let least = radii.min(), let greatest = radii.max(), greatest < 1.01 * least {
            return text([centre.x, centre.y, greatest])
        }
        return text(
            stride(from: 0, to: places.count, by: max(1, places.count / 36)).flatMap { [places[$0].x, places[$0].y] })
    }

    private static func text(_ micrometres: [Double]) -> String {
        micrometres.map { String(Int(exactly: (1000 * $0).rounded()) ?? 0) }.joined(separator: " ")
    }
}
