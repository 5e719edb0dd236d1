import EPUCore

/// One session of the study: what it was, and what was found of it.
struct SessionLine: Encodable {
    let session: String
    let stops: Int
    let exposures: Int
    let areas: Int
    /// The pitch of the foil, um.
    let pitch: Double
    let foil: String
    let holeIds: String
    let holeMaps: Bool
    let faults: Int
    let distortions: StudyDistortions
    /// The method of the calibration that analyses use.
    let method: String?
    let verdict: String
    let isCorrect: Bool
    /// The error of its scale, as `CalibrationError` has it; `degrees` and `mirrored` follow.
    let scaleError: Double?
    let degrees: Double?
    let mirrored: Bool?
    /// The methods of other calibrations that are correct.
    let alsoCorrect: [String]

    init(_ judged: JudgedSession) {
        let (session, plan) = (judged.session, judged.session.plan)
        self.session = session.name
        (stops, exposures, faults) = (session.stops, session.exposures, session.faults)
        (areas, pitch, holeMaps) = (plan.areas, plan.pitch, plan.hasHoleMaps)
        distortions = plan.distortions
        foil = plan.isHexagonal ? "hexagonal" : "square"
        holeIds = plan.hasRandomNumbers ? "random" : "spiral"
        (method, verdict, isCorrect) = (judged.chosen?.method, judged.verdict, judged.isCorrect)
        let error = judged.chosen?.error
        (scaleError, degrees, mirrored) = (error?.scale, error?.degrees, error?.isMirrored)
        let correct = judged.candidates.filter { $0.isCorrect && $0.method != judged.chosen?.method }
        alsoCorrect = Set(correct.map(\.method)).sorted()
    }

    static func text(_ lines: [SessionLine]) -> String {
        var table = TextTable([
            "session", "stops", "exposures", "areas", "pitch", "foil", "ids", "hole maps", "faults", "turn",
            "stretch", "read-back", "method",
            "verdict",
            "correct", "scale %", "degrees", "also correct",
        ])
        for line in lines {
            table.add([
                line.session, "\(line.stops)", "\(line.exposures)", "\(line.areas)", line.pitch.text(decimals: 2),
                line.foil, line.holeIds, line.holeMaps ? "yes" : "", "\(line.faults)",
                line.distortions.squareTurn.text(decimals: 1), line.distortions.squareStretch.text(decimals: 1),
                line.distortions.readbackError.text(decimals: 2), line.method ?? "", line.verdict,
                line.isCorrect ? "yes" : line.mirrored == true ? "mirrored" : line.method == nil ? "" : "no",
                line.scaleError.map { (100 * $0).text(decimals: 2) } ?? "",
                line.degrees.map { $0.text(decimals: 2) } ?? "", line.alsoCorrect.joined(separator: ", "),
            ])
        }
        return table.text
    }
}
