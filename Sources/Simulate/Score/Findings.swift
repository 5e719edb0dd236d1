import EPUCore

/// What an archive's analyses found in the sessions of a simulation.
struct Findings: Sendable {
    struct Incident: Sendable {
        let analysisID: Int64
        /// The number of the incident within its analysis.
        let number: Int64
        let cause: OverlapCause
        /// The names of the overexposed exposures that belong to the incident.
        let lost: Set<String>
    }

    let analyses: [Int64]
    /// Whether the analyses also compared exposures of different sessions.
    let comparesSessions: Bool
    let pairs: [ExposurePair: OverlapCause]
    let incidents: [Incident]
}

/// The names of two exposures in one place.
struct ExposurePair: Hashable, Comparable, Sendable {
    let earlier: String
    let later: String

    var text: String { "\(earlier) then \(later)" }

    static func < (a: ExposurePair, b: ExposurePair) -> Bool { (a.earlier, a.later) < (b.earlier, b.later) }
}
