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
    func share(holes: Double) -> Double {
        // Holes that are all but exact would leave nothing to the stops' means.
        let (s, h) = (holes * stop * stop, max(hole, 0.005) * max(hole, 0.005))
        return s > 0 ? s / (s + h) : 0
    }

    /// The same as long as the session's residuals are not known: holes of a stop that erred together must not turn the matrix as so
    /// many independent ones would.
    /// - Parameter stage: what read-backs are expected to err by, um.
    static func expectedShare(holes: Double, stage: Double) -> Double {
        let s = holes * stage * stage
        return s / (s + typicalHole * typicalHole)
    }

    /// Holes about their lattice: 0.034 in the one real session at hand, um.
    private static let typicalHole = 0.03

    /// The mean residual of the holes of one stop.
    private struct Mean {
        var holes = 0.0
        var sum = Vector2.zero
        /// Of all holes, on a site or not.
        var all = 0.0
        var sumOfAll = Vector2.zero
        var residual: Vector2 { holes > 0 ? 1 / holes * sum : .zero }
    }

    /// Nil where too few stops or holes tell errors of one from those of the other.
    init?(_ problem: LatticeProblem, _ fit: LatticeFit) {
        let pitch = fit.pitch(problem)
        var means = [Mean](repeating: Mean(), count: problem.stops)
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
            let lag = means[index].residual - rest[index]
            let isMissed = seemsMissed(
                rest[index], means[index], problem.pairs[index], meetsOthers: meets[index], pitch: pitch)
            stops[index] = judged(means[index], lag: lag, rest: rest[index], isMissed, of: used.count, freedom[index])
        }
    }

    /// Of the stops of a session, the part whose holes were missed, before anything is known of them; and of those whose holes lie
    /// on holes of others, where something went wrong in any case: the centre by whole steps of the lattice, or by less.
    private static let missedShare = (usual: 0.01, meeting: 0.5)

    /// Whether it is likelier that a stop's holes were missed than that its read-back errs by the residual m, which then lies anywhere
    /// in a cell of the lattice. Two images of its hole, before and after the centring move, tell more: if the read-back errs, their
    /// difference d is m less the error of the first one; else d is the difference of two errors that have nothing to do with m.
    private func seemsMissed(
        _ rest: Vector2, _ mean: Mean, _ pair: Vector2?, meetsOthers: Bool, pitch: Double
    ) -> Bool {
        guard pair != nil || meetsOthers, stop > 0, mean.holes > 0 else { return false }
        let share = share(holes: mean.holes)
        let (s, variance) = (stop * stop, stop * stop + hole * hole / mean.holes)
        let prior = meetsOthers ? Self.missedShare.meeting : Self.missedShare.usual
        var odds = log(prior / (1 - prior)) + log(2 * .pi * variance) - log(pitch * pitch)
        odds += rest.squaredLength / (2 * variance)
        if let pair {
            odds += log((2 - share) / 2) + (pair - share * rest).squaredLength / (2 * s * (2 - share))
            odds -= pair.squaredLength / (4 * s)
        }
        return odds > 0
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

    private func judged(
        _ mean: Mean, lag: Vector2, rest: Vector2, _ isMissed: Bool, of count: Int, _ freedom: Double
    ) -> Stop {
        guard mean.holes > 0 else {
            let aside = mean.all > 0 ? (1 / mean.all * mean.sumOfAll).length : 0
            return Stop(correction: nil, error: nil, aside: aside > Self.leastAside ? aside : nil)
        }
        let variance = stop * stop + hole * hole / mean.holes
        guard !isMissed, rest.squaredLength <= Self.farthest(of: count) * variance * freedom else {
            let aside = rest.length
            let isNamed = aside > Self.leastAside
            return Stop(
                correction: nil, error: isNamed ? nil : max(stop, aside / 2.0.squareRoot()),
                aside: isNamed ? aside : nil)
        }
        let share = share(holes: mean.holes)
        return Stop(correction: lag + share * rest, error: (stop * stop * (1 - share)).squareRoot(), aside: nil)
    }

    /// Squared distance, in standard deviations of one coordinate, that one of so many stops exceeds by a chance of 5 %: for a
    /// normal distribution in the plane exp(-t^2 / 2) lies beyond t.
    private static func farthest(of count: Int) -> Double { 2 * log(20 * Double(max(1, count))) }

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
        let typical = used.map { rest[$0].squaredLength / freedom[$0] }.median / (2 * log(2))
        var variance = max(0, typical - hole * hole * used.map { 1 / means[$0].holes }.median)
        for _ in 0..<6 {
            let limit = farthest(of: used.count)
            let kept = used.filter { index in
                let expected = (variance + hole * hole / means[index].holes) * freedom[index]
                return rest[index].squaredLength <= limit * expected
            }
            guard !kept.isEmpty else { break }
            let count = Double(kept.count)
            let seen = kept.reduce(0) { $0 + rest[$1].squaredLength / freedom[$1] } / (2 * count)
            variance = max(0, seen - kept.reduce(0) { $0 + hole * hole / means[$1].holes } / count)
        }
        return variance.squareRoot()
    }

    // MARK: - Backlash

    /// A lag of less than this many standard errors is chance.
    private static let significance = 4.0
    private static let fewestMoves = 12

    /// Of each stop; one of two templates has two, of which the last is taken.
    private static func patches(_ problem: LatticeProblem) -> [Int] {
        var patches = [Int](repeating: 0, count: problem.stops)
        for group in problem.groups { patches[group.stop] = group.patch }
        return patches
    }

    /// The sign of the last move to each stop, along x and along y, less what goes with the place in the square: a constant and a
    /// linear part, which origin and matrix have taken up (partial regression, Frisch and Waugh 1933).
    private static func directions(_ problem: LatticeProblem) -> [Vector2] {
        var places = [Vector2](repeating: .zero, count: problem.stops)
        let patches = patches(problem)
        for group in problem.groups {
            guard let first = group.visits.first else { continue }
            places[group.stop] = problem.middle[group.patch] + problem.stage[first]
        }
        func sign(_ way: Double) -> Double { abs(way) < Visits.stopTolerance ? 0 : way < 0 ? -1 : 1 }
        let signs = places.indices.map { index -> Vector2 in
            guard index > 0 else { return .zero }
            let way = places[index] - places[index - 1]
            return Vector2(sign(way.x), sign(way.y))
        }
        let members = Dictionary(grouping: signs.indices) { patches[$0] }
        let means = members.mapValues { members in
            (sign: members.map { signs[$0] }.mean, place: members.map { places[$0] }.mean)
        }
        func centred(_ index: Int) -> (sign: Vector2, place: Vector2) {
            let mean = means[patches[index]] ?? (.zero, .zero)
            return (signs[index] - mean.sign, places[index] - mean.place)
        }
        var fit = LinearFit()
        for index in signs.indices { fit.add(centred(index).place, to: centred(index).sign) }
        let linear = fit.matrix ?? Matrix2(scale: 0)
        return signs.indices.map { centred($0).sign - linear * centred($0).place }
    }

    /// What a read-back has on top after a move towards greater x, and greater y, um; nil where the stops do not ask for it.
    private func lag(_ rest: [Vector2], _ means: [Mean], _ used: [Int], _ directions: [Vector2]) -> Vector2? {
        var (sum, moves, kept) = (Vector2.zero, Vector2.zero, 0.0)
        for index in used {
            let variance = stop * stop + hole * hole / means[index].holes
            guard rest[index].squaredLength <= Self.farthest(of: used.count) * variance else { continue }
            sum = sum + rest[index].scaled(by: directions[index])
            moves = moves + directions[index].scaled(by: directions[index])
            kept += variance
        }
        func significant(_ sum: Double, _ moves: Double) -> Double {
            guard moves >= Double(Self.fewestMoves), kept > 0 else { return 0 }
            let variance = kept / Double(used.count) / moves
            let lag = sum / moves
            return lag * lag > Self.significance * Self.significance * variance ? lag : 0
        }
        let lag = Vector2(significant(sum.x, moves.x), significant(sum.y, moves.y))
        return lag == .zero ? nil : lag
    }
}

extension Vector2 {
    /// Component by component.
    fileprivate func scaled(by other: Vector2) -> Vector2 { Vector2(x * other.x, y * other.y) }
}
