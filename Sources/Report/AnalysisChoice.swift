import EPUArchive
import EPUCore
import GRDB

/// A session and the analysis that a report shows of it.
struct AnalysisChoice {
    let session: SessionRow
    let analysisID: Int64
    let criteria: OverlapCriteria
    /// The criteria, and also, if the session was compared only with itself, a note that says so.
    let criteriaText: String
    /// The reason why the report shows this analysis.
    let publication: Publication
    /// The criteria of the analysis that a person named for the session and that is gone; nil if none is missing.
    private let missing: OverlapCriteria?
    /// What the analysis could not tell of the session.
    let unknowns: Unknowns
    /// The number of exposures that the archive got after the analysis, of which it says nothing.
    var notJudged: Int { unknowns.notJudged }

    private struct Columns: ArchiveRecord {
        let analysisID: Int64
        let acrossSessions: Bool
    }

    /// Takes the named analysis if it judges the session, or the session's published one; nil if there is none.
    /// - Parameter analysisID: the analysis that was asked for; nil means the published one.
    init?(of session: SessionRow, analysisID: Int64?, _ db: Database) throws {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT a.*
                FROM judged_session j JOIN analysis a USING (analysis_id)
                WHERE j.session_id = ?1 AND j.analysis_id = ifnull(
                    ?2, (SELECT analysis_id FROM latest_analysis WHERE session_id = ?1))
                """,
            arguments: [session.sessionID, analysisID])
        guard let row else { return nil }
        self.session = session
        let columns = try Columns(row: row)
        let id = columns.analysisID
        self.analysisID = id
        criteria = OverlapCriteria(row)
        criteriaText = criteria.text(acrossSessions: columns.acrossSessions)
        publication = try Publication(of: id, for: session.sessionID, db)
        let named = try PublishedAnalysis.named(for: session.sessionID, db)
        missing = analysisID == nil && named?.analysisID == nil ? named?.criteria : nil
        unknowns = try Unknowns(
            of: id, judging: session.sessionID, notJudged: Unknowns.notJudged(id, session.sessionID, db), db)
    }

    /// The choice in words, as `analysis 3, radius 0.2 um, published by name`.
    var text: String { publication.sentence(analysisID, criteriaText) }

    /// A sentence that the analysis that a person named is gone and this is another one; nil if that is not so.
    var missingText: String? {
        missing.map { "The analysis that was published by name (\($0.text)) no longer holds, so this is \(text)." }
    }

    /// What a reader must know before trusting the report.
    var warning: String? {
        var sentences = [missingText].compactMap { $0 }
        if notJudged > 0 {
            let judged = notJudged == 1 ? "was not judged" : "were not judged"
            sentences.append("\(counted(notJudged, "exposure")) came after analysis \(analysisID) and \(judged).")
        }
        guard !sentences.isEmpty else { return nil }
        return "\(session.name): " + sentences.joined(separator: " ") + " Run `epu-analyze` again."
    }

    /// The word `overexposed` after a number in a caption, with the words that it needs if not all could be compared.
    var overexposedWords: String {
        unknowns.ofJudged == nil ? "overexposed" : "overexposed \(Unknowns.asFarAsCompared)"
    }

    /// What a reader must know if nothing else says how far exposures could be compared.
    var comparisonWarning: String? {
        unknowns.ofJudged.map { "\(session.name): what is kept is so \(Unknowns.asFarAsCompared); \($0)." }
    }

    /// - Parameters:
    ///   - names: the sessions that were asked for; none means all that have an analysis.
    ///   - analysisID: the analysis that was asked for; nil means each session's published one.
    /// - Throws: `Failure` for an analysis that does not exist, for a session that was asked for and is not in it, or if nothing
    ///   was analysed.
    static func select(_ db: Database, sessions names: [String], analysisID: Int64?) throws -> [AnalysisChoice] {
        if let analysisID { try require(analysisID, db) }
        let sessions = try SessionRow.select(db, names: names)
        let choices = try sessions.compactMap { try AnalysisChoice(of: $0, analysisID: analysisID, db) }
        let chosen = Set(choices.map(\.session.sessionID))
        if let without = sessions.first(where: { !chosen.contains($0.sessionID) }), !names.isEmpty || choices.isEmpty {
            if let analysisID { throw Failure("Analysis \(analysisID) does not judge \(without.name).") }
            throw Failure("\(without.name) has not been analysed. Find its overlaps with `epu-analyze`.")
        }
        return choices
    }

    /// - Throws: `Failure` for an analysis that does not exist.
    static func require(_ analysisID: Int64, _ db: Database) throws {
        guard
            try Int.fetchOne(db, sql: "SELECT 1 FROM analysis WHERE analysis_id = ?", arguments: [analysisID]) != nil
        else { throw Failure("The archive has no analysis \(analysisID). The view analyses lists what it has.") }
    }
}
