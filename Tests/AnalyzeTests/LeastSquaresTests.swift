import EPUCore
import Testing

@testable import epu_analyze

@Suite("Least squares")
struct LeastSquaresTests {
    private static let pairs: [(from: Vector2, to: Vector2, weight: Double)] = [
        (Vector2(1, 2), Vector2(25.1, 3.2), 1), (Vector2(3, -1), Vector2(60.4, 41), 2),
        (Vector2(-2, 0.5), Vector2(-42, -30.3), 0.5), (Vector2(0.3, 4), Vector2(50, -71), 1),
        (Vector2(-1.5, -2.5), Vector2(-70.5, 30.1), 3),
    ]

    @Test("A matrix from pairs of vectors, with and without weights, as NumPy has it")
    func linearFit() throws {
        var (plain, weighted) = (LinearFit(), LinearFit())
        for pair in Self.pairs {
            plain.add(pair.from, to: pair.to)
            weighted.add(pair.from, to: pair.to, weight: pair.weight)
        }
        func expect(_ fit: LinearFit, _ elements: [Double], rowVariance: Double) throws {
            for (found, expected) in zip(try #require(fit.matrix).elements, elements) {
                #expect(abs(found - expected) < 1e-9)
            }
            #expect(abs(try #require(fit.rowVariance) - rowVariance) < 1e-9)
        }
        try expect(
            plain, [23.342870434985, 10.043219353338, 10.248951826573, -15.972160286851], rowVariance: 0.099489955123)
        try expect(
            weighted, [24.180072016246, 11.141735228645, 9.05428433856, -16.266827167989], rowVariance: 0.063935352859)
    }

    @Test("A similarity between stage and lattices of several patches: found, and scattered as its variance says")
    func similarity() throws {
        let w = Vector2(0.97, 0.04)
        let lattices = [Matrix2(2.5, 0.1, -0.1, 2.5), Matrix2(2.4, 0.3, -0.25, 2.45)]
        let hole = 0.03
        var random = RandomSource(seed: 4, stream: "similarity")
        var (squares, expected, mean) = (0.0, 0.0, Vector2.zero)
        let runs = 200
        for _ in 0..<runs {
            var patches = [LatticeSums(), LatticeSums()]
            for (patch, vectors) in lattices.enumerated() {
                for stop in [Vector2(0, 0), Vector2(12, 1), Vector2(-3, 11)] {
                    // Its holes lie about it, at places that the lattice gives.
                    for i in -1...1 {
                        for j in -1...1 {
                            let ofStage = vectors.inverse.map { $0 * (Matrix2(w.x, -w.y, w.y, w.x) * stop) } ?? .zero
                            let site = Vector2(ofStage.x.rounded() + Double(i), ofStage.y.rounded() + Double(j))
                            let noise = hole * Vector2(random.plainNormal(), random.plainNormal())
                            let place = vectors * site + Vector2(3, -2) + noise
                            let stage = Vector2(w.x * stop.x - w.y * stop.y, w.y * stop.x + w.x * stop.y)
                            patches[patch].add(site: site, stage: stop, beamShift: place - stage)
                        }
                    }
                }
            }
            let found = try #require(LatticeSums.similarity(patches, likeness: 1e-12))
            mean = mean + 1 / Double(runs) * found.inverse
            squares += (found.inverse - w).squaredLength / 2 / Double(runs)
            expected = found.variance * hole * hole
        }
        #expect(mean.distance(to: w) < 4 * (expected / Double(runs)).squareRoot())
        // Of 200 squares of two parts each the mean scatters by 7 %.
        #expect(abs(squares / expected - 1) < 0.25)
    }

