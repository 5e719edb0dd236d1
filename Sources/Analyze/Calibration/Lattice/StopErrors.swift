import EPUCore

/// By how much the stage's read-backs and the holes of a session err, and what that says of each stage stop.
///
/// Model of the residual of a hole from its lattice site, um: r = e_s + h, with one error e_s for all holes of stop s, of standard
/// deviation `stop` in x and in y, and an error h for each hole, of standard deviation `hole`. Both follow from the session.
/// A stop of n holes with the mean residual m then has an error of share x m, with share = n s^2 / (n s^2 + h^2), and what is
/// left unknown of it has the variance s^2 (1 - share) (the best linear unbiased prediction, Robinson 1991).
struct StopErrors: Sendable {
    /// The standard deviation of a hole's error in x and in y, um.
    let hole: Double
    /// The standard deviation of a stop's error in x and in y, um; the part that depends on the direction of the last move is
    /// left out.
    private(set) var stop: Double
    /// By how much a read-back lags behind the last move, along x and along y, um; nil: the session shows no lag.
    private(set) var backlash: Vector2?
    private(set) var stops: [Stop]

    static let leastHole = 0.005

    struct Stop: Sendable {
        /// The vector to be taken from the read-backs, um; nil: their error is not known.
        var correction: Vector2?
        /// The standard deviation in x and in y of what is left unknown, um; nil: no hole tells it, or the stop lies aside.
        var error: Double?
        /// How far its holes miss the lattice, um, where that is farther than the errors of the other stops explain: the lattice
        /// cannot tell whether the stage stopped elsewhere than it says, or the holes were missed. Nil: no farther.
        var aside: Double?
    }

    /// The fewest stops beyond the unknowns that show how large their errors are.
    private static let fewestFree = 3.0

    /// The part of the mean residual of a stop's holes that is the stop's error.
    /// - Parameter unknownPart: the part of the variance of the stop's error that no pair of hole images tells.
    func share(holes: Double, unknownPart: Double) -> Double {
        // Holes that are nearly exact would leave nothing to the stops' means.
        Self.share(holes: holes, stage: unknownPart * stop * stop, hole: max(hole, Self.leastHole))
    }

    /// The part of a stop's mean residual that is the stop's error. As long as the session's residuals are not known (nil), it
    /// rests on the errors that read-backs are expected to have: holes of a stop that erred together must not turn the matrix as
    /// so many independent ones would.
    static func share(_ errors: StopErrors?, holes: Double, _ problem: LatticeProblem, _ stop: Int) -> Double {
        let part = problem.unknownPart(ofStop: stop)
        return errors?.share(holes: holes, unknownPart: part)
            ?? share(holes: holes, stage: part * problem.stageError * problem.stageError, hole: typicalHole)
    }

    /// The part of the mean residual of so many holes that is the stop's error.
    /// - Parameters:
    ///   - stage: the variance of a read-back's error, um^2.
    ///   - hole: the standard deviation of a hole's error, um.
    static func share(holes: Double, stage: Double, hole: Double) -> Double {
        let s = holes * stage
        return s > 0 ? s / (s + hole * hole) : 0
    }

    /// The usual distance of holes from their lattice, um: 0.034 in the one real session at hand.
    static let typicalHole = 0.03

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
        for index in problem.stop.indices {
            let stop = problem.stop[index]
            means[stop].all += 1
            means[stop].sumOfAll = means[stop].sumOfAll + fit.residuals[index]
            guard fit.isOnLattice(index, pitch: pitch) else { continue }
            means[stop].holes += 1
            means[stop].sum = means[stop].sum + fit.residuals[index]
        }
        let patches = Self.patches(problem)
        let stopsOfPatch = means.indices.filter { means[$0].holes > 0 }.reduce(into: [Int: Int]()) {
            $0[patches[$1], default: 0] += 1
        }
        // A stop that is alone in its patch stands where the patch's origin is: it tells nothing, and nothing is told of it.
        let used = means.indices.filter { means[$0].holes > 0 && (stopsOfPatch[patches[$0]] ?? 0) > 1 }
        let free = Double(used.count - Set(used.map { patches[$0] }).count - 2)
        guard free >= Self.fewestFree, let hole = Self.holeError(problem, fit, means, pitch: pitch) else { return nil }
        self.hole = hole
        stop = 0
        stops = means.map { _ in Stop() }

        // This is the part of the variance of a stop's residual that the origin of its patch, a mean of so many, and the matrix
        // leave.
        let ofMatrix = 1 - 2 / (free + 2)
        let freedom = means.indices.map { index in
            let stops = Double(stopsOfPatch[patches[index]] ?? 1)
            return max(0.1, (1 - 1 / max(1, stops)) * ofMatrix)
        }
        let isUsed = Set(used)
        var rest = means.map(\.residual)
        stop = Self.stopError(rest, means, used, hole: hole, freedom: freedom)
        let directions = Self.directions(problem)
        if let lag = lag(rest, means, used, directions) {
            backlash = -2 * lag
            for index in rest.indices { rest[index] = rest[index] - lag.scaled(by: directions[index]) }
            stop = Self.stopError(rest, means, used, hole: hole, freedom: freedom)
        }
        let meets = Self.meetingOthers(problem, fit, pitch: pitch)
        for index in means.indices {
            guard isUsed.contains(index) || means[index].holes == 0 else {
                // Its own pair of images tells of a stop that is alone.
                stops[index] = Stop(pair: problem.expectedErrors[index], stage: stop)
                continue
            }
            let known = (problem.expectedErrors[index] ?? .zero) + means[index].residual - rest[index]
            let evidence = Evidence(
                hasPair: problem.expectedErrors[index] != nil, farPair: problem.farPairs[index],
                meetsOthers: meets[index])
            stops[index] = judged(
                means[index], known: known, rest: rest[index], of: used.count, freedom[index], evidence, pitch: pitch)
        }
    }
}
