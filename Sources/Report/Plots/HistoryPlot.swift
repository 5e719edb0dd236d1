import EPUCore
import EPUDrawing
import Foundation

/// The scales and angles of the calibrations of an archive over time, one colour for each microscope. They are constants of the
/// instrument, so a point that lies far from its row should be looked at.
struct HistoryPlot: Plot {
    let title = "Beam shift to stage: calibrations over time"
    private let history: CalibrationHistory
    private let instruments: [String?]
    private let legendLines: Int

    /// - Returns: nil for an archive without calibrations.
    init?(_ history: CalibrationHistory) {
        guard !history.entries.isEmpty else { return nil }
        self.history = history
        instruments = history.instruments
        legendLines = (instruments.count + Self.columns - 1) / Self.columns
    }

    private static let columns = 5
    private static let panelHeight = 260.0
    private var top: Double { 74 + Double(legendLines) * PlotLegend.lineHeight }

    var size: (width: Int, height: Int) { (800, Int(top + 2 * Self.panelHeight + 24 + 60)) }

    func draw(on canvas: Canvas) {
        let upper = Rectangle(88, top, 682, Self.panelHeight)
        let lower = Rectangle(88, upper.maxY + 24, 682, Self.panelHeight)
        drawTitle(on: canvas, figures, above: upper)
        drawLegend(on: canvas)

        let times = history.entries.map(\.start.secondsSince1970)
        var x = Axes.Quantity("start of the session (UTC)", covering: TimeTicks.span(of: times))
        let ticks = TimeTicks(over: x.range, atMost: 7).marks
        x.marks = ticks
        var unlabelled = x
        unlabelled.label = ""
        unlabelled.marks = ticks.map { ($0.value, "") }

        let scales = history.entries.map(\.matrix.scale)
        draw(
            zip(scales, history.entries.map(\.scaleError)).map { ($0, $1) }, "scale / um per unit", in: upper,
            x: unlabelled, on: canvas)
        draw(
            zip(angles, history.entries.map(\.angleError)).map { ($0, $1) }, "angle / degrees", in: lower, x: x,
            on: canvas)
    }

    private var figures: String {
        let mirrored = history.entries.count { $0.matrix.isMirrored }
        let shapes = mirrored == history.entries.count ? "all mirrored" : "circles: mirrored, diamonds: not mirrored"
        let doubtful = history.entries.contains(where: \.isDoubtful) ? "; hollow: doubtful" : ""
        let bars = history.entries.contains { $0.errors != nil } ? "; bars: standard errors" : ""
        return "\(counted(history.entries.count, "calibration")); \(shapes)\(doubtful)\(bars)"
    }

    private func drawLegend(on canvas: Canvas) {
        let width = 682 / Double(Self.columns)
        for (number, instrument) in instruments.enumerated() {
            let place = Vector2(
                88 + width * Double(number % Self.columns),
                72 + PlotLegend.lineHeight * Double(number / Self.columns))
            var legend = PlotLegend()
            legend.entries = [(.dot(.ofGroup(number), radius: 5), instrument ?? "not recorded")]
            legend.draw(on: canvas, at: place, width: width - 8)
        }
    }

    /// The angles, degrees. Those of one instrument lie within half a turn of its first, so that a row near 180 is not divided in
    /// two.
    var angles: [Double] {
        var first: [String?: Double] = [:]
        return history.entries.map { entry in
            let angle = entry.matrix.angleDegrees
            let near = first[entry.instrument, default: angle]
            first[entry.instrument] = near
            return near + (angle - near).remainder(dividingBy: 360)
        }
    }

    private func draw(
        _ values: [(value: Double, error: Double?)], _ label: String, in frame: Rectangle, x: Axes.Quantity,
        on canvas: Canvas
    ) {
        let axes = Axes(frame: frame, x: x, y: Axes.Quantity(label, covering: Self.range(of: values)))
        axes.draw(on: canvas)
        canvas.clipped(to: frame) {
            for (entry, (value, error)) in zip(history.entries, values) {
                guard let error else { continue }
                let ends = [value - error, value + error].map {
                    axes.pixel(Vector2(entry.start.secondsSince1970, $0))
                }
                // A long bar belongs to the least certain value, and must not be the most conspicuous.
                let leaves = ends.contains { $0.y < frame.y || $0.y > frame.maxY }
                let cap = Vector2(3, 0)
                canvas.lines(
                    [ends] + ends.map { [$0 - cap, $0 + cap] }, colour(of: entry).opacity(leaves ? 0.35 : 1),
                    lineWidth: 1.2)
            }
            for (entry, (value, _)) in zip(history.entries, values) {
                drawMark(of: entry, at: axes.pixel(Vector2(entry.start.secondsSince1970, value)), on: canvas)
            }
        }
    }

    private func colour(of entry: CalibrationHistory.Entry) -> Colour {
        .ofGroup(instruments.firstIndex(of: entry.instrument) ?? 0)
    }

    private func drawMark(of entry: CalibrationHistory.Entry, at place: Vector2, on canvas: Canvas) {
        let radius = history.entries.count > 60 ? 3.2 : 4
        let colour = colour(of: entry)
        if entry.matrix.isMirrored {
            canvas.fillCircle(center: place, radius: radius, entry.isDoubtful ? .white : colour)
            canvas.strokeCircle(center: place, radius: radius, colour, lineWidth: 1.5)
        } else {
            let corners = [Vector2(1, 0), Vector2(0, 1), Vector2(-1, 0), Vector2(0, -1)].map {
                place + 1.35 * radius * $0
            }
            canvas.fill(polygon: corners, entry.isDoubtful ? .white : colour)
            canvas.line(corners + corners.prefix(2), colour, lineWidth: 1.5)
        }
    }

    /// The range of all values with their errors. An error counts as at most three times the median, so that a long bar does not
    /// hide the rest.
    private static func range(of values: [(value: Double, error: Double?)]) -> ClosedRange<Double> {
        let errors = values.compactMap(\.error).sorted()
        let longest = errors.isEmpty ? 0 : 3 * errors[errors.count / 2]
        let least = values.map { $0.value - min($0.error ?? 0, longest) }.min() ?? 0
        let greatest = values.map { $0.value + min($0.error ?? 0, longest) }.max() ?? 0
        return least...greatest
    }
}