    @Test("Vectors on one line determine no matrix; knowledge that it is 0 makes it solvable, and draws it to 0")
    func heldAtZero() throws {
        var fit = LinearFit()
        fit.add(Vector2(1, 0), to: Vector2(6, 3))
        fit.add(Vector2(-1, 0), to: Vector2(-6, -3))
        #expect(fit.matrix == nil)
        #expect(fit.rowVariance == nil)
        fit.holdAtZero(weight: 1)
        // 2 x 6 / (2 + 1).
        let matrix = try #require(fit.matrix)
        for (found, expected) in zip(matrix.elements, [4.0, 0, 2, 0]) { #expect(abs(found - expected) < 1e-12) }
    }

    @Test("A symmetric system: Hilbert's, whose inverse is of integers, and one that NumPy solved")
    func symmetricSystem() throws {
        let rows = (1...3).map { row in (0..<3).map { 1 / Double(row + $0) } }
        let hilbert = try #require(SymmetricSystem(rows))
        for (found, expected) in zip(hilbert.variances, [9.0, 192, 180]) { #expect(abs(found - expected) < 1e-9) }
        for (found, expected) in zip(hilbert.solution([1, 0, 0]), [9.0, -36, 30]) {
            #expect(abs(found - expected) < 1e-9)
        }
        let matrix: [[Double]] = [[4, 1, 0.5, -1], [1, 3, 0.2, 0.7], [0.5, 0.2, 2, 0.1], [-1, 0.7, 0.1, 5]]
        let system = try #require(SymmetricSystem(matrix))
        for (found, expected) in zip(
            system.solution([1, -2, 3, 0.5]), [0.372266006435, -0.954943465895, 1.488509089745, 0.278375104717])
        {
            #expect(abs(found - expected) < 1e-12)
        }
        for (found, expected) in zip(system.variances, [0.307541260025, 0.390696284597, 0.51907859281, 0.227203602815])
        { #expect(abs(found - expected) < 1e-12) }
    }

    @Test("A system that is singular, or not positive, is refused")
    func singular() {
        #expect(SymmetricSystem([[1, 2], [2, 4]]) == nil)
        #expect(SymmetricSystem([[1, 2], [2, 1]]) == nil)
        #expect(SymmetricSystem([[0]]) == nil)
        #expect(SymmetricSystem([[1, 0], [0, .nan]]) == nil)
    }
}

@Suite("The lattice's least squares by sums")
struct LatticeSumsTests {
    private static let vectors = Matrix2(0.1002, -0.0241, 0.0205, 0.1029)
    private static let inverse = Matrix2(0.0367, 0.0188, 0.0183, -0.0368)
    private static let origins = [Vector2(0.013, -0.02), Vector2(-0.031, 0.017)]
    /// So loose that it does nothing.
    private static let loose = LatticeSums.Anchor(
        vectors: Matrix2(scale: 0), inverse: Matrix2(scale: 0), vectorDeviation: 1e6, inverseDeviation: 1e6)

    private func shift(_ site: Vector2, _ stage: Vector2, _ patch: Int) -> Vector2 {
        Self.vectors * site - Self.inverse * stage + Self.origins[patch]
    }

    /// The holes of some stops: sites, stage, patch.
    private func holes() -> [(site: Vector2, stage: Vector2, patch: Int)] {
        var random = RandomSource(seed: 5, stream: "sums")
        return (0..<60).map { index in
            (
                Vector2(Double(random.index(below: 21)) - 10, Double(random.index(below: 21)) - 10),
                Vector2(random.uniform(-20, 20), random.uniform(-20, 20)), index % 2
            )
        }
    }

    @Test("Exact beam shifts give back the lattice, the matrix and each patch's origin")
    func exact() throws {
        var sums = [LatticeSums(), LatticeSums()]
        for (site, stage, patch) in holes() {
            sums[patch].add(site: site, stage: stage, beamShift: shift(site, stage, patch))
        }
        let solution = try #require(LatticeSums.solve(sums, anchor: Self.loose))
        #expect((solution.vectors - Self.vectors).squaredElements.squareRoot() < 1e-10)
        #expect((solution.inverse - Self.inverse).squaredElements.squareRoot() < 1e-10)
        for (sum, origin) in zip(sums, Self.origins) {
            #expect(sum.origin(solution, vectors: solution.vectors).distance(to: origin) < 1e-10)
        }
    }

    @Test("Sums with a weight are those of so many copies")
    func weights() throws {
        var (weighted, copied, stop) = (LatticeSums(), LatticeSums(), LatticeSums())
        for (index, (site, stage, patch)) in holes().enumerated() where patch == 0 {
            // Not exact, so that weights matter.
            let shift = shift(site, stage, 0) + Vector2(0.001 * Double(index % 7), -0.002 * Double(index % 3))
            stop.add(site: site, stage: stage, beamShift: shift)
            weighted.add(site: site, stage: stage, beamShift: -shift)
            copied.add(site: site, stage: stage, beamShift: -shift)
        }
        weighted.add(stop, times: 3)
        for _ in 0..<3 { copied.add(stop, times: 1) }
        let solutions = try [weighted, copied].map { try #require(LatticeSums.solve([$0], anchor: Self.loose)) }
        #expect((solutions[0].inverse - solutions[1].inverse).squaredElements.squareRoot() < 1e-12)
        #expect((solutions[0].vectors - solutions[1].vectors).squaredElements.squareRoot() < 1e-12)
        #expect(solutions[0].inverseVariance.x == solutions[1].inverseVariance.x)
    }

    @Test("In a design of independent columns a column's variance is one over its sum of squares")
    func variance() throws {
        var sums = LatticeSums()
        for i in [-1.0, 1] {
            for j in [-1.0, 1] {
                for x in [-10.0, 10] {
                    for y in [-4.0, 4] {
                        let (site, stage) = (Vector2(i, j), Vector2(x, y))
                        sums.add(site: site, stage: stage, beamShift: shift(site, stage, 0))
                    }
                }
            }
        }
        let solution = try #require(LatticeSums.solve([sums], anchor: Self.loose))
        #expect(abs(solution.inverseVariance.x - 1.0 / 1600) < 1e-9)
        #expect(abs(solution.inverseVariance.y - 1.0 / 256) < 1e-9)
    }

    @Test("Where nothing was measured the anchor stands; where little was, the mean of both by their weights")
    func anchor() throws {
        let anchor = LatticeSums.Anchor(
            vectors: Self.vectors, inverse: Self.inverse, vectorDeviation: 0.01, inverseDeviation: 0.002)
        let nothing = try #require(LatticeSums.solve([], anchor: anchor))
        #expect((nothing.vectors - Self.vectors).squaredElements.squareRoot() < 1e-12)
        #expect((nothing.inverse - Self.inverse).squaredElements.squareRoot() < 1e-12)

        // Two holes of site 0, whose stage differs along x only: they measure W's first column alone.
        let measured = Vector2(0.05, 0.03)
        var sums = LatticeSums()
        for x in [-3.0, 3] { sums.add(site: .zero, stage: Vector2(x, 0), beamShift: -x * measured) }
        let solution = try #require(LatticeSums.solve([sums], anchor: anchor))
        let weight = (LatticeSums.Anchor.holeDeviation / 0.002) * (LatticeSums.Anchor.holeDeviation / 0.002)
        let expected = 1 / (18 + weight) * (18 * measured + weight * Self.inverse.firstColumn)
        #expect(solution.inverse.firstColumn.distance(to: expected) < 1e-12)
        #expect(solution.inverse.secondColumn.distance(to: Self.inverse.secondColumn) < 1e-12)
    }
}
