import EPUCore
import Foundation

/// Which stops are corrected, and which lie aside.
extension StopErrors {
    /// The least distance that is reported as aside, um: stages err by no more than this in any case.
    private static let leastAside = 0.1

    /// The signs that tell a stop whose holes were missed from one whose read-back errs.
    struct Evidence {
        /// Whether there are two images of its hole, as alike as the stage's usual errors explain.
        let hasPair: Bool
        /// The difference of its pair of hole images, as in `LatticeProblem.farPairs`, um.
        let farPair: Vector2?
        /// Whether its holes lie on those of another stop.
        let meetsOthers: Bool
    }

    /// The expected part of a session's stops whose holes were missed, before anything is known of them; and the same for stops
    /// whose holes lie on holes of others, where something went wrong in any case: the centre by whole steps of the lattice, or
    /// by less.
    private static let missedShare = (usual: 0.01, meeting: 0.5)

    /// Whether it is likelier that a stop's holes were missed than that its read-back errs by the residual. After a miss the
    /// residual lies anywhere in a cell of the lattice. What a pair of images, before and after the centring move, shows has been
    /// taken from the read-back already: what it explains is no residual any more, and what was none without it has become one.
    private func seemsMissed(_ rest: Vector2, variance: Double, _ evidence: Evidence, pitch: Double) -> Bool {
        guard evidence.hasPair || evidence.meetsOthers, stop > 0 else { return false }
        let prior = evidence.meetsOthers ? Self.missedShare.meeting : Self.missedShare.usual
        let odds = log(prior / (1 - prior)) + log(2 * .pi * variance) - log(pitch * pitch)
        return odds + rest.squaredLength / (2 * variance) > 0
    }

    /// - Parameters:
    ///   - known: the part of the read-back's error that its pair of images and the direction of the last move tell, um.
    ///   - rest: the part of the mean residual that these do not explain, um.
    ///   - freedom: the part of the variance of such a residual that origin and matrix leave.
    func judged(
        _ mean: StopResiduals.Mean, known: Vector2, rest: Vector2, of count: Int, _ freedom: Double,
        _ evidence: Evidence,
        pitch: Double
    ) -> Stop {
        guard mean.holes > 0 else {
            let aside = mean.all > 0 ? (1 / mean.all * mean.sumOfAll).length : 0
            return Stop(correction: nil, error: nil, aside: aside > Self.leastAside ? aside : nil)
        }
        let variance = mean.variance(stop: stop, hole: hole)
        let farthest = StopResiduals.farthest(of: count) * variance * freedom
        // This is a read-back that errs as no other one does, where two images of its hole say the same.
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
        let share = sizes.share(holes: mean.holes, unknownPart: mean.unknownPart)
        return Stop(
            correction: known + share * rest, error: (mean.unknownPart * stop * stop * (1 - share)).squareRoot(),
            aside: nil)
    }
}
