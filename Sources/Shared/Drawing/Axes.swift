public import EPUCore
import Foundation

/// Two axes around a plot: from values to pixels, and the frame, grid and numbers that let a reader go back.
///
///     let axes = Axes(frame: Rectangle(70, 40, 500, 500), x: .init("beam shift x / units", covering: -0.4...0.4),
///                     y: .init("beam shift y / units", covering: -0.3...0.3), equalAspect: true)
///     axes.draw(on: canvas)
///     canvas.dots(points.map(axes.pixel), radius: 2, .black)
public struct Axes: Sendable {
    /// What one axis shows.
    public struct Quantity: Sendable {
        /// The text at the axis, with its unit, as `beam shift x / units`.
        public var label: String
        public var range: ClosedRange<Double>
        /// Values and the texts at them, in place of round numbers.
        public var marks: [(value: Double, text: String)]?

        /// - Parameter values: The range that must be seen; some room is added on both sides. A single value gets a range
        ///   around it.
        public init(_ label: String, covering values: ClosedRange<Double>) {
            self.label = label
            let extent = values.upperBound - values.lowerBound
            let margin = extent > 0 ? 0.05 * extent : max(abs(values.lowerBound) * 0.05, 0.5)
            range = (values.lowerBound - margin)...(values.upperBound + margin)
        }

        /// Makes the axis of a quantity that is counted or measured from nothing: it has no room below zero.
        public static func fromZero(_ label: String, to greatest: Double) -> Quantity {
            var quantity = Quantity(label, covering: 0...greatest)
            quantity.range = 0...quantity.range.upperBound
            return quantity
        }

        /// Makes the axis of counts that differ by powers of ten, drawn at `height(ofCount:)`, so that a single one is
        /// seen beside a million.
        public static func counts(_ label: String, to greatest: Int) -> Quantity {
            var quantity = fromZero(label, to: height(ofCount: max(greatest, 9)))
            quantity.marks = [0, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000].map { (height(ofCount: $0), "\($0)") }
                .filter { $0.0 <= quantity.range.upperBound }
            return quantity
        }

        public static func height(ofCount count: Int) -> Double { log10(Double(count) + 1) }
    }

    public let frame: Rectangle
    public let x: Quantity
    public let y: Quantity
    private let equalAspect: Bool
    /// The size of the numbers and labels, pixels.
    public var textSize = 14.0

    /// - Parameter equalAspect: Whether one unit is as long on both axes; the range that has room to spare is then widened.
    public init(frame: Rectangle, x: Quantity, y: Quantity, equalAspect: Bool = false) {
        self.frame = frame
        self.equalAspect = equalAspect
        guard equalAspect else {
            self.x = x
            self.y = y
            return
        }
        let unitsPerPixel = max(x.range.extent / frame.width, y.range.extent / frame.height)
        self.x = x.widened(to: unitsPerPixel * frame.width)
        self.y = y.widened(to: unitsPerPixel * frame.height)
    }

    /// Where a value lies on the canvas; y grows upwards in values and downwards in pixels.
    public func pixel(_ value: Vector2) -> Vector2 {
        Vector2(
            frame.x + (value.x - x.range.lowerBound) / x.range.extent * frame.width,
            frame.maxY - (value.y - y.range.lowerBound) / y.range.extent * frame.height)
    }

    /// The length of one unit along x, pixels; with equal aspect also along y.
    public var pixelsPerUnit: Double { frame.width / x.range.extent }

