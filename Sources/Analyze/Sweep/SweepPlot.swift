import EPUCore
import EPUDrawing
import Foundation

/// A plot of how the overexposed share grows with the radius, a line for each scale; below, how far exposures lie from the
/// nearest earlier one, with the gap in which a radius should lie.
struct SweepPlot: Plot {
    let title: String
    let sweep: RadiusSweep
    let gap: DistanceGap?

    let size = (width: 800, height: 900)
    private let upper = Rectangle(96, 62, 674, 380)
    private let lower = Rectangle(96, 530, 674, 280)
    private static let bins = 100

    func draw(on canvas: Canvas) {
        drawTitle(on: canvas, figures, above: upper)
        drawShares(on: canvas)
        drawDistances(on: canvas)
    }

    private var figures: String {
        let exposures = counted(sweep.exposures, "exposure")
        guard let gap else { return "\(exposures); no gap parts exposures shot again from neighbours" }
        return "\(exposures); gap from \(gap.fromUm.text(decimals: 3)) to \(gap.toUm.text(decimals: 3)) um, "
            + "suggested radius \(gap.radiusUm.text(decimals: 2)) um"
    }

    private func lengths(_ label: String) -> Axes.Quantity {
        Axes.Quantity(label, covering: 0...(sweep.radii.last ?? 1))
    }

    private func drawShares(on canvas: Canvas) {
        let percent = 100 / Double(max(1, sweep.exposures))
        let greatest = sweep.overexposed.joined().max() ?? 0
        let axes = Axes(
            frame: upper, x: lengths("radius / um"),
            y: Axes.Quantity("overexposed / %", covering: 0...max(percent * Double(greatest), percent)))
        axes.draw(on: canvas)
        // If there are many scales, only some are drawn, so that the lines can be told apart.
        let shown = Array(stride(from: 0, to: sweep.scales.count, by: max(1, sweep.scales.count / 7)))
        canvas.clipped(to: upper) {
            drawGap(on: canvas, axes)
            for (number, scale) in shown.enumerated() {
                let points = zip(sweep.radii, sweep.overexposed[scale]).map {
                    axes.pixel(Vector2($0, percent * Double($1)))
                }
                canvas.line(points, .ofGroup(number), lineWidth: 2)
            }
        }
        for (number, scale) in shown.enumerated() {
            let place = Vector2(upper.x + 16, upper.y + 20 + 20 * Double(number))
            canvas.line([place, place + Vector2(24, 0)], .ofGroup(number), lineWidth: 2)
            canvas.text(
                "scale \(sweep.scales[scale].text(significant: 4))", at: place + Vector2(32, 0),
                TextStyle(size: 13, halo: .white))
        }
    }

    private func drawDistances(on canvas: Canvas) {
        let width = (sweep.radii.last ?? 1) / Double(Self.bins)
        let counts = (Self.counts(sweep.distances.nearest, width), Self.counts(sweep.distances.byDesign, width))
        let most = max(counts.0.max() ?? 0, counts.1.max() ?? 0)
        // There are few exposures shot again beside very many neighbours.
        let y = Axes.Quantity.counts("exposures", to: most)
        var axes = Axes(frame: lower, x: lengths("distance / um"), y: y)
        axes.textSize = 13
        axes.draw(on: canvas)
        canvas.clipped(to: lower) {
            drawGap(on: canvas, axes)
            for (counts, colour) in [(counts.1, Colour.grey(0.75)), (counts.0, Colour.ofGroup(1))] {
                for (bin, count) in counts.enumerated() where count > 0 {
                    let top = axes.pixel(Vector2(Double(bin) * width, Axes.Quantity.height(ofCount: count)))
                    let right = axes.pixel(Vector2(Double(bin + 1) * width, 0))
                    canvas.fill(Rectangle(top.x, top.y, max(1, right.x - top.x - 0.5), right.y - top.y), colour)
                }
            }
        }
        canvas.text(
            "to the nearest earlier exposure; grey: neighbours by design", at: Vector2(lower.x, lower.maxY + 62),
            TextStyle(size: 13, colour: .grey(0.3)))
    }

    private func drawGap(on canvas: Canvas, _ axes: Axes) {
        guard let gap else { return }
        let (left, right) = (axes.pixel(Vector2(gap.fromUm, 0)).x, axes.pixel(Vector2(gap.toUm, 0)).x)
        canvas.fill(
            Rectangle(left, axes.frame.y, right - left, axes.frame.height),
            Colour(red: 0.2, green: 0.7, blue: 0.3, alpha: 0.12))
        let middle = axes.pixel(Vector2(gap.radiusUm, 0)).x
        canvas.line(
            [Vector2(middle, axes.frame.y), Vector2(middle, axes.frame.maxY)],
            Colour(red: 0.1, green: 0.5, blue: 0.2), dashes: [6, 4])
    }

    private static func counts(_ distances: [Double], _ width: Double) -> [Int] {
        var counts = [Int](repeating: 0, count: bins)
        for distance in distances where distance < width * Double(bins) { counts[Int(distance / width)] += 1 }
        return counts
    }
}
