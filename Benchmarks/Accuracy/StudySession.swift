/// A session of the study as it was made, with what a flawless analysis would say of it.
struct StudySession: Codable, Sendable {
    /// The name of the session's folder, and of the session in the archive.
    let name: String
    let plan: StudyPlan
    /// The number of stage stops, counted in the truth.
    let stops: Int
    /// The average number of holes that a stop shoots.
    let holesAStop: Double
    let exposures: Int
    /// The radius of an overlap, um: the one that epu-analyze takes by itself.
    let radius: Double
    /// The number of stops and holes that went wrong.
    let faults: Int
    /// The pairs within the radius and a little more.
    let nearPairs: [TruePair]
    /// Pairs of one grid square and different stops, to compare distances with.
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
