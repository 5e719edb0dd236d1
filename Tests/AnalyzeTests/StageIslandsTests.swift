import EPUCore
import Testing

@testable import epu_analyze

@Suite("Stops of which nobody knows the grid square")
struct StageIslandsTests {
    /// The stops of a square of 50 um, in rows 12.5 um apart, as AFIS of 5 x 5 holes of 2.5 um makes them.
    private func square(_ corner: Vector2) -> [Vector2] {
        (0..<4).flatMap { row in (0..<4).map { corner + Vector2(12.5 * Double($0), 12.5 * Double(row)) } }
    }

    @Test("Stops of one square are together; those beyond a bar of 31 um, beside it or across the corner, are not")
    func squares() {
        let corners = [Vector2(0, 0), Vector2(68.5, 0), Vector2(68.5, 68.5), Vector2(-800, 900)]
        let stops = corners.flatMap(square)
        #expect(StageIslands(stops).ofStop == (0..<4).flatMap { [Int](repeating: $0, count: 16) })
        // In any order of the stops.
        let mixed = stride(from: 0, to: 64, by: 16).map { $0 }.flatMap { start in (0..<16).map { (start, $0) } }
            .sorted { $0.1 < $1.1 }.map { $0.0 + $0.1 }
        let islands = StageIslands(mixed.map { stops[$0] }).ofStop
        #expect(islands == mixed.map { $0 / 16 })
    }

    @Test("Two sides of a cell apart stops are together, beyond three sides they are not")
    func limits() {
        for shift in [0.0, 3.3, 9.9] {
            func islands(_ distance: Double) -> [Int] {
                StageIslands([Vector2(shift, 5), Vector2(shift + distance, 5)]).ofStop
            }
            #expect(islands(20) == [0, 0])
            #expect(islands(30.1) == [0, 1])
        }
    }

    @Test("Stops of a stage that is out of its mind do no harm")
    func extremes() {
        #expect(StageIslands([]).ofStop.isEmpty)
        #expect(StageIslands([Vector2(1e300, 0), Vector2(-1e300, 0), Vector2(1e300, 1)]).ofStop == [0, 1, 0])
    }
}
