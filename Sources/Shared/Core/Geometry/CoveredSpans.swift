/// Spans of a line that something covers, in any order and overlapping: spans of a rim by angle, or of a side by length.
struct CoveredSpans {
    private var spans: [(start: Double, end: Double)] = []
    /// The number of spans at which they are merged, so that many that overlap stay few.
    private var mergingCount = Self.least

    private static let least = 8

    /// Forgets all spans but keeps the memory.
    mutating func removeAll() {
        spans.removeAll(keepingCapacity: true)
        mergingCount = Self.least
    }

    /// Covers start...end in O(log n) on average for the n spans that do not overlap.
    mutating func cover(from start: Double, to end: Double) {
        guard start < end else { return }
        spans.append((start, end))
        guard spans.count >= mergingCount else { return }
        merge()
        mergingCount = 2 * spans.count + Self.least
    }

    /// Covers the angles, in -pi...pi, that are at most `halfAngle` from `direction`, all radian.
    mutating func cover(around direction: Double, halfAngle: Double) {
        let (start, end) = (direction - halfAngle, direction + halfAngle)
        cover(from: start, to: end)
        if start < -.pi { cover(from: start + 2 * .pi, to: .pi) }
        if end > .pi { cover(from: -.pi, to: end - 2 * .pi) }
    }

    /// Whether one span is known to cover start...end; several that only together do so are found as soon as they are
    /// merged. Constant time.
    func isKnownToCover(_ start: Double, _ end: Double) -> Bool {
        spans.count == 1 && spans[0].start <= start && spans[0].end >= end
    }

    /// Calls `body` with the ends of each part of start...end that is not covered, in order.
    mutating func forEachGap(from start: Double, to end: Double, _ body: (Double, Double) -> Void) {
        merge()
        var reached = start
        for span in spans where span.end > reached {
            if span.start >= end { break }
            if span.start > reached { body(reached, span.start) }
            reached = span.end
        }
        if reached < end { body(reached, end) }
    }

    /// Puts the spans in order and makes one span of those that overlap or touch.
    private mutating func merge() {
        spans.sort { $0.start < $1.start }
        var count = 0
        for span in spans {
            if count > 0, span.start <= spans[count - 1].end {
                spans[count - 1].end = max(spans[count - 1].end, span.end)
            } else {
                spans[count] = span
                count += 1
            }
        }
        spans.removeLast(spans.count - count)
    }
}