    /// Draws a fine grid, the frame, the numbers and the labels. They need room left of the frame, 5 text sizes, and
    /// below it, 4.
    public func draw(on canvas: Canvas) {
        let numbers = TextStyle(size: textSize, colour: .grey(0.2))
        let labels = TextStyle(size: textSize * 1.1, colour: .grey(0.1))
        let grid = Colour.grey(0.9)
        var xTicks = Ticks(over: x.range, atMost: max(2, Int(frame.width / (5 * textSize))))
        var yTicks = Ticks(over: y.range, atMost: max(2, Int(frame.height / (3 * textSize))))
        if equalAspect {
            // Equal aspect means one grid of squares.
            let step = max(xTicks.step, yTicks.step)
            xTicks = Ticks(over: x.range, step: step)
            yTicks = Ticks(over: y.range, step: step)
        }
        for (value, text) in x.marks ?? xTicks.values.map({ ($0, xTicks.text($0)) }) {
            let place = pixel(Vector2(value, y.range.lowerBound))
            canvas.line([place, Vector2(place.x, frame.y)], grid)
            canvas.line([place, Vector2(place.x, place.y + 5)], .grey(0.2))
            canvas.text(text, at: Vector2(place.x, frame.maxY + textSize), numbers, align: .center)
        }
        var widest = 0.0
        var lowest = Double.infinity
        for (value, text) in y.marks ?? yTicks.values.map({ ($0, yTicks.text($0)) }) {
            let place = pixel(Vector2(x.range.lowerBound, value))
            // Given marks may lie closer than their texts are high.
            guard lowest - place.y >= 1.1 * textSize else { continue }
            lowest = place.y
            widest = max(widest, canvas.textWidth(text, numbers))
            canvas.line([place, Vector2(frame.maxX, place.y)], grid)
            canvas.line([place, Vector2(place.x - 5, place.y)], .grey(0.2))
            canvas.text(text, at: Vector2(frame.x - 0.6 * textSize, place.y), numbers, align: .right)
        }
        canvas.stroke(frame, .grey(0.2))
        canvas.text(x.label, at: Vector2(frame.center.x, frame.maxY + 2.6 * textSize), labels, align: .center)
        canvas.text(
            y.label, at: Vector2(frame.x - max(4.4 * textSize, widest + 1.5 * textSize), frame.center.y), labels,
            align: .center,
            rotatedBy: -90)
    }
}

/// Round numbers along a range.
public struct Ticks: Sendable {
    public let values: [Double]
    public let step: Double
    private let decimals: Int
    private let exponential: Bool

    /// Chooses the finest step of 1, 2 or 5 times a power of ten that gives at most about `count` ticks; one that is
    /// finer where less than two would stand in the range, as nobody reads a scale from one number.
    public init(over range: ClosedRange<Double>, atMost count: Int) {
        let least = range.extent / Double(max(1, count))
        guard least > 0, least.isFinite else {
            self.init(over: range, step: 0)
            return
        }
        let magnitude = pow(10, floor(log10(least)))
        let factor = [1.0, 2, 5].first { $0 * magnitude >= least * (1 - 1e-9) } ?? 10
        self.init(over: range, step: factor * magnitude)
        if values.count < 2 {
            // 10, 5 and 2 become 5, 2 and 1; 1 becomes 0.5.
            let finer = [5.0, 2, 1].first { $0 < factor } ?? 0.5
            self.init(over: range, step: finer * magnitude)
        }
    }

    /// - Parameter step: The distance of two ticks, as the other initializer gives it; 0 gives one tick at the range's start.
    public init(over range: ClosedRange<Double>, step: Double) {
        self.step = step
        let places = step > 0 ? -Int(floor(log10(step * (1 + 1e-9)))) : 3
        decimals = max(0, places)
        exponential = max(abs(range.lowerBound), abs(range.upperBound)) >= 1e6 || places > 6
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard step > 0, let start = Int(exactly: first), let end = Int(exactly: last), start <= end else {
            values = [range.lowerBound]
            return
        }
        values = (start...end).map { Double($0) * step }
    }

    /// The value with as many decimals as the step needs.
    public func text(_ value: Double) -> String {
        if exponential { return value.text(significant: 6) }
        // No "-0.0".
        return (abs(value) < 1e-12 ? 0 : value).text(decimals: decimals)
    }
}

extension ClosedRange<Double> {
    fileprivate var extent: Double { upperBound - lowerBound }
}

extension Axes.Quantity {
    fileprivate func widened(to extent: Double) -> Self {
        let more = max(0, extent - range.extent) / 2
        var wider = self
        wider.range = (range.lowerBound - more)...(range.upperBound + more)
        return wider
    }
}

extension [Vector2] {
    /// The range from the least to the greatest x or y; 0...0 without points.
    public func range(of coordinate: KeyPath<Vector2, Double>) -> ClosedRange<Double> {
        let values = map { $0[keyPath: coordinate] }
        guard let least = values.min(), let greatest = values.max() else { return 0...0 }
        return least...greatest
    }
}
