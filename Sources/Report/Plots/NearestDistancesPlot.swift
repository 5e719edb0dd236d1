import EPUArchive
import EPUCore
import EPUDrawing

/// How far each exposure of a session lies from the nearest earlier one. It shows whether the radius lies between places that
/// were shot again and places beside each other. Below is the same for exposures whose nearest one is a neighbour by design.
struct NearestDistancesPlot: Plot {
    let title: String
    private let map: OverlapMap
    /// The greatest distance at which earlier exposures were searched for, um.
    private let within: Double
    /// The numbers of exposures, in equal bins up to `within`, by the distance to the nearest that does not overlap by design.
    let unplanned: [Int]
    /// The numbers of these that are overexposed.
    let overexposed: [Int]
    /// The numbers of exposures whose nearest one overlaps by design, by the distance to it.
    let byDesign: [Int]
    /// The numbers of these that such a neighbour makes overexposed, which it does if neighbours count.
    let overexposedByDesign: [Int]

    static let bins = 100
    // Above each frame there is room for its heading, so that nothing is written on the bars.
    private let upper = Rectangle(88, 92, 682, 320)
    private let lower = Rectangle(88, 472, 682, 180)
    var size: (width: Int, height: Int) {
        (800, Int(lower.maxY + 62 + PlotLegend.lineHeight * Double(legend.entries.count)))
    }

    /// - Returns: nil if nearest exposures were not searched for.
    init?(_ map: OverlapMap, title: String) {
        guard let within = map.nearestWithin, within > 0 else { return nil }
        self.map = map
        self.title = title
        self.within = within
        func counts(_ distances: some Sequence<Double>) -> [Int] {
            distances.reduce(into: [Int](repeating: 0, count: Self.bins)) { counts, distance in
                counts[min(Self.bins - 1, max(0, Int(distance / within * Double(Self.bins))))] += 1
            }
        }
        unplanned = counts(map.exposures.lazy.compactMap(\.nearestUnplanned))
        overexposed = counts(
            map.exposures.lazy.filter { !($0.cause?.isPlanned ?? true) }.compactMap(\.nearestUnplanned))
        byDesign = counts(
            map.exposures.lazy.filter { $0.nearest ?? within < $0.nearestUnplanned ?? within }.compactMap(\.nearest))
        overexposedByDesign = counts(map.exposures.lazy.filter { $0.cause?.isPlanned ?? false }.compactMap(\.nearest))
    }

    func draw(on canvas: Canvas) {
        drawTitle(on: canvas, figures, above: upper)
        let x = Axes.Quantity.fromZero("distance to the nearest earlier exposure / um", to: within)
        var unlabelled = x
        unlabelled.label = ""
        for (frame, x, words, layers) in [
            (upper, unlabelled, "to the nearest that is no neighbour by design", [unplanned, overexposed]),
            (lower, x, "to a neighbour by design", [byDesign, overexposedByDesign]),
        ] {
            let axes = Axes(frame: frame, x: x, y: .counts("exposures", to: layers[0].max() ?? 0))
            axes.draw(on: canvas)
            canvas.clipped(to: frame) {
                for (counts, colour) in zip(layers, [Self.sound, Self.bad]) {
                    drawBars(counts, colour, on: canvas, axes)
                }
                drawRadius(on: canvas, axes)
            }
            canvas.text(
                words, at: Vector2(frame.x, frame.y - 14), TextStyle(size: 14, bold: true))
        }
        legend.draw(on: canvas, at: Vector2(lower.x, lower.maxY + 62), width: lower.width)
    }

    private static let sound = Colour.grey(0.6)
    private static let bad = Colour(0xb22222)

    private func drawBars(_ counts: [Int], _ colour: Colour, on canvas: Canvas, _ axes: Axes) {
        let width = within / Double(Self.bins)
        for (bin, count) in counts.enumerated() where count > 0 {
            let top = axes.pixel(Vector2(Double(bin) * width, Axes.Quantity.height(ofCount: count)))
            let foot = axes.pixel(Vector2(Double(bin + 1) * width, 0))
            canvas.fill(Rectangle(top.x, top.y, max(1, foot.x - top.x - 0.5), foot.y - top.y), colour)
        }
    }

    /// The radius of the analysis, um; nil if it has none, or one beyond what is shown.
    private var radius: Double? { map.choice.criteria.radius.flatMap { $0 <= within ? $0 : nil } }

    private func drawRadius(on canvas: Canvas, _ axes: Axes) {
        guard let radius else { return }
        let x = axes.pixel(Vector2(radius, 0)).x
        canvas.line([Vector2(x, axes.frame.y), Vector2(x, axes.frame.maxY)], .black, lineWidth: 1.2, dashes: [6, 4])
    }

    private var figures: String {
        let near = unplanned.reduce(0, +)
        return
            "\(counted(map.exposures.count, "exposure")), \(near) of them within \(within.text()) um of an earlier one, "
            + "besides neighbours by design; \(map.exposures.count { $0.cause != nil }) \(map.choice.overexposedWords)"
    }

    private var legend: PlotLegend {
        var legend = PlotLegend()
        legend.entries.append((.dot(Self.sound, radius: 5), "exposures"))
        legend.entries.append((.dot(Self.bad, radius: 5), "overexposed among them (\(map.choice.text))"))
        if let radius { legend.entries.append((.dashes(.black), "radius \(radius.text(significant: 4)) um")) }
        return legend
    }
}
