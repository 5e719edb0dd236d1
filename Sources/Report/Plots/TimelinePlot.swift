import EPUArchive
import EPUCore
import EPUDrawing

/// A session over its time: exposures per hour, or their numbers where no rate is known, with pauses and incidents; below, the share that was overexposed.
struct TimelinePlot: Plot {
    let title: String
    private let map: OverlapMap
    /// The times of the map's exposures, s since 1970 on the microscope's clock, ascending.
    private let times: [Double]
    private let span: ClosedRange<Double>
    let bins: TimeBins
    /// The numbers of exposures, by bin.
    let counts: [Int]
    /// The numbers of overexposed exposures, by cause and bin.
    let overexposed: [OverlapCause: [Int]]
    let pauses: [ClosedRange<Double>]
    /// Whether bars are rates: where the session's is not known, those of its bins are not either.
    let isRate: Bool

    private static let mostBins = 96
    private let upper = Rectangle(88, 120, 682, 300)
    private let lower = Rectangle(88, 452, 682, 180)
    private var legendTop: Double { lower.maxY + 62 }

    /// - Returns: nil for a session without exposures.
    init?(_ map: OverlapMap, title: String) {
        let offset = Self.offset(map.clock)
        times = map.exposures.map { $0.time.secondsSince1970 + offset }
        guard let first = times.first, let last = times.last else { return nil }
        self.map = map
        self.title = title
        span = first...last
        bins = TimeBins(over: span, atMost: Self.mostBins)
        var counts = [Int](repeating: 0, count: bins.count)
        var overexposed: [OverlapCause: [Int]] = [:]
        for (time, exposure) in zip(times, map.exposures) {
            counts[bins.index(of: time)] += 1
            guard let cause = exposure.cause else { continue }
            overexposed[cause, default: [Int](repeating: 0, count: bins.count)][bins.index(of: time)] += 1
        }
        isRate = AcquisitionRate(map.exposures.map(\.time)).exposuresPerHour != nil
        self.counts = counts
        self.overexposed = overexposed
        pauses = zip(times, times.dropFirst()).filter { $1 - $0 > AcquisitionRate.longestInterval }.map { $0...$1 }
    }

    var size: (width: Int, height: Int) {
        (800, Int(legendTop + PlotLegend.lineHeight * Double(legend.entries.count)))
    }

    // MARK: - Drawing

    func draw(on canvas: Canvas) {
        drawTitle(on: canvas, figures, above: upper)
        var x = Axes.Quantity(timeLabel, covering: bins.range(0).lowerBound...bins.range(bins.count - 1).upperBound)
        x.marks = TimeTicks(over: x.range, atMost: 9, finest: 60).marks
        var unlabelled = x
        unlabelled.label = ""
        unlabelled.marks = x.marks?.map { ($0.value, "") }
        drawRates(on: canvas, x: unlabelled)
        drawShares(on: canvas, x: x)
        drawIncidents(on: canvas, Axes(frame: upper, x: x, y: x))
        legend.draw(on: canvas, at: Vector2(upper.x, legendTop), width: upper.width)
    }

    /// Draws the rates as stacked bars, with the overexposed exposures at the foot.
    private func drawRates(on canvas: Canvas, x: Axes.Quantity) {
        let perHour = isRate ? 3600 / bins.width : 1
        let axes = Axes(
            frame: upper, x: x,
            y: .fromZero(isRate ? "exposures / hour" : "exposures", to: perHour * Double(counts.max() ?? 0)))
        axes.draw(on: canvas)
        canvas.clipped(to: upper) {
            drawPauses(on: canvas, axes)
            for (bin, count) in counts.enumerated() where count > 0 {
                var below = drawCauses(of: bin, on: canvas, axes) { perHour * Double($0) }
                drawBar(bin, from: &below, height: perHour * Double(count) - below, Self.sound, on: canvas, axes)
            }
        }
    }

    private func drawShares(on canvas: Canvas, x: Axes.Quantity) {
        let percent = counts.indices.map { bin in
            counts[bin] > 0 ? 100 * Double(overexposed.values.reduce(0) { $0 + $1[bin] }) / Double(counts[bin]) : 0
        }
        let axes = Axes(frame: lower, x: x, y: .fromZero("overexposed / %", to: max(1, percent.max() ?? 0)))
        axes.draw(on: canvas)
        canvas.clipped(to: lower) {
            drawPauses(on: canvas, axes)
            for (bin, count) in counts.enumerated() where count > 0 {
                _ = drawCauses(of: bin, on: canvas, axes) { 100 * Double($0) / Double(count) }
            }
        }
    }

