/// Spans of a line that are covered by something, in any order and overlapping: of a rim by angle, of a side by length.
struct CoveredSpans {
    private var spans: [(start: Double, end: Double)] = []

    /// Keeps the memory.
    mutating func removeAll() { spans.removeAll(keepingCapacity: true) }

    mutating func cover(from start: Double, to end: Double) {
        if start < end { spans.append((start, end)) }
    }

    /// Covers the angles, in -pi...pi, that are at most `halfAngle` from `direction`, all radian.
    mutating func cover(around direction: Double, halfAngle: Double) {
        let (start, end) = (direction - halfAngle, direction + halfAngle)
        cover(from: start, to: end)
        if start < -.pi { cover(from: start + 2 * .pi, to: .pi) }
        if end > .pi { cover(from: -.pi, to: end - 2 * .pi) }
    }

    /// Calls `body` with the ends of each part of start...end that is not covered, in order. O(n log n).
    mutating func forEachGap(from start: Double, to end: Double, _ body: (Double, Double) -> Void) {
        spans.sort { $0.start < $1.start }
        var reached = start
        for span in spans where span.end > reached {
            if span.start >= end { break }
            if span.start > reached { body(reached, span.start) }
            reached = span.end
        }
        if reached < end { body(reached, end) }
    }
}
