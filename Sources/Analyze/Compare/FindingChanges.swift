import EPUArchive
import GRDB

/// How many findings one analysis has that another has not, by cause.
struct FindingChanges: Encodable {
    struct Counts: Encodable, Equatable {
        /// The number that only the first analysis has.
        var lost = 0
        /// The number that both have.
        var kept = 0
        /// The number that only the second analysis has.
        var gained = 0
    }

    private(set) var total = Counts()
    /// The counts for each cause. What both have counts under the cause that the second gives.
    private(set) var byCause: [String: Counts] = [:]
    /// The number of findings in both to which the first gives another cause.
    private(set) var causeChanged = 0

    /// The overexposed exposures of some sessions.
    static func ofExposures(
        _ first: ComparedAnalysis, _ second: ComparedAnalysis, sessions: [SessionRow], _ db: Database
    ) throws -> FindingChanges {
        try FindingChanges(
            """
            SELECT n.analysis_id, n.exposure_id, o.cause
            FROM overexposure n
            JOIN overlap o
                ON o.analysis_id = n.analysis_id AND o.later_id = n.exposure_id AND o.earlier_id = n.nearest_id
            JOIN exposure e USING (exposure_id)
            WHERE n.analysis_id IN (:first, :second) AND e.session_id IN (\(sessions.map(\.sessionID).sqlList))
            """, grouping: "exposure_id", first, second, db)
    }

    /// The overlap pairs whose later exposure belongs to some sessions.
    static func ofPairs(
        _ first: ComparedAnalysis, _ second: ComparedAnalysis, sessions: [SessionRow], _ db: Database
    ) throws -> FindingChanges {
        try FindingChanges(
            """
            SELECT o.analysis_id, o.later_id, o.earlier_id, o.cause
            FROM overlap o
            JOIN exposure e ON e.exposure_id = o.later_id
            WHERE o.analysis_id IN (:first, :second) AND e.session_id IN (\(sessions.map(\.sessionID).sqlList))
            """, grouping: "later_id, earlier_id", first, second, db)
    }

    private struct Tally: ArchiveRecord {
        let firstCause, secondCause: String?
        let findings: Int
    }

    /// - Parameters:
    ///   - findings: a statement that gives the findings of both analyses.
    ///   - identity: the columns that are the same for one finding in both.
    private init(
        _ findings: String, grouping identity: String, _ first: ComparedAnalysis, _ second: ComparedAnalysis,
        _ db: Database
    ) throws {
        let tallies = try Tally.fetchAll(
            db,
            sql: """
                WITH finding AS (\(findings))
                SELECT first_cause, second_cause, count(*) AS findings
                FROM (SELECT max(iif(analysis_id = :first, cause, NULL)) AS first_cause,
                             max(iif(analysis_id = :second, cause, NULL)) AS second_cause
                      FROM finding GROUP BY \(identity))
                GROUP BY first_cause, second_cause
                """, arguments: ["first": first.analysisID, "second": second.analysisID])
        for tally in tallies {
            let (before, after) = (tally.firstCause, tally.secondCause)
            guard let cause = after ?? before else { continue }
            let kind: WritableKeyPath<Counts, Int> =
                before == nil ? \.gained : after == nil ? \.lost : \.kept
            total[keyPath: kind] += tally.findings
            byCause[cause, default: Counts()][keyPath: kind] += tally.findings
            if let before, let after, before != after { causeChanged += tally.findings }
        }
    }
}
