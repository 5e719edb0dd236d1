/// How a quantity is spread over exposures, in its own unit.
public struct Distribution: Encodable, Equatable, Sendable {
    /// The number of values.
    public let count: Int
    public let median: Double
    public let percentile95: Double
    public let greatest: Double

    /// Finds the distribution of values; nil where there is none. O(n log n).
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        count = sorted.count
        median = Self.quantile(0.5, of: sorted)
        percentile95 = Self.quantile(0.95, of: sorted)
        greatest = sorted[sorted.count - 1]
    }

    /// A distribution that was found before; nil where there was none.
    init?(count: Int, median: Double?, percentile95: Double?, greatest: Double?) {
        guard count > 0, let median, let percentile95, let greatest else { return nil }
        (self.count, self.median, self.percentile95, self.greatest) = (count, median, percentile95, greatest)
    }

    /// The quantile, between two values in proportion, as NumPy and pandas have it (Hyndman and Fan 1996, definition 7).
    /// - Parameter sorted: The values, ascending and not empty.
    private static func quantile(_ part: Double, of sorted: [Double]) -> Double {
        let place = part * Double(sorted.count - 1)
        let lower = Int(place)
        let upper = min(lower + 1, sorted.count - 1)
        return sorted[lower] + (place - Double(lower)) * (sorted[upper] - sorted[lower])
    }
}
