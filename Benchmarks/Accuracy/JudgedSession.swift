import EPUCore

/// A session of the study beside what was found in it.
struct JudgedSession {
    let session: StudySession
    /// The calibrations that the session's own data gave, whether or not analyses use them.
    let candidates: [Judged]
    /// The calibration that analyses use; nil where they have none.
    let chosen: Judged?
    /// The names of the overexposed exposures; nil where the session was not analysed.
    let overexposed: Set<String>?
    /// The true overexposures, judged by the uncertainties that the archive states.
    let truth: TrueOverexposures
    /// The errors of the sampled pairs for which the archive states an uncertainty.
    let distanceErrors: [DistanceError]

    /// A calibration beside the truth.
    struct Judged {
        let method: String
        let verdict: String
        let matrix: Matrix2?
        let error: CalibrationError?

        init(_ found: FoundCalibration, truth: Matrix2, beamShifts: [Vector2]) {
            (method, verdict, matrix) = (found.method, found.verdict, found.matrix)
            error = found.matrix.map { CalibrationError(of: $0, from: truth, beamShifts: beamShifts) }
        }

        var isCorrect: Bool { error?.isCorrect ?? false }
        var isGood: Bool { verdict == "good" }
    }

    /// - Throws: `Failure` where the session was analysed with another radius than its truth has.
    init(_ session: StudySession, _ findings: StudyFindings) throws {
        if let radius = findings.radius[session.name], abs(radius - session.radius) > 1e-6 {
            throw Failure(
                "\(session.name) was analysed with a radius of \(radius.text()) um; its truth has "
                    + "\(session.radius.text()) um.")
        }
        self.session = session
        let (matrix, beamShifts) = (session.plan.trueMatrix, findings.beamShifts[session.name] ?? [])
        let found = findings.calibrations[session.name] ?? []
        candidates = found.map { Judged($0, truth: matrix, beamShifts: beamShifts) }
        chosen = found.first(where: \.isChosen).map { Judged($0, truth: matrix, beamShifts: beamShifts) }
        overexposed = findings.overexposed[session.name]
        let positions = findings.positions
        truth = TrueOverexposures(session.nearPairs, radius: session.radius) {
            positions.sigma($0, in: session.name) ?? FoundPositions.usualSigma
        }
        distanceErrors = session.sampledPairs.compactMap { pair in
            guard let sigma = positions.sigma(pair, in: session.name),
                let distance = positions.distance(pair, in: session.name)
            else { return nil }
            return DistanceError(error: abs(distance - pair.distance), sigma: sigma)
        }
    }

    var stops: StopBand { StopBand(stops: session.stops) }
    var verdict: String { chosen?.verdict ?? "undetermined" }
    var isGood: Bool { chosen?.isGood ?? false }
    var isCorrect: Bool { chosen?.isCorrect ?? false }
}
