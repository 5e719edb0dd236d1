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
    /// Within the radius and a little more.
    let nearPairs: [TruePair]
    /// Of one grid square and different stops, to compare distances with.
    let sampledPairs: [TruePair]

    private static let sampleSize = 100

    init(name: String, plan: StudyPlan, truth: StudyTruth) {
        let pairs = TruePairs(truth)
        self.name = name
        self.plan = plan
        stops = Set(truth.exposures.map(\.stop)).count
        let visits = Set(truth.exposures.map { SIMD2($0.stop, $0.hole) }).count
        holesAStop = Double(visits) / Double(max(1, stops))
        exposures = truth.exposures.count
        radius = truth.radius
        faults = truth.incidents.count
        nearPairs = pairs.near
        sampledPairs = pairs.sample(Self.sampleSize, seed: plan.seed)
    }
}
