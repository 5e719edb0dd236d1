import EPUCore

/// How an archive's findings compare with the truth of a simulation.
struct Score: Encodable {
    let analyses: [Int64]
    let radiusUm: Double
    /// The number of pairs that should be found. Pairs of two sessions count where the analysis compares sessions.
    let truePairs: Int
    let foundPairs: Int
    /// The true pairs that were not found; `invented` are the found pairs that are not true.
    let missed: [String]
    let invented: [String]
    /// The number of true pairs that were found with the true cause.
    let rightCauses: Int
    /// The percentage of the true pairs that were found with the true cause; nil where there are no true pairs.
    let rightCausesPercent: Double?
    /// The true pairs that were found with another cause, as `EARLIER then LATER: CAUSE, found CAUSE`.
    let wrongCauses: [String]
    /// The number of exposures with an earlier one within the radius; areas of one visit do not count.
    let trulyOverexposed: Int
    let foundOverexposed: Int
    /// The number of planted incidents that cost micrographs; `foundIncidents` were found with the right cause.
    let trueIncidents: Int
    let foundIncidents: Int
    /// The number of incidents in the archive; `inventedIncidents` of them cost no micrograph that is truly lost.
    let reportedIncidents: Int
    let inventedIncidents: Int
    let missedIncidentList: [String]
    let inventedIncidentList: [String]

    var isExact: Bool { missed.isEmpty && invented.isEmpty }

    init(_ truth: TruthReading, _ findings: Findings) {
        let sessions = Dictionary(
            truth.exposures.map { ($0.name, $0.session) }, uniquingKeysWith: { first, _ in first })
        let expected = Dictionary(
            truth.pairs.filter { findings.comparesSessions || sessions[$0.earlier] == sessions[$0.later] }
                .map { (ExposurePair(earlier: $0.earlier, later: $0.later), $0.cause) },
            uniquingKeysWith: { first, _ in first })
        let found = findings.pairs
        analyses = findings.analyses
        radiusUm = truth.radius
        truePairs = expected.count
        foundPairs = found.count
        missed = expected.keys.filter { found[$0] == nil }.sorted().map(\.text)
        invented = found.keys.filter { expected[$0] == nil }.sorted().map(\.text)
        let right = expected.count { found[$0.key] == $0.value }
        rightCauses = right
        rightCausesPercent = expected.isEmpty ? nil : 100 * Double(right) / Double(expected.count)
        wrongCauses = expected.sorted { $0.key < $1.key }.compactMap { pair, cause in
            guard let other = found[pair], other != cause else { return nil }
            return "\(pair.text): \(cause.rawValue), found \(other.rawValue)"
        }
        trulyOverexposed = Set(expected.filter { $0.value != .byDesign }.keys.map(\.later)).count
        foundOverexposed = Set(found.filter { $0.value != .byDesign }.keys.map(\.later)).count
        let incidents = IncidentScore(truth.incidents, pairs: expected, found: findings.incidents)
        trueIncidents = incidents.planted
        foundIncidents = incidents.found
        reportedIncidents = incidents.reported
        inventedIncidents = incidents.invented.count
        missedIncidentList = incidents.missed
        inventedIncidentList = incidents.invented
    }

    /// Whether at least this share of the true pairs was found with the true cause.
    func hasRightCauses(percent: Double) -> Bool { 100 * Double(rightCauses) >= percent * Double(truePairs) }

    var text: String {
        var lines = [
            "true overlap pairs   \(truePairs) within \(radiusUm.text()) um",
            "found                \(truePairs - missed.count), missed \(missed.count), invented \(invented.count)",
            "with the true cause  \(rightCauses) of \(truePairs)" + percentText,
            "overexposed          \(foundOverexposed) found, \(trulyOverexposed) true",
            "incidents            \(foundIncidents) of \(trueIncidents) found with the right cause, "
                + "\(inventedIncidents) invented, \(reportedIncidents) reported",
        ]
        for (word, examples) in [
            ("missed", missed), ("invented", invented), ("wrong cause", wrongCauses),
            ("missed incident", missedIncidentList), ("invented incident", inventedIncidentList),
        ] {
            lines += examples.prefix(3).map { "  \(word): \($0)" }
            if examples.count > 3 { lines.append("  \(word): and \(examples.count - 3) more (--json lists all)") }
        }
        return lines.joined(separator: "\n")
    }

    /// The percentage, rounded down, so that only all are 100 %.
    private var percentText: String {
        guard let percent = rightCausesPercent else { return "" }
        let rounded = (10 * percent).rounded(.down) / 10
        return " (\(rounded == 100 ? "100" : rounded.text(decimals: 1)) %)"
    }
}
