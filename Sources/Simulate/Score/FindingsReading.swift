import EPUArchive
import EPUCore
import GRDB

extension Findings {
    /// - Parameter analysisID: The analysis to read; nil for the published one of each session.
    /// - Throws: `Failure` where the archive has no analysis of the sessions at the truth's radius.
    init(of truth: TruthReading, analysisID: Int64?, _ db: Database) throws {
        let analyses = try Set(truth.exposures.map(\.session)).sorted().map { session in
            let id =
                try analysisID
                ?? Int64.fetchOne(
                    db,
                    sql: "SELECT analysis_id FROM latest_analysis JOIN session USING (session_id) WHERE name = ?",
                    arguments: [session])
            guard let id, let analysis = try Analysis.fetchOne(db, id) else {
                guard try Bool.fetchOne(db, sql: "SELECT 1 FROM session WHERE name = ?", arguments: [session]) != nil
                else {
                    throw Failure(
                        "The archive has no session \(session), of which the truth tells. Read its folder with `epu-ingest`, under the name with which it was written."
                    )
                }
                throw Failure("\(session) has not been analysed. Run `epu-analyze` on the archive first.")
            }
            guard let radius = analysis.criteria.radius, abs(radius - truth.radius) < 1e-9,
                !analysis.criteria.needsFields
            else {
                throw Failure(
                    "Analysis \(id) asks for \(analysis.criteria.text), the truth for \(truth.radius.text()) um. Run `epu-analyze overlaps` with --radius \(truth.radius.text())."
                )
            }
            return analysis
        }
        self.analyses = Set(analyses.map(\.analysisID)).sorted()
        comparesSessions = analyses.contains { $0.comparesSessions }
        pairs = try self.analyses.reduce(into: [:]) { pairs, id in try Self.readPairs(of: id, into: &pairs, db) }
        incidents = try self.analyses.flatMap { try Self.incidents(of: $0, db) }
    }

    private static func readPairs(
        of analysisID: Int64, into pairs: inout [ExposurePair: OverlapCause], _ db: Database
    ) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT earlier, later, cause FROM all_overlap_pairs WHERE analysis_id = ?",
            arguments: [analysisID])
        while let row = try rows.next() { pairs[ExposurePair(earlier: row[0], later: row[1])] = try cause(row[2]) }
    }

    private static func incidents(of analysisID: Int64, _ db: Database) throws -> [Incident] {
        var lost: [Int64: Set<String>] = [:]
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT incident, name FROM all_overexposed WHERE analysis_id = ? AND incident IS NOT NULL",
            arguments: [analysisID])
        while let row = try rows.next() { lost[row[0], default: []].insert(row[1]) }
        return try Row.fetchAll(
            db, sql: "SELECT incident, cause FROM all_incidents WHERE analysis_id = ? ORDER BY incident",
            arguments: [analysisID]
        ).map { row in
            Incident(analysisID: analysisID, number: row[0], cause: try cause(row[1]), lost: lost[row[0]] ?? [])
        }
    }

    private static func cause(_ text: String) throws -> OverlapCause {
        guard let cause = OverlapCause(rawValue: text) else {
            throw Failure("The archive has a cause '\(text)', which this epu-simulate does not know.")
        }
        return cause
    }
}

private struct Analysis {
    let analysisID: Int64
    let criteria: OverlapCriteria
    let comparesSessions: Bool

    static func fetchOne(_ db: Database, _ id: Int64) throws -> Analysis? {
        try Row.fetchOne(
            db, sql: "SELECT * FROM analysis WHERE analysis_id = ?", arguments: [id]
        ).map { Analysis(analysisID: id, criteria: OverlapCriteria($0), comparesSessions: $0["across_sessions"]) }
    }
}
