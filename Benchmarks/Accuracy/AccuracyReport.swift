import EPUCore

/// The study's tables, the sessions that went wrong, and what must be true of them all.
struct AccuracyReport: Encodable {
    /// A session whose calibration was called good although it is wrong.
    struct WrongSession: Encodable {
        let session: String
        let method: String
        let stops: Int
        let found: [Double]
        let truth: [Double]
        /// The error of its scale, as `CalibrationError` has it; `degrees` and `mirrored` follow.
        let scaleError: Double
        let degrees: Double
        let mirrored: Bool
        /// The greatest error of a position, um.
        let positionError: Double

        init?(_ session: JudgedSession) {
            guard session.isGood, !session.isCorrect, let chosen = session.chosen, let m = chosen.matrix,
                let error = chosen.error
            else { return nil }
            self.session = session.session.name
            method = chosen.method
            stops = session.session.stops
            found = [m.m11, m.m12, m.m21, m.m22]
            truth = session.session.plan.matrix
            (scaleError, degrees, mirrored) = (error.scale, error.degrees, error.isMirrored)
            positionError = error.position
        }

        var text: String {
            func list(_ numbers: [Double]) -> String { numbers.map { $0.text(decimals: 3) }.joined(separator: ",") }
            return "  \(session), \(method), \(counted(stops, "stop")): found \(list(found)), true \(list(truth)); "
                + "distances off by \((100 * scaleError).text(decimals: 1)) %, turned by "
                + "\(degrees.text(decimals: 1)) degrees\(mirrored ? ", mirrored" : ""), exposures put wrong by up to "
                + "\(positionError.text(decimals: 2)) um"
        }
    }

    /// A session whose calibration was called good, with exposures missed or invented.
    struct InexactSession: Encodable {
        let session: String
        let counts: OverlapCounts

        init?(_ judged: JudgedSession) {
            session = judged.session.name
            counts = OverlapCounts([judged])
            guard judged.isGood, !counts.isExact else { return nil }
        }

        var text: String {
            "  \(session): \(counts.overexposed - counts.found) of \(counts.overexposed) missed, "
                + "\(counts.invented) invented"
        }
    }

    let seed: UInt64
    let sessions: Int
    let exposures: Int
    let stops: Int
    let sessionsWithFaults: Int
    let refusals: Int
    let otherSizes: Int
    let calibrations: [CalibrationTable]
    let distortions: DistortionTable
    let overlaps: OverlapTable
    let coverage: CoverageTable
    private let statesUncertainties: Bool
    let goodButWrong: [WrongSession]
    let inexact: [InexactSession]
    let requirements: [AccuracyRequirement]
    let each: [SessionLine]

    enum CodingKeys: CodingKey {
        case seed, sessions, exposures, stops, sessionsWithFaults, refusals, otherSizes, calibrations, distortions,
            overlaps
        case coverage, goodButWrong, inexact, requirements, each
    }

    init(_ study: StudyFile, _ findings: StudyFindings) throws {
        let judged = try study.sessions.map { try JudgedSession($0, findings) }
        seed = study.seed
        sessions = judged.count
        exposures = study.sessions.reduce(0) { $0 + $1.exposures }
        stops = study.sessions.reduce(0) { $0 + $1.stops }
        sessionsWithFaults = study.sessions.count { $0.faults > 0 }
        (refusals, otherSizes) = (study.refusals, study.otherSizes)
        calibrations = [
            CalibrationTable.byHoleMaps(judged), CalibrationTable.byMethod(judged),
            CalibrationTable.withoutHoleMaps(judged),
        ]
        distortions = DistortionTable(judged)
        overlaps = OverlapTable(judged)
        coverage = CoverageTable(judged)
        statesUncertainties = findings.positions.haveUncertainties
        goodButWrong = judged.compactMap(WrongSession.init)
        inexact = judged.compactMap(InexactSession.init)
        requirements = AccuracyRequirement.all(judged)
        each = judged.map(SessionLine.init)
    }

    /// - Parameter listingEach: Whether to begin with a line for each session.
    func text(listingEach: Bool) -> String {
        let heading =
            "\(counted(sessions, "session")) of \(counted(stops, "stage stop")) and \(counted(exposures, "exposure")), "
            + "\(sessionsWithFaults) with faults; \(counted(refusals, "draw")) refused, \(otherSizes) with too few or "
            + "too many stops, or too few holes at them"
        var parts = (listingEach ? [SessionLine.text(each)] : []) + [heading]
        parts += calibrations.filter { !$0.lines.isEmpty }.map(\.text)
        parts += [Self.doubt(statesUncertainties), distortions.text, overlaps.text, coverage.text]
        if !goodButWrong.isEmpty {
            parts.append((["Called good but wrong:"] + goodButWrong.map(\.text)).joined(separator: "\n"))
        }
        if !inexact.isEmpty {
            parts.append(
                Self.list("Called good, but overexposed exposures are missed or invented:", inexact.map(\.text)))
        }
        return (parts + [requirements.map(\.text).joined(separator: "\n")]).joined(separator: "\n\n")
    }

    /// A sentence about the pairs that count neither way.
    private static func doubt(_ statesUncertainties: Bool) -> String {
        let usual = "\(FoundPositions.usualSigma.text()) um"
        return
            "True pairs within 2 sigma of the radius count neither way; sigma is the standard error of the distance, "
            + (statesUncertainties
                ? "as the archive states it, and \(usual) where it states none." : "taken as \(usual).")
    }

    private static func list(_ title: String, _ lines: [String]) -> String {
        let most = 20
        let rest = lines.count > most ? ["  and \(lines.count - most) more (--json lists all)"] : []
        return ([title] + lines.prefix(most) + rest).joined(separator: "\n")
    }
}