    /// - Returns: the height of the stacked bars.
    private func drawCauses(of bin: Int, on canvas: Canvas, _ axes: Axes, height: (Int) -> Double) -> Double {
        var top = 0.0
        for cause in OverlapCause.allCases {
            guard let count = overexposed[cause]?[bin], count > 0 else { continue }
            drawBar(bin, from: &top, height: height(count), cause.colour, on: canvas, axes)
        }
        return top
    }

    private func drawBar(
        _ bin: Int, from below: inout Double, height: Double, _ colour: Colour, on canvas: Canvas, _ axes: Axes
    ) {
        let range = bins.range(bin)
        let top = axes.pixel(Vector2(range.lowerBound, below + height))
        let foot = axes.pixel(Vector2(range.upperBound, below))
        canvas.fill(Rectangle(top.x, top.y, max(1, foot.x - top.x - 0.5), foot.y - top.y), colour)
        below += height
    }

    private func drawPauses(on canvas: Canvas, _ axes: Axes) {
        for pause in pauses {
            let (left, right) = (axes.pixel(Vector2(pause.lowerBound, 0)).x, axes.pixel(Vector2(pause.upperBound, 0)).x)
            canvas.fill(Rectangle(left, axes.frame.y, max(1, right - left), axes.frame.height), Self.pause)
        }
    }

    /// Draws a mark above the time at which each incident began, with its number if there is room; the largest incidents come
    /// first.
    private func drawIncidents(on canvas: Canvas, _ axes: Axes) {
        var labels = PlotLabels()
        let places = map.incidents.compactMap { incident in
            Timestamp(archiveText: incident.startedAt).map { time in
                (
                    incident: incident, colour: incident.cause.colour,
                    x: axes.pixel(Vector2(time.secondsSince1970 + Self.offset(map.clock), 0)).x
                )
            }
        }
        for (_, colour, x) in places {
            let tip = Vector2(x, upper.y - 2)
            canvas.fill(polygon: [tip, tip + Vector2(-5, -10), tip + Vector2(5, -10)], colour)
            canvas.lines([[Vector2(x, upper.y), Vector2(x, upper.maxY)]], colour.opacity(0.6), lineWidth: 0.8)
        }
        for (incident, colour, x) in places.sorted(by: { $0.incident.micrographs > $1.incident.micrographs }) {
            labels.draw(
                "\(incident.incident)", at: [22, 36, 50].map { Vector2(x, upper.y - $0) },
                TextStyle(size: 13, colour: colour, bold: true), on: canvas)
        }
    }

    // MARK: - Words

    private static let sound = Colour.grey(0.68)
    private static let pause = Colour(0xfff2cc)

    private var figures: String {
        let count = map.exposures.count { $0.cause != nil }
        let share = 100 * Double(count) / Double(max(1, times.count))
        let hours = (span.upperBound - span.lowerBound) / 3600
        let paused = pauses.reduce(0) { $0 + $1.upperBound - $1.lowerBound } / 3600
        return "\(counted(times.count, "exposure")) in \(hours.text(decimals: 1)) h"
            + (pauses.isEmpty ? "" : " with \(counted(pauses.count, "pause")) of \(paused.text(decimals: 1)) h")
            + "; \(count) \(map.choice.overexposedWords) (\(share.text(decimals: 1)) %) in "
            + counted(map.incidents.count, "incident")
    }

    /// By how many seconds the axis is ahead of UTC: one clock for the whole axis, also where it was changed within the session.
    private static func offset(_ clock: MicroscopeClock) -> Double { 60 * Double(clock.usual ?? 0) }

    private var timeLabel: String {
        let start = map.exposures.first.map {
            LocalTime(instant: $0.time, utcOffsetMinutes: map.clock.usual).microscopeText.prefix(16)
        }
        return "microscope time (\(LocalTime.offsetText(minutes: map.clock.usual))), from \(start ?? "")"
    }

    private var legend: PlotLegend {
        var legend = PlotLegend()
        legend.entries.append((.dot(Self.sound, radius: 5), "exposures, counted in bins of \(bins.text)"))
        legend.entries.append((.none, "Overexposed: \(map.choice.text)"))
        legend.entries += map.causeLegend
        if !pauses.isEmpty {
            legend.entries.append(
                (.dot(Self.pause, radius: 7), "pause: more than ten minutes from one exposure to the next"))
        }
        if !map.incidents.isEmpty {
            legend.entries.append(
                (.none, "Triangles: incidents, at their first micrograph, in the colour of their cause"))
        }
        return legend
    }
}
