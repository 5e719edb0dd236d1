import EPUCore
import Testing

@Suite("The median")
struct MedianTests {
    private func expected(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    @Test("The middle value of a sorted list, or the mean of both, for lists of any length and with equal values")
    func sorted() {
        #expect([Double]().median == 0)
        var random = RandomSource(seed: 1, stream: "median")
        for count in 1...200 {
            let values = (0..<count).map { _ in random.uniform(-5, 5) }
            let rough = values.map { $0.rounded() }
            #expect(values.median == expected(values))
            #expect(rough.median == expected(rough))
            let ascending = values.sorted()
            #expect(ascending.median == expected(values))
            #expect([Double](ascending.reversed()).median == expected(values))
        }
    }

    @Test("A list whose pivots are bad gives the same: organ pipes, equal values, infinite ones")
    func hard() {
        let pipes = (0..<1000).map { (index: Int) -> Double in Double(min(index, 999 - index)) }
        #expect(pipes.median == expected(pipes))
        #expect([Double](repeating: 3, count: 501).median == 3)
        let infinite = (0..<40).map { (index: Int) -> Double in index % 3 == 0 ? .infinity : Double(index) }
        #expect(infinite.median == expected(infinite))
        // Small values alternate with great ones.
        let alternating = (0..<2000).map { (index: Int) -> Double in
            index % 2 == 0 ? Double(index / 2) : Double(1000 + index)
        }
        #expect(alternating.median == expected(alternating))
    }

    @Test("What is not a number, and the sign of zero, are as the sort leaves them")
    func unordered() {
        let zeros = (0..<41).map { (index: Int) -> Double in index % 2 == 0 ? 0.0 : -0.0 }
        #expect(zeros.median.sign == expected(zeros).sign)
        let unknown = (0..<41).map { (index: Int) -> Double in index == 7 ? .nan : Double(index) }
        #expect(unknown.median.bitPattern == expected(unknown).bitPattern)
    }
}
