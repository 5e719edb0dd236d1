import EPUCore
import Foundation

/// By how much the stage's read-backs and the holes of a session err, and what that says of each stage stop.
///
/// Model of the residual of a hole from its lattice site, um: r = e_s + h, with one error e_s for all holes of stop s, of standard
/// deviation `stop` in x and in y, and an error h for each hole, of standard deviation `hole`. Both follow from the session.
/// A stop of n holes with the mean residual m then has an error of share x m, with share = n s^2 / (n s^2 + h^2), and what is
/// left unknown of it has the variance s^2 (1 - share) (the best linear unbiased prediction, Robinson 1991).
struct StopErrors: Sendable {
    /// um.
    let hole: Double
    /// um; what depends on the direction of the last move left out.
    private(set) var stop: Double
    /// By how much a read-back lags behind the last move, along x and along y, um; nil: the session shows nothing of it.
    private(set) var backlash: Vector2?
    private(set) var stops: [Stop]

    struct Stop: Sendable {
        /// To be taken from the read-backs, um; nil: it is not known what they are off by.
        var correction: Vector2?
        /// Standard deviation in x and in y of what is left unknown, um; nil: no hole tells, or it lies aside.
        var error: Double?
        /// How far its holes miss the lattice, um, where that is farther than the errors of the other stops explain: whether the
        /// stage stopped elsewhere than it says, or the holes were missed, the lattice cannot tell. Nil: no farther.
        var aside: Double?
    }

    /// What less than this is not named, um: no more than stages err by.
    private static let leastAside = 0.1
    /// Fewer stops than this beyond the unknowns do not show how large their errors are.
    private static let fewestFree = 3.0

    /// The part of the mean residual of a stop's holes that is the stop's error.
    /// - Parameter unknownPart: of the variance of the stop's error, the part that no pair of hole images tells.
    func share(holes: Double, unknownPart: Double) -> Double {
        // Holes that are all but exact would leave nothing to the stops' means.
        Self.share(holes: holes, stage: unknownPart * stop * stop, hole: max(hole, 0.005))
    }

    /// The same, and as long as the session's residuals are not known (nil), by what read-backs are expected to err: holes of a stop
    /// that erred together must not turn the matrix as so many independent ones would.
    static func share(_ errors: StopErrors?, holes: Double, _ problem: LatticeProblem, _ stop: Int) -> Double {
        let part = problem.unknownPart(ofStop: stop)
        return errors?.share(holes: holes, unknownPart: part)
            ?? share(holes: holes, stage: part * problem.stageError * problem.stageError, hole: typicalHole)
    }

    /// - Parameters:
    ///   - stage: variance of a read-back's error, um^2.
    ///   - hole: standard deviation of a hole's, um.
    static func share(holes: Double, stage: Double, hole: Double) -> Double {
        let s = holes * stage
        return s > 0 ? s / (s + hole * hole) : 0
    }

    /// Holes about their lattice: 0.034 in the one real session at hand, um.
    static let typicalHole = 0.03

    /// What tells a stop whose holes were missed from one whose read-back errs.
    private struct Evidence {
        /// Two images of its hole, as alike as the stage's usual errors have them.
        let hasPair: Bool
        /// As `LatticeProblem.farPairs` has it, um.
        let farPair: Vector2?
        /// Its holes lie on those of another stop.
        let meetsOthers: Bool
    }

    /// The mean residual of the holes of one stop.
    struct Mean {
        var holes = 0.0
        var sum = Vector2.zero
        /// Of all holes, on a site or not.
        var all = 0.0
        var sumOfAll = Vector2.zero
        /// Of the variance of the stop's error, what its pair of hole images leaves unknown.
        var unknownPart = 1.0
        var residual: Vector2 { holes > 0 ? 1 / holes * sum : .zero }

        /// Expected of a coordinate of the residual, um^2.
        func variance(stop: Double, hole: Double) -> Double { unknownPart * stop * stop + hole * hole / holes }
    }

    /// Nil where too few stops or holes tell errors of one from those of the other.
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

