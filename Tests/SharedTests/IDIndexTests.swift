import EPUArchive
import Testing

@Suite("The index of ids")
struct IDIndexTests {
    @Test(
        "Each id has its place, and any other has none, whether ids lie close together or not",
        arguments: [
            [], [7], [5, 6, 9, 7], [-3, 4, 0], [1, 1_000_000, 5], [Int64.min, 0, Int64.max],
            [Int64.max, Int64.max - 1],
        ] as [[Int64]])
    func places(ids: [Int64]) {
        let index = IDIndex(ids.indices) { ids[$0] }
        for (place, id) in ids.enumerated() { #expect(index[id] == place) }
        for other in [Int64.min, -4, 1, 8, 10, 2_000_000, Int64.max] where !ids.contains(other) {
            #expect(index[other] == nil)
        }
    }
}
