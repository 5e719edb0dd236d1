import EPUCore
import Foundation

/// Matrices that might put all stage stops on one lattice, found without any guess.
///
/// With L = M G the stage lattice, stop s lies at place L^-1 S + u modulo 1 with u = G^-1 x its phase in beam shift. So each
/// row r of L^-1 is a spatial frequency at which exp 2 pi i (r S + u) adds up over the stops: a periodogram. Pairs of its
/// peaks that make a nearly conformal matrix are the candidates.
struct LatticeSearch {
    /// The scales to look at, um per unit.
    let scales: ClosedRange<Double>

    /// The greatest ratio of singular values that a microscope has.
    static let greatestRatio = 1.12
    /// The most peaks of a lattice row, the most seeds, and the most frequencies that are looked at.
    private static let mostPeaks = 60
    private static let mostSeeds = 40
    private static let mostFrequencies = 150_000.0

    /// The matrices that were found, the best first.
    func seeds(_ problem: LatticeProblem) -> [Matrix2] {
        // Where squares are turned, their stops are turned back first: which way depends on whether the matrix mirrors.
        let found =
            problem.isOneLattice
            ? seeds(problem, mirrored: nil) : [true, false].flatMap { seeds(problem, mirrored: $0) }
        return found.sorted { $0.score > $1.score }.prefix(Self.mostSeeds).map(\.matrix)
    }

    private func seeds(_ problem: LatticeProblem, mirrored: Bool?) -> [(matrix: Matrix2, score: Double)] {
        guard let toSites = problem.lattice.vectors.inverse else { return [] }
        let stops = phases(problem, mirrored: mirrored)
        guard stops.count > 3 else { return [] }
        let rows = [Vector2(toSites.m11, toSites.m12), Vector2(toSites.m21, toSites.m22)]
        let room = Self.greatestRatio.squareRoot()
        let longest = (rows.map(\.length).max() ?? 0) / scales.lowerBound * room
        let shortest = (rows.map(\.length).min() ?? 0) / scales.upperBound / room
        // The grid has four steps to the width of a peak, which the greatest distance within a patch gives.
        let extent = max(1, 2 * (problem.reach.max() ?? 1))
        let step = max(1 / (4 * extent), (.pi * longest * longest / Self.mostFrequencies).squareRoot())
        let grid = Periodogram(stops, patches: problem.patches, longest: longest, step: step)
        let peaks = [0, 1].map { row in
            let range = rows[row].length / scales.upperBound / room...rows[row].length / scales.lowerBound * room
            return grid.peaks(row: row, lengths: max(shortest, range.lowerBound)...range.upperBound, Self.mostPeaks)
        }
        var found: [(matrix: Matrix2, score: Double)] = []
        for first in peaks[0] {
            for second in peaks[1] {
                let toLattice = Matrix2(
                    first.frequency.x, first.frequency.y, second.frequency.x, second.frequency.y)
                guard let lattice = toLattice.inverse else { continue }
                let matrix = lattice * toSites
                guard matrix.singularRatio < Self.greatestRatio, scales.contains(matrix.scale),
                    mirrored.map({ matrix.isMirrored == $0 }) ?? true
                else { continue }
                found.append((matrix, first.height + second.height))
            }
        }
        return found
    }

    /// For each stop of a patch that has more than one: its patch, its stage position, its phases.
    private func phases(_ problem: LatticeProblem, mirrored: Bool?) -> [Periodogram.Stop] {
        struct Key: Hashable {
            let stop: Int
            let patch: Int
        }
        let toSites = problem.patchLattices.vectors.map(\.inverse)
        let flattening = problem.patchLattices.vectors.map { vectors in
            mirrored.map { Self.flattening(vectors, problem.lattice.vectors, mirrored: $0) } ?? .identity
        }
        var sums: [Key: (phase: SIMD4<Double>, stage: Vector2)] = [:]
        for index in problem.stop.indices {
            let patch = problem.patch[index]
            guard let toSites = toSites[patch] else { continue }
            let place = toSites * problem.beamShift[index]
            let (i, j) = (2 * .pi * place.x, 2 * .pi * place.y)
            let key = Key(stop: problem.stop[index], patch: patch)
            sums[key, default: (.zero, flattening[patch] * problem.stage[index])].phase += SIMD4(
                cos(i), sin(i), cos(j), sin(j))
        }
        let stopsOfPatch = Dictionary(grouping: sums.keys) { $0.patch }
        return sums.sorted { ($0.key.patch, $0.key.stop) < ($1.key.patch, $1.key.stop) }
            .filter { (stopsOfPatch[$0.key.patch]?.count ?? 0) > 1 }
            .map { key, value in
                let phase = value.phase
                return Periodogram.Stop(
                    patch: key.patch, stage: value.stage,
                    phases: (atan2(phase[1], phase[0]), atan2(phase[3], phase[2])))
            }
    }

    /// The matrix that takes the stage in a square whose foil is turned and stretched to that of a square with the session's
    /// lattice. The turn is seen in beam shift; a matrix that mirrors makes it one to the other side on the stage.
    private static func flattening(_ own: Matrix2, _ session: Matrix2, mirrored: Bool) -> Matrix2 {
        guard let inverse = own.inverse else { return .identity }
        let change = session * inverse
        return Matrix2(
            scale: change.scale, angleDegrees: mirrored ? -change.angleDegrees : change.angleDegrees, isMirrored: false)
    }
}
