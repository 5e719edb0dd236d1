import EPUCore
import Testing

@testable import epu_analyze

@Suite("Which clusters were misplaced")
struct MisplacedClustersTests {
    @Test("One that meets several others is to blame, whenever it was shot; of two that meet the later one")
    func blame() {
        #expect(MisplacedClusters.explaining([]).isEmpty)
        #expect(MisplacedClusters.explaining([(3, 7)]) == [7])
        #expect(MisplacedClusters.explaining([(3, 1), (3, 5), (3, 9)]) == [3])
        #expect(MisplacedClusters.explaining([(0, 4), (0, 4), (4, 8), (2, 6)]) == [4, 6])
    }

    @Test("Found clusters explain every pair, none of them for nothing, however they meet", arguments: 1...20)
    func covers(seed: UInt64) {
        var random = RandomSource(seed: seed, stream: "misplaced")
        let pairs = (0..<200).map { _ in
            let a = random.index(below: 60)
            return (a, (a + 1 + random.index(below: 59)) % 60)
        }
        let found = MisplacedClusters.explaining(pairs)
        #expect(pairs.allSatisfy { found.contains($0) || found.contains($1) })
        #expect(Set(found).count == found.count)
        // Greedy: each was, when it was chosen, among those with the most pairs left.
        var left = pairs
        for number in found {
            var counts: [Int: Int] = [:]
            for (a, b) in left {
                counts[a, default: 0] += 1
                counts[b, default: 0] += 1
            }
            #expect(counts[number] == counts.values.max())
            #expect(number == counts.filter { $0.value == counts.values.max() }.keys.max())
            left.removeAll { $0 == number || $1 == number }
        }
        #expect(left.isEmpty)
    }
}
