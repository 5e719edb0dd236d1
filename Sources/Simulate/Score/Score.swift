import EPUShared
import GRDB

/// How an archive's findings compare with the truth of a simulation.
struct Score: Encodable {
    let analyses: [Int64]
    let radiusUm: Double
    /// Pairs that should be found. Pairs of two sessions count where the analysis compares sessions.
    let truePairs: Int
    let foundPairs: Int
    /// True pairs that were not found, and found pairs that are not true.
    let missed: [String]
    let invented: [String]
    /// Of the true pairs that were found, those with the true cause.
    let rightCauses: Int
    /// Exposures with an earlier one within the radius, areas of one visit left out.
    let trulyOverexposed: Int
    let foundOverexposed: Int

    var isExact: Bool { missed.isEmpty && invented.isEmpty }

    /// - Parameter analysisID: nil for the latest of each session.
    /// - Throws: `Failure` where the archive has no analysis of the sessions at the truth's radius.
    init(_ truth: TruthReading, analysisID: Int64?, _ db: Database) throws {
        let sessions = Dictionary(
            truth.exposures.map { ($0.name, $0.session) }, uniquingKeysWith: { first, _ in first })
        let analyses = try Set(sessions.values).sorted().map { session in
            let id =
                try analysisID
                ?? Int64.fetchOne(
                    db,
                    sql: "SELECT analysis_id FROM latest_analysis JOIN session USING (session_id) WHERE name = ?",
                    arguments: [session])
            guard let id, let analysis = try Analysis.fetchOne(db, id) else {
                throw Failure("\(session) has not been analysed. Run `epu-analyze` on the archive first.")
            }
            guard abs(analysis.radius - truth.radius) < 1e-9 else {
                throw Failure(
                    "Analysis \(id) has radius \(analysis.radius.text()) um, the truth \(truth.radius.text()) um. "
                        + "Run `epu-analyze overlaps` with --radius \(truth.radius.text()).")
            }
            return analysis
        }
        self.analyses = Set(analyses.map(\.analysisID)).sorted()
        radiusUm = truth.radius
        let acrossSessions = analyses.contains { $0.acrossSessions }

        let expected = Dictionary(
            truth.pairs.filter { acrossSessions || sessions[$0.earlier] == sessions[$0.later] }
                .map { (Pair(earlier: $0.earlier, later: $0.later), $0.cause) }, uniquingKeysWith: { first, _ in first }
        )
        var found: [Pair: OverlapCause] = [:]
        for id in self.analyses {
            let rows = try Row.fetchCursor(
                db, sql: "SELECT earlier, later, cause FROM overlap_pairs WHERE analysis_id = ?", arguments: [id])
            while let row = try rows.next() {
                found[Pair(earlier: row[0], later: row[1])] = OverlapCause(rawValue: row[2])
            }
        }
        truePairs = expected.count
        foundPairs = found.count
        missed = expected.keys.filter { found[$0] == nil }.map(\.text).sorted()
        invented = found.keys.filter { expected[$0] == nil }.map(\.text).sorted()
        rightCauses = expected.count { found[$0.key] == $0.value }
        trulyOverexposed = Set(expected.filter { $0.value != .byDesign }.keys.map(\.later)).count
        foundOverexposed = Set(found.filter { $0.value != .byDesign }.keys.map(\.later)).count
    }

    var text: String {
        var lines = [
            "true overlap pairs   \(truePairs) within \(radiusUm.text()) um",
            "found                \(truePairs - missed.count), missed \(missed.count), invented \(invented.count)",
            "with the true cause  \(rightCauses)",
            "overexposed          \(foundOverexposed) found, \(trulyOverexposed) true",
        ]
        for (word, pairs) in [("missed", missed), ("invented", invented)] {
            lines += pairs.prefix(3).map { "  \(word): \($0)" }
            if pairs.count > 3 { lines.append("  \(word): and \(pairs.count - 3) more (--json lists all)") }
        }
        return lines.joined(separator: "\n")
    }
}

private struct Pair: Hashable {
    let earlier: String
    let later: String

    var text: String { "\(earlier) then \(later)" }
}

private struct Analysis {
    let analysisID: Int64
    let radius: Double
    let acrossSessions: Bool

    static func fetchOne(_ db: Database, _ id: Int64) throws -> Analysis? {
        try Row.fetchOne(
            db, sql: "SELECT radius_um, across_sessions FROM analysis WHERE analysis_id = ?", arguments: [id]
        ).map { Analysis(analysisID: id, radius: $0[0], acrossSessions: $0[1]) }
    }
}
