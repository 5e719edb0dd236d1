import EPUCore

/// All holes of a session under its calibration: where they lie on the stage, and on which sites of the foil's lattice.
struct HoleLayout: Sendable {
    let problem: LatticeProblem
    let fit: LatticeFit
    /// The errors of stops and holes under the fit; nil where the lattice does not tell them.
    let errors: StopErrors?
    /// What is known of each stop's read-backs, by the lattice, or by pairs of hole images where it has too few stops; empty:
    /// nothing.
    private(set) var stops: [StopErrors.Stop]

    /// The greatest change of the matrix, as a part: stops that were not searched do not make another matrix of the one that was
    /// judged.
    private static let greatestChange = 0.02

    /// Lays out the holes. If the lattice gave the matrix, this is its last step: the fit to all stops instead of those that were
    /// searched.
    init?(_ input: CalibrationInput, under calibration: inout Calibration) {
        guard let lattice = input.lattice else { return nil }
        problem = LatticeProblem(input.visits, lattice, imagePairs: input.imagePairs)
        if calibration.method == .lattice, let free = LatticeFit(problem, from: calibration.matrix),
            free.matrix.difference(from: calibration.matrix) < Self.greatestChange
        {
            let map = problem.map(MapSteps(input.mapHoles), near: free)
            fit = map.flatMap { [problem] in free.refined(problem, by: $0) } ?? free
            let uncertainty = fit.uncertainty(problem)
            calibration.matrix = fit.matrix
            calibration.errors = uncertainty.elements
            calibration.relativeError = uncertainty.relative
        } else if let fit = LatticeFit(problem, given: calibration.matrix) {
            self.fit = fit
        } else {
            return nil
        }
        errors = StopErrors(problem, fit)
        stops = errors?.stops ?? input.imagePairs.stops(problem.stops)
        describe(&calibration)
    }

    /// Writes into the calibration how all holes lie under it.
    private func describe(_ calibration: inout Calibration) {
        var quality = LatticeMethod(problem).quality(fit)
        quality.evidence = calibration.lattice?.evidence ?? 0
        quality.hasExpectedPitch = calibration.lattice?.hasExpectedPitch ?? true
        calibration.lattice = quality
        calibration.holes = problem.holes
        calibration.stops = problem.stops
        calibration.stopErrors = errors
        if calibration.method == .lattice { calibration.residual = fit.residual(problem) }
    }

    /// Lays out the holes under a matrix that stays as it is.
    init?(_ input: CalibrationInput, given calibration: inout Calibration) {
        guard let lattice = input.lattice else { return nil }
        let problem = LatticeProblem(input.visits, lattice, imagePairs: input.imagePairs)
        guard let fit = LatticeFit(problem, given: calibration.matrix) else { return nil }
        self.problem = problem
        self.fit = fit
        errors = StopErrors(problem, fit)
        stops = errors?.stops ?? input.imagePairs.stops(problem.stops)
        describe(&calibration)
    }

    /// Leaves nothing but what pairs of hole images tell of read-backs: that needs no matrix.
    mutating func forgetStopErrors(_ pairs: HoleImagePairs) { stops = pairs.stops(problem.stops) }

    /// The vector to be taken from a visit's stage position in the problem, um: the correction of the read-backs, less what has
    /// been taken already.
    private func correction(_ index: Int) -> Vector2 {
        let stop = problem.stop[index]
        return (stops.isEmpty ? .zero : stops[stop].correction ?? .zero) - (problem.expectedErrors[stop] ?? .zero)
    }

    /// The stage position of a visit's hole, up to a constant of the template, um.
    func position(_ index: Int) -> Vector2 {
        BeamPosition.onStage(
            stage: problem.middle[problem.patch[index]] + problem.stage[index], readBackError: correction(index),
            beamShift: problem.beamShift[index], matrix: fit.matrix)
    }

    /// The distance of a visit's hole from its site, um.
    func residual(_ index: Int) -> Vector2 { fit.residuals[index] - correction(index) }

    /// The site of a visit; nil where the hole lies on none.
    func site(_ index: Int) -> FoilLattice.Site? {
        fit.isOnLattice(index, pitch: fit.pitch(problem)) ? fit.sites[index] : nil
    }
}