        // Of the variance of a stop's residual what the origin of its patch, a mean of so many, and the matrix leave.
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
        for index in means.indices where isUsed.contains(index) || means[index].holes == 0 {
            let known = (problem.expectedErrors[index] ?? .zero) + means[index].residual - rest[index]
            let evidence = Evidence(
                hasPair: problem.expectedErrors[index] != nil, farPair: problem.farPairs[index],
                meetsOthers: meets[index])
            stops[index] = judged(
                means[index], known: known, rest: rest[index], of: used.count, freedom[index], evidence, pitch: pitch)
        }
    }

    /// Of the stops of a session, the part whose holes were missed, before anything is known of them; and of those whose holes lie
    /// on holes of others, where something went wrong in any case: the centre by whole steps of the lattice, or by less.
    private static let missedShare = (usual: 0.01, meeting: 0.5)

    /// Whether it is likelier that a stop's holes were missed than that its read-back errs by the residual, which then lies anywhere
    /// in a cell of the lattice. A pair of images, before and after the centring move, has been taken from the read-back already:
    /// what it explains is no residual any more, and what was none without it has become one.
    private func seemsMissed(_ rest: Vector2, variance: Double, _ evidence: Evidence, pitch: Double) -> Bool {
        guard evidence.hasPair || evidence.meetsOthers, stop > 0 else { return false }
        let prior = evidence.meetsOthers ? Self.missedShare.meeting : Self.missedShare.usual
        let odds = log(prior / (1 - prior)) + log(2 * .pi * variance) - log(pitch * pitch)
        return odds + rest.squaredLength / (2 * variance) > 0
    }

    /// Of each stop, whether half of its holes or more lie on sites that hold another hole, shot from another stop.
    private static func meetingOthers(_ problem: LatticeProblem, _ fit: LatticeFit, pitch: Double) -> [Bool] {
        struct Place: Hashable {
            let patch: Int
            let site: FoilLattice.Site
        }
        let placed = problem.stop.indices.filter { fit.isOnLattice($0, pitch: pitch) }
        let occupants = Dictionary(grouping: placed) { Place(patch: problem.patch[$0], site: fit.sites[$0]) }
        var (all, met) = ([Int](repeating: 0, count: problem.stops), [Int](repeating: 0, count: problem.stops))
        for members in occupants.values {
            for index in members {
                all[problem.stop[index]] += 1
                let isMet =
                    members.count > 1
                    && members.contains {
                        problem.stop[$0] != problem.stop[index] && problem.hole[$0] != problem.hole[index]
                    }
                if isMet { met[problem.stop[index]] += 1 }
            }
        }
        return zip(all, met).map { $0 > 0 && 2 * $1 >= $0 }
    }

    /// - Parameters:
    ///   - known: of the read-back's error, by its pair of images and by the direction of the last move, um.
    ///   - rest: of the mean residual, what these do not explain, um.
    ///   - freedom: of the variance of such a residual, the part that origin and matrix leave.
    private func judged(
        _ mean: Mean, known: Vector2, rest: Vector2, of count: Int, _ freedom: Double, _ evidence: Evidence,
        pitch: Double
    ) -> Stop {
        guard mean.holes > 0 else {
            let aside = mean.all > 0 ? (1 / mean.all * mean.sumOfAll).length : 0
            return Stop(correction: nil, error: nil, aside: aside > Self.leastAside ? aside : nil)
        }
        let variance = mean.variance(stop: stop, hole: hole)
        let farthest = Self.farthest(of: count) * variance * freedom
        // A read-back that errs as no other one does, and two images of its hole that say the same.
        let errs = evidence.farPair.map { (rest - $0).squaredLength <= farthest } ?? false
        guard
            errs
                || (rest.squaredLength <= farthest
                    && !seemsMissed(rest, variance: variance, evidence, pitch: pitch))
        else {
            let aside = rest.length
            let isNamed = aside > Self.leastAside
            return Stop(
                correction: nil, error: isNamed ? nil : max(stop, aside / 2.0.squareRoot()),
                aside: isNamed ? aside : nil)
        }
        let share = share(holes: mean.holes, unknownPart: mean.unknownPart)
        return Stop(
            correction: known + share * rest, error: (mean.unknownPart * stop * stop * (1 - share)).squareRoot(),
            aside: nil)
    }

    /// Squared distance, in standard deviations of one coordinate, that one of so many stops exceeds by a chance of 5 %: for a
    /// normal distribution in the plane exp(-t^2 / 2) lies beyond t.
    static func farthest(of count: Int) -> Double { 2 * log(20 * Double(max(1, count))) }

    /// From holes about the mean of their stop; those that were hit beside their site by far do not count.
    private static func holeError(_ problem: LatticeProblem, _ fit: LatticeFit, _ means: [Mean], pitch: Double)
        -> Double?
    {
        var squares: [Double] = []
        for index in problem.stop.indices where fit.isOnLattice(index, pitch: pitch) {
            let mean = means[problem.stop[index]]
            guard mean.holes > 1 else { continue }
            squares.append((fit.residuals[index] - mean.residual).squaredLength * mean.holes / (mean.holes - 1))
        }
        guard squares.count >= 6 else { return nil }
        // The median of a squared distance in the plane is 2 ln 2 variances.
        let typical = squares.median / (2 * log(2))
        let kept = squares.filter { $0 <= 16 * typical }
        guard !kept.isEmpty else { return nil }
        // Lattice vectors and origins are fitted to the same holes.
        let unknowns = 4 * Double(problem.isOneLattice ? 1 : problem.patches)
        let freedom = max(0.5, 1 - unknowns / (2 * Double(squares.count)))
        return max((kept.reduce(0, +) / (2 * Double(kept.count) * freedom)).squareRoot(), 1e-6)
    }

    private static func stopError(
        _ rest: [Vector2], _ means: [Mean], _ used: [Int], hole: Double, freedom: [Double]
    ) -> Double {
        /// Of a whole error, by what is left of it.
        func square(_ index: Int) -> Double {
            rest[index].squaredLength / (freedom[index] * means[index].unknownPart)
        }
        func ofHoles(_ index: Int) -> Double { hole * hole / (means[index].holes * means[index].unknownPart) }
        var variance = max(0, used.map(square).median / (2 * log(2)) - used.map(ofHoles).median)
        let limit = farthest(of: used.count)
        for _ in 0..<6 {
            let kept = used.filter { square($0) <= limit * (variance + ofHoles($0)) }
            guard !kept.isEmpty else { break }
            let count = Double(kept.count)
            variance = max(
                0, (kept.reduce(0) { $0 + square($1) / 2 } - kept.reduce(0) { $0 + ofHoles($1) }) / count)
        }
        return variance.squareRoot()
    }
}
