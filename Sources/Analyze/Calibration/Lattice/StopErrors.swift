import EPUCore

/// By how much the stage's read-backs and the holes of a session err, and what that says of each stage stop.
///
/// A stop of n holes with the mean residual m has an error of share x m, with share = n s^2 / (n s^2 + h^2), and what is left
/// unknown of it has the variance s^2 (1 - share) (the best linear unbiased prediction, Robinson 1991); s and h are those of
/// `StopErrorSizes`.
struct StopErrors: Sendable {
    let sizes: StopErrorSizes
    private(set) var stops: [Stop]

    struct Stop: Sendable {
        /// The vector to be taken from the read-backs, um; nil: their error is not known.
        var correction: Vector2?
        /// The standard deviation in x and in y of what is left unknown, um; nil: no hole tells it, or the stop lies aside.
        var error: Double?
        /// How far its holes miss the lattice, um, where that is farther than the errors of the other stops explain: the lattice
        /// cannot tell whether the stage stopped elsewhere than it says, or the holes were missed. Nil: no farther.
        var aside: Double?
    }

    /// Judges each stop; nil where too few stops or holes tell the errors of stops from those of holes.
    init?(_ problem: LatticeProblem, _ fit: LatticeFit) {
        guard let residuals = StopResiduals(problem, fit) else { return nil }
        sizes = residuals.sizes
        stops = []
        stops.reserveCapacity(problem.stops)
        let pitch = fit.pitch(problem)
        let isUsed = Set(residuals.used)
        let meets = SiteOccupants.meetingOthers(problem, fit, isOnLattice: residuals.isOnLattice)
        for (index, mean) in residuals.means.enumerated() {
            guard isUsed.contains(index) || mean.holes == 0 else {
                // Its own pair of images tells of a stop that is alone.
                stops.append(Stop(pair: problem.expectedErrors[index], stage: sizes.stop))
                continue
            }
            let rest = residuals.rest[index]
            let known = (problem.expectedErrors[index] ?? .zero) + mean.residual - rest
            let evidence = Evidence(
                hasPair: problem.expectedErrors[index] != nil, farPair: problem.farPairs[index],
                meetsOthers: meets[index])
            stops.append(
                judged(
                    mean, known: known, rest: rest, of: residuals.used.count, residuals.freedom[index], evidence,
                    pitch: pitch))
        }
    }

    var hole: Double { sizes.hole }
    var stop: Double { sizes.stop }
    var backlash: Vector2? { sizes.backlash }
}
