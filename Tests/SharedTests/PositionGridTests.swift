import EPUCore
import Testing

@Suite("Positions near a position")
struct PositionGridTests {
    /// What a loop over all points finds.
    private func nearPoints(_ points: [Vector2], within reach: Double, of point: Vector2) -> [Int] {
        guard point.isFinite else { return [] }
        return points.indices.filter { points[$0].isFinite && points[$0].distance(to: point) <= reach }
    }

    private func found(_ grid: PositionGrid, within reach: Double, of point: Vector2) -> [Int] {
        var found: [Int] = []
        var isExact = true
        grid.forEach(within: reach, of: point) { index, distance in
            if distance != grid.points[index].distance(to: point) { isExact = false }
            found.append(index)
        }
        #expect(isExact)
        return found.sorted()
    }

    private func check(_ grid: PositionGrid, within reach: Double, of point: Vector2) {
        let expected = nearPoints(grid.points, within: reach, of: point)
        #expect(found(grid, within: reach, of: point) == expected)
        let nearest = expected.min { grid.points[$0].distance(to: point) < grid.points[$1].distance(to: point) }
        let answer = grid.nearest(within: reach, of: point)
        #expect(answer?.index == nearest)
        #expect(answer?.distance == nearest.map { grid.points[$0].distance(to: point) })
    }

    @Test(
        "The same exposures are found as when all of them are looked at, wherever the grid's origin is",
        arguments: [
            Vector2.zero, Vector2(-812.25, 455.5), Vector2(1e6, -1e6), Vector2(3e15, 0), Vector2(-0x1p52, 0x1p52),
            Vector2(1e300, -1e300),
        ])
    func everywhere(origin: Vector2) {
        var random = RandomSource(seed: 1, stream: "grid")
        var grid = PositionGrid(reach: 0.5)
        for _ in 0..<1500 { grid.append(origin + Vector2(random.uniform(-12, 12), random.uniform(-12, 12))) }
        for reach in [0, 0.01, 0.5, 0.9, 3, 7, 100] {
            for _ in 0..<20 {
                check(grid, within: reach, of: origin + Vector2(random.uniform(-14, 14), random.uniform(-14, 14)))
                check(grid, within: reach, of: grid.points[random.index(below: grid.points.count)])
            }
        }
    }

    @Test("Exposures on a lattice are found where the distance is the reach to the last digit")
    func edges() {
        for pitch in [0.1, 0.3, 1.0, 1.7] {
            var grid = PositionGrid(reach: pitch)
            for index in 0..<900 {
                grid.append(Vector2(pitch * Double(index % 30 - 15), pitch * Double(index / 30 - 15)))
            }
            for index in stride(from: 0, to: 900, by: 7) {
                for reach in [pitch, 2 * pitch, 3 * pitch] { check(grid, within: reach, of: grid.points[index]) }
            }
        }
    }

    @Test("Exposures that are taken back are not found, and those that take their places are")
    func removal() {
        var random = RandomSource(seed: 2, stream: "grid")
        var grid = PositionGrid(reach: 0.5)
        var points: [Vector2] = []
        for round in 0..<300 {
            for _ in 0..<random.index(below: 40) {
                // Once more in some places, so that cells are emptied and filled again.
                let point = Vector2(random.uniform(-4, 4), random.uniform(-4, 4)) + Vector2(Double(round % 3 * 100), 0)
                points.append(point)
                grid.append(point)
            }
            if round % 4 == 3 {
                points.removeLast(random.index(below: points.count / 4))
                grid.removeLast(downTo: points.count)
            }
            #expect(grid.points == points)
            for place in 0..<3 {
                let point = Vector2(Double(place * 100) + random.uniform(-4, 4), random.uniform(-4, 4))
                check(grid, within: random.uniform(0, 2), of: point)
            }
        }
        #expect(points.count > 100)
        grid.removeLast(downTo: 10_000)
        #expect(grid.points == points)
        grid.removeLast(downTo: -1)
        #expect(grid.points.isEmpty)
        check(grid, within: 100, of: .zero)
        grid.append(.zero)
        check(grid, within: 100, of: .zero)
    }

    @Test("Cells that were emptied do not fill the table: a grid can be used again and again")
    func reuse() {
        var grid = PositionGrid(reach: 0.5)
        for round in 0..<2000 {
            for index in 0..<10 { grid.append(Vector2(Double(round * 10 + index) * 3, 0)) }
            check(grid, within: 4, of: grid.points[5])
            grid.removeLast(downTo: 0)
        }
        for reach in [0.5, 3, 0.1, .nan, 1] {
            grid.removeAll(reach: reach)
            check(grid, within: 1e9, of: .zero)
            for index in 0..<2000 { grid.append(0.3 * Vector2(Double(index % 50), Double(index / 50))) }
            for index in stride(from: 0, to: 2000, by: 101) { check(grid, within: 1, of: grid.points[index]) }
        }
        grid.removeAll(reach: 1)
        #expect(grid.nearest(within: 1e9, of: .zero) == nil)
    }

    @Test("Of exposures equally near the first is the nearest")
    func ties() throws {
        var grid = PositionGrid(reach: 1)
        let around = [Vector2(5, 5), Vector2(0, -1), Vector2(1, 0), Vector2(-1, 0), Vector2(0, 1), Vector2(1, 0)]
        for point in around { grid.append(point) }
        for _ in 0..<50 { grid.append(Vector2(20, 20)) }
        let nearest = try #require(grid.nearest(within: 1, of: .zero))
        #expect(nearest == (1, 1))
        #expect(try #require(grid.nearest(within: 1, of: Vector2(0.5, 0))) == (2, 0.5))
        #expect(grid.nearest(within: 0.9, of: .zero) == nil)
        #expect(try #require(grid.nearest(within: 0, of: Vector2(5, 5))) == (0, 0))
    }

    @Test("A position that is not finite keeps its number, and neither it nor a reach that is no number finds anything")
    func hostile() {
        let numbers = [0, 1, -1, 1e-300, 1e17, -1e17, 1e300, -1e300, .infinity, -.infinity, .nan]
        for cell in numbers {
            var grid = PositionGrid(reach: cell)
            for x in numbers {
                for y in numbers { grid.append(Vector2(x, y)) }
            }
            for _ in 0..<300 { grid.append(Vector2(0.5, 0.5)) }
            #expect(grid.points.count == 421)
            for x in numbers {
                for reach in [0, 1, 2.5, 1e17, 1e300, -1, .infinity, .nan] {
                    check(grid, within: reach, of: Vector2(x, 1))
                    check(grid, within: reach, of: Vector2(1, x))
                }
            }
            grid.removeLast(downTo: 60)
            check(grid, within: 1, of: .zero)
        }
    }
}
