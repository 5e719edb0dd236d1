import EPUCore

/// The mean residuals of the holes of each stop, and how large the errors are that follow from them.
struct StopResiduals {
    private(set) var means: [Mean]
    /// For each visit, whether its hole lies on the lattice.
    private(set) var isOnLattice: [Bool]
    /// The stops that tell how large errors are.
    let used: [Int]
    /// For each stop, the part of the variance of its mean residual that the origin of its patch, a mean of so many, and the
    /// matrix leave.
    let freedom: [Double]
    /// For each stop, the mean residual less the lag of the read-back, um.
    private(set) var rest: [Vector2]
    let sizes: StopErrorSizes

    /// The fewest stops beyond the unknowns that show how large their errors are.
    private static let fewestFree = 3.0

    /// The mean residual of the holes of one stop.
    struct Mean {
        var holes = 0.0
        var sum = Vector2.zero
        /// The number of all holes, on a site or not.
        var all = 0.0
        var sumOfAll = Vector2.zero
        /// The part of the variance of the stop's error that its pair of hole images leaves unknown.
        var unknownPart = 1.0
        var residual: Vector2 { holes > 0 ? 1 / holes * sum : .zero }

        /// The expected variance of a coordinate of the residual, um^2.
        func variance(stop: Double, hole: Double) -> Double { unknownPart * stop * stop + hole * hole / holes }
    }

    /// Finds the errors; nil where too few stops or holes tell the errors of stops from those of holes.
    init?(_ problem: LatticeProblem, _ fit: LatticeFit) {
        let pitch = fit.pitch(problem)
        var means = (0..<problem.stops).map { Mean(unknownPart: problem.unknownPart(ofStop: $0)) }
        var isOnLattice = [Bool](repeating: false, count: problem.stop.count)
        for index in problem.stop.indices {
            let stop = problem.stop[index]
            let residual = fit.residuals[index]
            means[stop].all += 1
            means[stop].sumOfAll = means[stop].sumOfAll + residual
            guard fit.isOnLattice(index, pitch: pitch) else { continue }
            isOnLattice[index] = true
            means[stop].holes += 1
            means[stop].sum = means[stop].sum + residual
        }
        let patches = problem.patchOfStop
        var stopsOfPatch = [Int](repeating: 0, count: problem.patches)
        for stop in means.indices where means[stop].holes > 0 { stopsOfPatch[patches[stop]] += 1 }
        // A stop that is alone in its patch stands where the patch's origin is: it tells nothing, and nothing is told of it.
        let used = means.indices.filter { means[$0].holes > 0 && stopsOfPatch[patches[$0]] > 1 }
        let free = Double(used.count - stopsOfPatch.count { $0 > 1 } - 2)
        guard free >= Self.fewestFree,
            let hole = Self.holeError(problem, fit, means, isOnLattice)
        else { return nil }
        let ofMatrix = 1 - 2 / (free + 2)
        let freedom = means.indices.map { index in
            max(0.1, (1 - 1 / max(1, Double(stopsOfPatch[patches[index]]))) * ofMatrix)
        }
        var rest = means.map(\.residual)
        var stop = Self.stopError(rest, means, used, hole: hole, freedom: freedom)
        var backlash: Vector2?
        let directions = problem.directions
        if let lag = Self.lag(rest, means, used, directions, stop: stop, hole: hole) {
            backlash = -2 * lag
            for index in rest.indices { rest[index] = rest[index] - lag.scaled(by: directions[index]) }
            stop = Self.stopError(rest, means, used, hole: hole, freedom: freedom)
        }
        (self.means, self.isOnLattice, self.used, self.freedom, self.rest) = (means, isOnLattice, used, freedom, rest)
        sizes = StopErrorSizes(hole: hole, stop: stop, backlash: backlash)
    }
}
