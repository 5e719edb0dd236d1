/// A session of the study as it was made, with what a flawless analysis would say of it.
struct StudySession: Codable, Sendable {
    /// Of its folder, and in the archive.
    let name: String
    let plan: StudyPlan
    /// Stage stops, counted in the truth.
    let stops: Int
    /// On average.
    let holesAStop: Double
    let exposures: Int
    /// um; the one that epu-analyze takes by itself, too.
    let radius: Double
    /// Stops and holes that went wrong.
    let faults: Int
    /// Exposures that any analysis must find overexposed.
    let overexposed: [String]
    /// Exposures so near to the radius that either answer is right.
    let undecided: [String]

    init(name: String, plan: StudyPlan, truth: StudyTruth) {
        let judged = TrueOverexposures(truth)
        self.name = name
        self.plan = plan
        stops = Set(truth.exposures.map(\.stop)).count
        let visits = Set(truth.exposures.map { SIMD2($0.stop, $0.hole) }).count
        holesAStop = Double(visits) / Double(max(1, stops))
        exposures = truth.exposures.count
        radius = truth.radius
        faults = truth.incidents.count
        overexposed = judged.certain
        undecided = judged.undecided
    }
}
