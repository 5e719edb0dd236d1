import EPUCore
import EPUDrawing
import Foundation

/// How far the foil holes of a session lie from the sites of the fitted lattice: magnified lines in its busiest grid square, and
/// the residuals of all squares around zero.
struct ResidualPlot: Plot {
    let title: String
    private let holes: [StageMap.Hole]
    private let stops: Int
    private let square: Int64?
    private let part: StageMap
    /// The lattice on the stage, um; nil if none was found.
    private let lattice: PlottedLattice?
    /// The root mean square length of the residuals, um.
    let rmsUm: Double
    private let frame = Rectangle(88, 62, 682, 600)

    let size = (width: 800, height: 1070)

    /// - Parameter lattice: the lattice on the stage, um; nil if none was found.
    /// - Returns: nil if no hole lies on a site.
    init?(_ map: StageMap, lattice: PlottedLattice?, title: String) {
        holes = map.holes.filter { $0.residual != nil }
        guard !holes.isEmpty else { return nil }
        stops = Set(holes.map(\.stop)).count
        square = map.busiestSquare
        part = map.inside(square)
        self.lattice = lattice
        let squares = holes.reduce(0) { $0 + ($1.residual?.squaredLength ?? 0) }
        rmsUm = (squares / Double(holes.count)).squareRoot()
        self.title =
            "\(title): residuals \(nanometres(rmsUm)) nm rms, \(counted(holes.count, "hole")), "
            + counted(stops, "stop")
    }

    func draw(on canvas: Canvas) {
        let lines = lattice.map(part.lines) ?? []
        let seen = (part.holes.map(\.place) + lines.joined()).filter(\.isFinite)
        let axes = Axes(
            frame: frame, x: Axes.Quantity("stage x / um", covering: seen.range(of: \.x)),
            y: Axes.Quantity("stage y / um", covering: seen.range(of: \.y)), equalAspect: true)
        let magnification = self.magnification(extentUm: frame.width / axes.pixelsPerUnit)
        axes.draw(on: canvas)
        drawTitle(
            on: canvas,
            "\(squareName(square)): from each site of the lattice to its hole, drawn \(magnification.text()) times as long",
            above: frame)
        canvas.clipped(to: frame) {
            canvas.lines(lines.map { $0.map(axes.pixel) }, .grey(0.8), lineWidth: 0.8)
            drawResiduals(on: canvas, axes, magnification: magnification)
        }
        drawScatter(on: canvas)
        legend(magnification: magnification, pixelsPerUm: axes.pixelsPerUnit)
            .draw(on: canvas, at: Vector2(440, 760), width: 330)
    }

    /// The roundest magnification at which a typical residual is as long as a third of the pitch.
    private func magnification(extentUm: Double) -> Double {
        guard rmsUm > 0 else { return 1 }
        // Rounding down from 1.4 times the value gives about the nearest round number.
        return max(1, roundedDown(1.4 * 0.33 * (lattice?.pitch ?? 0.05 * extentUm) / rmsUm))
    }

    /// Draws the residuals by stop, so that all of one colour are one shape.
    private func drawResiduals(on canvas: Canvas, _ axes: Axes, magnification: Double) {
        let byStop = Dictionary(grouping: part.holes, by: \.stop).sorted { $0.key < $1.key }
        for (stop, holes) in byStop {
            let lines = holes.compactMap { hole in
                hole.residual.map { residual in
                    let site = hole.place - residual
                    return [axes.pixel(site), axes.pixel(site + magnification * residual)]
                }
            }
            canvas.lines(lines, .ofGroup(stop), lineWidth: 1.6)
            canvas.dots(lines.compactMap(\.first), radius: 2.2, .ofGroup(stop))
        }
    }

    /// Draws all residuals of the session around zero, in nm, and the circle of their rms.
    private func drawScatter(on canvas: Canvas) {
        let points = holes.compactMap(\.residual).map { 1000 * $0 }
        let reach = max(points.map { max(abs($0.x), abs($0.y)) }.max() ?? 0, 1000 * rmsUm, 1)
        let axes = Axes(
            frame: Rectangle(88, 744, 266, 266), x: Axes.Quantity("residual x / nm", covering: -reach...reach),
            y: Axes.Quantity("residual y / nm", covering: -reach...reach), equalAspect: true)
        axes.draw(on: canvas)
        canvas.clipped(to: axes.frame) {
            canvas.dots(points.map(axes.pixel), radius: points.count > 2000 ? 1 : 2, .ofGroup(0))
            let radius = 1000 * rmsUm * axes.pixelsPerUnit
            // Among so many dots the circle needs a white rim to be seen; the few dots that the rim hides are not missed.
            if points.count > 2000 {
                canvas.strokeCircle(center: axes.pixel(.zero), radius: radius, .white, lineWidth: 4)
            }
            canvas.strokeCircle(center: axes.pixel(.zero), radius: radius, .ofGroup(1), lineWidth: 2)
        }
    }

    private func legend(magnification: Double, pixelsPerUm: Double) -> PlotLegend {
        // The bar is at most 110 pixels long.
        let barUm = roundedDown(110 / (magnification * pixelsPerUm))
        var legend = PlotLegend()
        legend.entries.append((.bar(barUm * magnification * pixelsPerUm), "residual of \(nanometres(barUm)) nm"))
        legend.entries.append((.dot(.ofGroup(0), radius: 2.2), "site, coloured by the stop of its hole"))
        legend.entries.append((.none, ""))
        legend.entries.append((.none, "On the left, all holes of the session:"))
        legend.entries.append((.ring(.ofGroup(1), radius: 7), "rms \(nanometres(rmsUm)) nm"))
        if let worst = holes.max(by: { ($0.residual?.length ?? 0) < ($1.residual?.length ?? 0) }),
            let residual = worst.residual
        {
            legend.entries.append((.none, "largest \(nanometres(residual.length)) nm: FoilHole_\(worst.foilHole)"))
        }
        return legend
    }
}

/// A length in um as text: whole nm, or with decimals if it has few.
private func nanometres(_ micrometres: Double) -> String { (1000 * micrometres).text(significant: 3) }

/// The next lower value that is 1, 2 or 5 times a power of ten.
private func roundedDown(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return 1 }
    let magnitude = pow(10, floor(log10(value)))
    return ([5.0, 2].first { $0 * magnitude <= value * (1 + 1e-9) } ?? 1) * magnitude
}
