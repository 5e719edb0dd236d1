import EPUArchive
import EPUCore
import EPUDrawing

/// One quantity of a microscope's sessions over time: a small chart whose points lead to the sessions.
struct TrendChart {
    private struct Point {
        /// The start of the session, s since 1970, UTC.
        let time: Double
        let value: Double
        let day: String
        let isDoubtful: Bool
        let entry: ArchivePage.Entry
    }

    private let title: String
    /// The points in time order.
    private let points: [Point]
    private let x: ClosedRange<Double>
    private let y: ClosedRange<Double>

    private static let size = (width: 320.0, height: 150.0)
    private static let frame = Rectangle(46, 10, 262, 114)

    /// - Parameters:
    ///   - entries: the sessions, the latest first.
    ///   - extent: the least range of values that the chart spans.
    ///   - isDoubtful: whether the value of a session is in doubt; such points are drawn hollow.
    ///   - value: the value of a session; nil, or not a number, if it has none.
    /// - Returns: nil if fewer than two sessions have a value, as that is no trend.
    init?(
        _ title: String, _ entries: [ArchivePage.Entry], isFromZero: Bool = false, extent: Double = 0,
        isDoubtful: (SessionFigures) -> Bool = { _ in false }, value: (SessionFigures) -> Double?
    ) {
        points = entries.reversed().compactMap { entry in
            guard let start = entry.figures.startedAt, let time = Timestamp(archiveText: start),
                let value = value(entry.figures), value.isFinite
            else { return nil }
            return Point(
                time: time.secondsSince1970, value: value, day: String(start.prefix(10)),
                isDoubtful: isDoubtful(entry.figures), entry: entry)
        }
        guard points.count > 1 else { return nil }
        self.title = title
        x = Axes.Quantity("", covering: TimeTicks.span(of: points.map(\.time))).range
        let values = points.map { Vector2($0.time, $0.value) }.range(of: \.y)
        let more = max(0, extent - (values.upperBound - values.lowerBound)) / 2
        y =
            isFromZero
            ? Axes.Quantity.fromZero("", to: max(values.upperBound, 1)).range
            : Axes.Quantity("", covering: (values.lowerBound - more)...(values.upperBound + more)).range
    }

    var figure: HTML {
        """
        <figure><figcaption>\(title)\(points.contains(where: \.isDoubtful) ? " (hollow: doubtful)" : "")</figcaption>
        <svg class="chart" viewBox="0 0 \(Self.number(Self.size.width)) \(Self.number(Self.size.height))" role="group" \
        aria-label="\(title)">
        \(yTicks.joined())\(xTicks.joined())
        <polyline class="trend" points="\(points.map { Self.text(place($0.time, $0.value)) }.joined(separator: " "))"/>
        \(points.map(mark).joined(separator: "\n"))
        </svg></figure>
        """
    }

    private func place(_ time: Double, _ value: Double) -> Vector2 {
        Vector2(
            Self.frame.x + Self.frame.width * (time - x.lowerBound) / (x.upperBound - x.lowerBound),
            Self.frame.maxY - Self.frame.height * (value - y.lowerBound) / (y.upperBound - y.lowerBound))
    }

    private func mark(_ point: Point) -> HTML {
        let place = place(point.time, point.value)
        let value = point.value.text(significant: 4) + (point.isDoubtful ? ", doubtful" : "")
        let kind: HTML = point.isDoubtful ? " class=\"doubtful\"" : ""
        return """
            <a href="\(point.entry.link ?? "#" + point.entry.rowID)"><title>\(point.entry.figures.session), \(point.day): \
            \(value)</title><circle\(kind) cx="\(Self.number(place.x))" cy="\(Self.number(place.y))" r="4"/></a>
            """
    }

    private var yTicks: [HTML] {
        let ticks = Ticks(over: y, atMost: 4)
        return ticks.values.map { value in
            let height = place(x.lowerBound, value).y
            return """
                <line x1="\(Self.number(Self.frame.x))" x2="\(Self.number(Self.frame.maxX))" y1="\(Self.number(height))" \
                y2="\(Self.number(height))"/><text x="\(Self.number(Self.frame.x - 6))" y="\(Self.number(height + 4))" \
                text-anchor="end">\(ticks.text(value))</text>
                """
        }
    }

    private var xTicks: [HTML] {
        TimeTicks(over: x, atMost: 3).marks.map { value, text in
            let place = place(value, y.lowerBound)
            // A date that would reach beyond the chart is moved into it.
            let anchor =
                place.x < Self.frame.x + 20 ? "start" : place.x > Self.frame.maxX - 24 ? "end" : "middle"
            return """
                <text x="\(Self.number(place.x))" y="\(Self.number(Self.size.height - 8))" text-anchor="\(anchor)">\
                \(text)</text>
                """
        }
    }

    private static func number(_ value: Double) -> String { ((10 * value).rounded() / 10).text() }
    private static func text(_ place: Vector2) -> String { "\(number(place.x)),\(number(place.y))" }
}
