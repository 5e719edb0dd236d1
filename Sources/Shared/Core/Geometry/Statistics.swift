extension [Double] {
    /// The middle value, or the mean of the two in the middle; 0 where there is none. O(n).
    public var median: Double {
        let middle = count / 2
        // What has no order (not a number), or two zeros in one order, is left to the sort.
        guard count > 16, allSatisfy({ $0 == $0 }) else { return sorted().middle }
        var values = self
        let upper = values.select(middle)
        let median = count % 2 == 1 ? upper : ((values[..<middle].max() ?? upper) + upper) / 2
        return median == 0 ? sorted().middle : median
    }

    /// The median of an ascending list.
    private var middle: Double {
        guard !isEmpty else { return 0 }
        let middle = count / 2
        return count % 2 == 1 ? self[middle] : (self[middle - 1] + self[middle]) / 2
    }

    /// Moves the value that a sorted list would have at a place to this place, no greater ones before it and no smaller ones
    /// behind it (Hoare 1961). Where the pivots are bad time and again, the rest is sorted.
    private mutating func select(_ place: Int) -> Double {
        var (low, high) = (0, count - 1)
        var tries = 64
        while low < high {
            tries -= 1
            guard tries > 0 else {
                self[low...high].sort()
                break
            }
            let (a, b, c) = (self[low], self[(low + high) / 2], self[high])
            let pivot = Swift.max(Swift.min(a, b), Swift.min(Swift.max(a, b), c))
            var (left, right) = (low, high)
            while left <= right {
                while self[left] < pivot { left += 1 }
                while pivot < self[right] { right -= 1 }
                guard left <= right else { break }
                swapAt(left, right)
                left += 1
                right -= 1
            }
            if place <= right { high = right } else if place >= left { low = left } else { break }
        }
        return self[place]
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
