import EPUCore

/// How large the errors of a session's read-backs and holes are: all of them that a fit rests on.
///
/// Model of the residual of a hole from its lattice site, um: r = e_s + h, with one error e_s for all holes of stop s, of standard
/// deviation `stop` in x and in y, and an error h for each hole, of standard deviation `hole`. Both follow from the session.
struct StopErrorSizes: Sendable {
    /// The standard deviation of a hole's error in x and in y, um.
    let hole: Double
    /// The standard deviation of a stop's error in x and in y, um; the part that depends on the direction of the last move is
    /// left out.
    let stop: Double
    /// By how much a read-back lags behind the last move, along x and along y, um; nil: the session shows no lag.
    let backlash: Vector2?

    static let leastHole = 0.005
    /// The usual distance of holes from their lattice, um: 0.034 in the one real session at hand.
    static let typicalHole = 0.03

    /// The part of the mean residual of a stop's holes that is the stop's error.
    /// - Parameter unknownPart: the part of the variance of the stop's error that no pair of hole images tells.
    func share(holes: Double, unknownPart: Double) -> Double {
        // Holes that are nearly exact would leave nothing to the stops' means.
        Self.share(holes: holes, stage: unknownPart * stop * stop, hole: max(hole, Self.leastHole))
    }

    /// The part of a stop's mean residual that is the stop's error. As long as the session's residuals are not known (nil), it
    /// rests on the errors that read-backs are expected to have: holes of a stop that erred together must not turn the matrix as
    /// so many independent ones would.
    static func share(_ sizes: StopErrorSizes?, holes: Double, _ problem: LatticeProblem, _ stop: Int) -> Double {
        let part = problem.unknownPart(ofStop: stop)
        return sizes?.share(holes: holes, unknownPart: part)
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
}
