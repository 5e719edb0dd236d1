import EPUArchive
import EPUCore
import Foundation

/// How likely it is that a pair meets the criteria that concern pairs, as its displacement is only known with a standard error.
struct PairProbability {
    let relations: ExposureRelations
    let criteria: OverlapCriteria

    /// The least probability that is reported of a pair that does not count.
    static let least = 0.05

    /// The probability for a pair; nil: the error of its distance is not known, or the criteria ask for the dose alone.
    func of(_ earlier: Int, _ later: Int, distance: Double) -> Double? {
        guard let sigma = relations.errors.ofDisplacement(earlier, later) else { return nil }
        if let share = criteria.minFieldOverlap { return ofShare(share, earlier, later, sigma) }
        return criteria.radius.map { DistanceProbability.within($0, distance: distance, sigma: sigma) }
    }

    /// The probability from equally likely displacements, for a share of the field that was covered and, if that is asked for
    /// too, for the distance.
    private func ofShare(_ share: Double, _ earlier: Int, _ later: Int, _ sigma: Double) -> Double? {
        let measured = relations.positions[later] - relations.positions[earlier]
        // Says whether the criteria are met; nil: not known.
        func isMet(_ error: Vector2) -> Bool? {
            if let radius = criteria.radius, (measured - error).length > radius { return false }
            return relations.fieldShare(of: earlier, movedBy: error, on: later).map { $0 > 0 && $0 >= share }
        }
        let reach = 3 * sigma
        if !relations.mayHit(earlier, later, atMost: max(0, measured.length - reach)) { return 0 }
        // What meets a criterion is a convex set of displacements: where a wide ring and its middle are in it, all is.
        if isMet(.zero) == true, Self.ring.allSatisfy({ isMet(reach * $0) == true }) { return 1 }
        var met = 0
        for error in Self.displacements {
            guard let isMet = isMet(sigma * error) else { return nil }
            if isMet { met += 1 }
        }
        return Double(met) / Double(Self.displacements.count)
    }

    private static let ring = (0..<8).map { direction(Double($0)) }

    /// The direction at a number of eighths of a turn.
    private static func direction(_ step: Double) -> Vector2 { Vector2(cos(step * .pi / 4), sin(step * .pi / 4)) }

    /// Displacements that are equally likely in a normal distribution with a standard deviation of 1 in x and in y: eight
    /// directions in each of twelve rings, at the median of the ring's radius, each ring turned against the one before.
    private static let displacements = (0..<12).flatMap { ring in
        let radius = DistanceProbability.leastRadius(of: (Double(ring) + 0.5) / 12)
        return (0..<8).map { radius * direction(Double($0) + 0.5 * Double(ring % 2)) }
    }
}
