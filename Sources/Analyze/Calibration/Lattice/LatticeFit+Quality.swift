import EPUCore

/// How well the fit puts the holes on the lattice.
extension LatticeFit {
    /// The foil's pitch under this matrix, um.
    func pitch(_ problem: LatticeProblem) -> Double {
        (abs((matrix * vectors).determinant) / problem.lattice.kind.cellArea).squareRoot()
    }

    func isOnLattice(_ index: Int, pitch: Double) -> Bool { residuals[index].length < Self.outlier * pitch }

    /// The rms distance of the holes on the lattice from their sites, um.
    func residual(_ problem: LatticeProblem) -> Double {
        let pitch = pitch(problem)
        let squares = residuals.indices.filter { isOnLattice($0, pitch: pitch) }.map { residuals[$0].squaredLength }
        return squares.isEmpty ? 0.41 * pitch : squares.mean.squareRoot()
    }

    /// The rms over stage stops of the mean residual of a stop's holes, in parts of the pitch; the worst tenth is left out. A
    /// wrong matrix makes it greater, as it errs by the same amount for all holes of a stop. A random matrix has 0.4.
    func stopResidual(_ problem: LatticeProblem) -> Double {
        var sums = [Vector2](repeating: .zero, count: problem.stops)
        var counts = [Double](repeating: 0, count: problem.stops)
        for index in problem.stop.indices {
            sums[problem.stop[index]] = sums[problem.stop[index]] + residuals[index]
            counts[problem.stop[index]] += 1
        }
        let squares = zip(sums, counts).compactMap { sum, count in
            count > 0 ? (1 / count * sum).squaredLength : nil
        }.sorted()
        let kept = squares.prefix(squares.count - squares.count / 10)
        guard !kept.isEmpty else { return 0.41 }
        return (kept.reduce(0, +) / Double(kept.count)).squareRoot() / pitch(problem)
    }

    /// The numbers of foil holes, of the sites on which they lie, and of the sites with different holes from different stops.
    func occupancy(_ problem: LatticeProblem) -> (holes: Int, sites: Int, collisions: Int, stopPairs: Int) {
        struct StopPair: Hashable {
            let first: Int
            let second: Int
        }
        let occupants = SiteOccupants(problem, self, problem.stop.indices)
        var isShared = [Bool](repeating: false, count: occupants.first.count)
        var pairs: Set<StopPair> = []
        for (index, site) in occupants.number.enumerated() {
            let first = occupants.first[Int(site)]
            guard problem.hole[index] != problem.hole[first], problem.stop[index] != problem.stop[first] else {
                continue
            }
            isShared[Int(site)] = true
            pairs.insert(StopPair(first: problem.stop[first], second: problem.stop[index]))
        }
        return (problem.holes, occupants.first.count, isShared.count { $0 }, pairs.count)
    }
}
