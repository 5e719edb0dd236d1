import EPUCore

/// How the incidents that were found compare with those that were planted.
///
/// What an incident costs are micrographs: the later exposures of the pairs that it made, which are those of its exposures
/// with a cause that fits it; where two faults meet, a pair is the later one's. A planted incident without any is nobody's
/// loss, and counts for nothing. It is found where more than half of its lost micrographs belong to one found
/// incident of its cause; one found incident may so be that of two planted ones, as when two follow each other.
/// A found incident is invented where none of its micrographs is truly lost.
struct IncidentScore {
    /// The number of planted incidents that cost micrographs.
    let planted: Int
    let found: Int
    let reported: Int
    /// A text for each planted incident that was missed, `KIND at stop N of SESSION: what was found instead`, in the
    /// order of time.
    let missed: [String]
    /// A text for each invented incident, `incident N of analysis N (CAUSE, so many micrographs)`.
    let invented: [String]

    /// - Parameter pairs: The true pairs that the analyses could find.
    init(_ planted: [TruthReading.Incident], pairs: [ExposurePair: OverlapCause], found: [Findings.Incident]) {
        let losses = Losses(pairs)
        let costly = planted.map { ($0, losses.lost(to: $0)) }.filter { !$0.1.isEmpty }
        missed = costly.compactMap { incident, lost in
            Self.reasonMissed(incident, lost: lost, found: found).map {
                "\(incident.kind.rawValue) at stop \(incident.stop) of \(incident.session): \($0)"
            }
        }
        invented = found.filter { $0.lost.isDisjoint(with: losses.all) }.map {
            "incident \($0.number) of analysis \($0.analysisID) (\($0.cause.rawValue), "
                + "\(counted($0.lost.count, "micrograph")))"
        }
        self.planted = costly.count
        self.found = costly.count - missed.count
        reported = found.count
    }

    /// Why the incident was not found; nil where it was.
    private static func reasonMissed(
        _ incident: TruthReading.Incident, lost: Set<String>, found: [Findings.Incident]
    ) -> String? {
        let shares = found.map { (incident: $0, count: $0.lost.intersection(lost).count) }.filter { $0.count > 0 }
        if shares.contains(where: { $0.incident.cause == incident.kind.cause && 2 * $0.count > lost.count }) {
            return nil
        }
        guard let most = shares.map(\.count).max(), let best = shares.first(where: { $0.count == most }) else {
            return "none of its \(counted(lost.count, "lost micrograph")) in any incident"
        }
        return "\(most) of its \(counted(lost.count, "lost micrograph")) in incident \(best.incident.number) "
            + "(\(best.incident.cause.rawValue))"
    }
}

/// Which exposures were lost because of which others.
private struct Losses {
    /// For each exposure, the later exposures of the pairs in which it is, by cause.
    private var lost: [String: [OverlapCause: Set<String>]] = [:]
    /// All exposures that were lost, also those that were lost to other sessions and so to no incident.
    private(set) var all: Set<String> = []

    init(_ pairs: [ExposurePair: OverlapCause]) {
        for (pair, cause) in pairs where cause != .byDesign {
            all.insert(pair.later)
            guard cause != .acrossSessions else { continue }
            for name in [pair.earlier, pair.later] { lost[name, default: [:]][cause, default: []].insert(pair.later) }
        }
    }

    func lost(to incident: TruthReading.Incident) -> Set<String> {
        // A hole shot again also hits its other areas.
        let causes = incident.kind == .repeatedHole ? [incident.kind.cause, .neighbour] : [incident.kind.cause]
        return incident.exposures.reduce(into: []) { all, name in
            for cause in causes { all.formUnion(lost[name]?[cause] ?? []) }
        }
    }
}
