extension [Double] {
    /// The middle value, or the mean of the two in the middle; 0 where there is none. O(n log n).
    public var median: Double {
        let sorted = self.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The mean; 0 where there is no value.
    public var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }

    /// How many values of an ascending list are no greater than a limit. O(log n).
    public func count(upTo limit: Double) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] <= limit { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension [Vector2] {
    /// The mean; zero where there is no vector.
    public var mean: Vector2 { isEmpty ? .zero : 1 / Double(count) * reduce(.zero, +) }
}
