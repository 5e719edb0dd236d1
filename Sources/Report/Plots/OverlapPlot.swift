import EPUCore
import EPUDrawing

/// The beams of one grid square in the places of an analysis, at true scale: the overexposed ones coloured by incident, each with
/// a line to its nearest earlier exposure.
struct OverlapPlot: Plot {
    let title: String
    private let map: OverlapMap
    private let square: Int64?
    private let shown: [OverlapMap.Exposure]
    private let frame = Rectangle(88, 62, 682, 660)

    let size = (width: 800, height: 866)

    /// The radius of the dot for a beam whose diameter is not known, pixels.
    private static let dot = 3.0
    private static let sound = Colour.grey(0.55)

    init(_ map: OverlapMap, title: String) {
        self.map = map
        self.title = title
        let square = map.busiestSquare
        self.square = square
        shown = map.exposures.filter { $0.gridSquare == square }
    }

    func draw(on canvas: Canvas) {
        let places = shown.map(\.place).filter(\.isFinite)
        let axes = Axes(
            frame: frame, x: Axes.Quantity("x on the specimen / um", covering: places.range(of: \.x)),
            y: Axes.Quantity("y on the specimen / um", covering: places.range(of: \.y)), equalAspect: true)
        axes.draw(on: canvas)
        drawTitle(on: canvas, "\(squareName(square)): \(figures)", above: frame)
        canvas.clipped(to: frame) {
            for exposure in shown where exposure.incident == nil { drawBeam(exposure, on: canvas, axes) }
            // These are drawn last: an overexposed beam must not be hidden by the one that it hit.
            for exposure in shown where exposure.incident != nil { drawBeam(exposure, on: canvas, axes) }
            for exposure in shown {
                guard let earlier = exposure.earlier else { continue }
                canvas.line([axes.pixel(exposure.place), axes.pixel(earlier)], .black, lineWidth: 1.5)
            }
        }
        legend.draw(on: canvas, at: Vector2(88, 788), width: 680)
    }

    private func drawBeam(_ exposure: OverlapMap.Exposure, on canvas: Canvas, _ axes: Axes) {
        let radius = exposure.radius.map { max(1.5, $0 * axes.pixelsPerUnit) } ?? Self.dot
        let colour = exposure.incident.map { Colour.ofGroup($0) } ?? Self.sound
        let centre = axes.pixel(exposure.place)
        canvas.fillCircle(center: centre, radius: radius, colour.opacity(exposure.incident == nil ? 0.18 : 0.55))
        canvas.strokeCircle(center: centre, radius: radius, colour, lineWidth: exposure.incident == nil ? 0.6 : 1.4)
    }

    private var figures: String {
        let overexposed = shown.count { $0.incident != nil }
        return
            "\(overexposed) of \(counted(shown.count, "exposure")) \(map.choice.overexposedWords); \(map.choice.text)"
    }

    private var legend: PlotLegend {
        let incidents = Set(shown.compactMap(\.incident)).sorted()
        var legend = PlotLegend()
        legend.entries.append((.none, "Placed with \(map.placedWith)"))
        if shown.contains(where: { $0.radius != nil }) {
            legend.entries.append((.ring(Self.sound, radius: 7), "beam of an exposure, at true scale"))
        }
        if shown.contains(where: { $0.radius == nil }) {
            legend.entries.append((.ring(Self.sound, radius: Self.dot), "exposure whose beam diameter is not known"))
        }
        if let first = incidents.first {
            let which =
                incidents.count == 1
                ? "incident \(first)" : "incidents \(first) to \(incidents[incidents.count - 1]), a colour each"
            legend.entries.append(
                (
                    .dot(.ofGroup(first), radius: 7),
                    "overexposed (\(which)), with a line to its nearest earlier exposure"
                ))
        }
        return legend
    }
}
