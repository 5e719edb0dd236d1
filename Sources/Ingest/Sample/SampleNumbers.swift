/// Other numbers in place of EPU's own, which are all of one row: squares, holes, areas, settings and exposures.
///
/// Their order stays, and so do steps of less than `longestStep`: EPU numbers the holes of a square along a spiral, of which the
/// calibration makes use (`SpiralSeed`). Longer steps become as long as this one. The first number and with it all digits are
/// others, and all have the same number of digits, so that names have the order of their numbers.
struct SampleNumbers: Sendable {
    /// The calibration looks no more than 1000 numbers before and behind a hole.
    private static let longestStep: Int64 = 2048
    private let old: [Int64]
    private let new: [Int64]

    var count: Int { old.count }

    /// - Parameter numbers: All numbers above 0: others are no ids, but EPU's word for "none".
    init(_ numbers: Set<Int64>) {
        old = numbers.sorted()
        var places: [Int64] = []
        var place: Int64 = 0
        for (index, number) in old.enumerated() {
            if index > 0 { place += min(number - old[index - 1], Self.longestStep) }
            places.append(place)
        }
        var first: Int64 = 10_000
        while first <= place { first *= 10 }
        new = places.map { $0 + first }
    }

    /// The greatest number that may stay as it is, where it is no id: the rank of a hole in its cluster has no more than three
    /// digits.
    static let greatestRank: Int64 = 1000

    /// The number in place of another; one that is no id stays if it is small.
    subscript(_ number: Int64) -> Int64 {
        var low = 0
        var high = old.count
        while low < high {
            let middle = (low + high) / 2
            if old[middle] < number { low = middle + 1 } else { high = middle }
        }
        if low < old.count, old[low] == number { return new[low] }
        return number <= Self.greatestRank ? number : 0
    }
}
