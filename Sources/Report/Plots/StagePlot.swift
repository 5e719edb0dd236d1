import EPUCore
import EPUDrawing

/// The busiest grid square of a session seen from above: foil holes coloured by the stage stop from which they were
/// shot, the stops, and the foil's lattice. Below it, all stops of the session.
struct StagePlot: Plot {
    let title: String
    private let map: StageMap
    private let square: Int64?
    /// The part of the map in that square.
    private let part: StageMap
    /// The lattice on the stage, um; nil if none was found.
    private let lattice: PlottedLattice?
    private let frame = Rectangle(88, 62, 682, 600)

    /// - Parameter lattice: the lattice on the stage, um; nil if none was found.
    init(_ map: StageMap, lattice: PlottedLattice?, title: String) {
        self.title = title
        self.map = map
        self.lattice = lattice
        square = map.busiestSquare
        part = map.inside(square)
    }

    /// Whether the session has other squares than the one that is shown.
    private var hasOverview: Bool { Set(map.exposures.map(\.gridSquare)).count > 1 }

    var size: (width: Int, height: Int) { (800, hasOverview ? 1070 : 844) }

    func draw(on canvas: Canvas) {
        drawSquare(on: canvas)
        if hasOverview { drawOverview(on: canvas) }
        let place = hasOverview ? Vector2(440, 760) : Vector2(88, 744)
        legend.draw(on: canvas, at: place, width: 770 - place.x)
    }

    private func drawSquare(on canvas: Canvas) {
        let lines = lattice.map(part.lines) ?? []
        let shown = part.holes.isEmpty ? part.exposures.map(\.stage) : part.holes.map(\.place)
        let seen = (shown + part.stops.map(\.place) + lines.joined()).filter(\.isFinite)
        let axes = Axes(
            frame: frame, x: Axes.Quantity("stage x / um", covering: seen.range(of: \.x)),
            y: Axes.Quantity("stage y / um", covering: seen.range(of: \.y)), equalAspect: true)
        axes.draw(on: canvas)
        drawTitle(on: canvas, figures, above: frame)
        canvas.clipped(to: frame) {
            canvas.lines(lines.map { $0.map(axes.pixel) }, .grey(0.55), lineWidth: 0.8)
            if part.holes.isEmpty {
                drawCrosses(on: canvas, axes)
                drawDots(part.exposures.map { ($0.stop, axes.pixel($0.stage)) }, radius: 3, on: canvas)
            } else {
                let pitch = (lattice?.pitch ?? 0) * axes.pixelsPerUnit
                drawDots(
                    part.holes.map { ($0.stop, axes.pixel($0.place)) }, radius: min(9, max(2.5, 0.2 * pitch)),
                    on: canvas)
                canvas.dots(
                    part.exposures.map { axes.pixel($0.place) }, radius: pitch > 20 ? 1.6 : 0.8, .black)
                drawCrosses(on: canvas, axes)
            }
        }
    }

    /// Draws a cross for each stop, in the colour of its holes.
    private func drawCrosses(on canvas: Canvas, _ axes: Axes) {
        canvas.crosses(part.stops.map { axes.pixel($0.place) }, radius: 7, .white, lineWidth: 3)
        for stop in part.stops {
            canvas.crosses([axes.pixel(stop.place)], radius: 7, .ofGroup(stop.number), lineWidth: 1.6)
        }
    }

    /// Draws the dots by stop, so that all of one colour are one shape.
    private func drawDots(_ dots: [(stop: Int?, place: Vector2)], radius: Double, on canvas: Canvas) {
        for (stop, dots) in Dictionary(grouping: dots, by: \.stop).sorted(by: { ($0.key ?? -1) < ($1.key ?? -1) }) {
            canvas.dots(dots.map(\.place), radius: radius, stop.map(Colour.ofGroup) ?? .grey(0.5))
        }
    }

    private func drawOverview(on canvas: Canvas) {
        let others = map.stagePlaces.filter(\.isFinite)
        let axes = Axes(
            frame: Rectangle(88, 744, 300, 266), x: Axes.Quantity("stage x / um", covering: others.range(of: \.x)),
            y: Axes.Quantity("stage y / um", covering: others.range(of: \.y)), equalAspect: true)
        axes.draw(on: canvas)
        let radius = others.count > 500 ? 1.0 : 2
        canvas.clipped(to: axes.frame) {
            canvas.dots(others.map(axes.pixel), radius: radius, .grey(0.55))
            canvas.dots(part.stagePlaces.map(axes.pixel), radius: radius, .ofGroup(1))
        }
    }

    private var figures: String {
        let parts = [
            part.holes.isEmpty ? nil : counted(part.holes.count, "visit") + " to holes",
            part.stops.isEmpty ? nil : counted(part.stops.count, "stage stop"),
            counted(part.exposures.count, "exposure"),
        ]
        return "\(squareName(square)): " + parts.compactMap { $0 }.joined(separator: ", ")
    }

    private var legend: PlotLegend {
        var legend = PlotLegend()
        if part.holes.isEmpty {
            let colour = part.stops.isEmpty ? Colour.grey(0.5) : .ofGroup(0)
            legend.entries.append(
                (
                    .dot(colour, radius: 3),
                    part.stops.isEmpty ? "stage at an exposure" : "stage at an exposure, coloured by stop"
                ))
            legend.entries.append((.none, "No foil lattice was found."))
        } else {
            legend.entries.append((.dot(.ofGroup(0), radius: 6), "foil hole, coloured by its stage stop"))
            legend.entries.append((.dot(.black, radius: 1.6), "exposure: stage + matrix x beam shift"))
        }
        if !part.stops.isEmpty { legend.entries.append((.cross(.ofGroup(0)), "stage stop")) }
        if let lattice, !part.holes.isEmpty {
            legend.entries.append(
                (
                    .line(.grey(0.4)),
                    "lattice \(lattice.a.length.text(decimals: 3)) x \(lattice.b.length.text(decimals: 3)) um, "
                        + "\(lattice.angleDegrees.text(decimals: 1)) degrees"
                ))
        }
        if hasOverview {
            legend.entries.append((.none, ""))
            legend.entries.append((.none, "On the left, the whole session:"))
            let stops = map.stops.isEmpty ? "stage at an exposure" : "stage stop"
            legend.entries.append((.dot(.ofGroup(1), radius: 3), "\(stops) in \(squareName(square))"))
            legend.entries.append((.dot(.grey(0.55), radius: 3), "\(stops) in another square"))
        }
        return legend
    }
}
