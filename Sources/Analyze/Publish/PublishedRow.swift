import EPUArchive
import EPUCore
import GRDB

/// What reports show of a session: its published analysis, why it is this one, and what it asked for.
struct PublishedRow: Encodable {
    let session: String
    /// What a person asked of the analysis that was named and is gone, in words; `epu-analyze` makes it again.
    let missing: String?
    // These are nil where the session was not analysed:
    private(set) var analysisID: Int64?
    private(set) var published: Publication?
    private(set) var criteria: String?
    /// The k or matrix of each calibration that places the session, in words.
    private(set) var matrix: String?
    /// The same as people read it.
    private var calibration: String?
    private(set) var exposures: Int?
    /// The number of overexposed exposures that were found.
    private(set) var overexposed: Int?
    /// The number in words: `12`, `at least 12` or `not known`.
    private var overexposedText: String?
    /// The analysis in words such as `analysis 3, radius 0.2 um, published by name`.
    private(set) var sentence: String?
    /// What the analysis could not tell, in words; nil: nothing.
    private(set) var unknown: String?

    enum CodingKeys: String, CodingKey {
        case session
        case analysisID = "analysisId"
        case published, criteria, matrix, exposures, overexposed, unknown, missing
    }

    init(of session: SessionRow, _ db: Database) throws {
        self.session = session.name
        let named = try PublishedAnalysis.named(for: session.sessionID, db)
        missing = named?.analysisID == nil ? named?.criteria.text : nil
        guard let analysis = try ComparedAnalysis.published(of: session, db) else { return }
        let publication = try Publication(of: analysis.analysisID, for: session.sessionID, db)
        let criteria = analysis.criteria.text(acrossSessions: analysis.acrossSessions)
        let unknowns = try Unknowns(
            of: analysis.analysisID, judging: session.sessionID,
            notJudged: Unknowns.notJudged(analysis.analysisID, session.sessionID, db), db)
        let found = try Self.overexposed(session, in: analysis, db)
        analysisID = analysis.analysisID
        published = publication
        self.criteria = criteria
        let calibrations = analysis.calibrations[session.sessionID] ?? []
        matrix = Set(calibrations.map(\.matrix.text)).sorted().joined(separator: "; ")
        calibration = Set(calibrations.map(\.shapeText)).sorted().joined(separator: "; ")
        exposures = analysis.exposures
        overexposed = found
        overexposedText = unknowns.markedCountText(found, of: analysis.exposures - unknowns.undecided)
        sentence = publication.sentence(analysis.analysisID, criteria)
        unknown = unknowns.text
    }

    private static func overexposed(_ session: SessionRow, in analysis: ComparedAnalysis, _ db: Database) throws -> Int
    {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM overexposure o JOIN exposure e USING (exposure_id)
                WHERE o.analysis_id = ? AND e.session_id = ?
                """, arguments: [analysis.analysisID, session.sessionID]) ?? 0
    }

    static func text(_ rows: [PublishedRow]) -> String {
        var table = TextTable(["session", "analysis", "published", "criteria", "calibration", "overexposed"])
        for row in rows {
            table.add([
                row.session, row.analysisID.map { "\($0)" } ?? "", row.published?.text ?? "not analysed",
                row.criteria ?? "", row.calibration ?? "", row.overexposedText ?? "",
            ])
        }
        let missing = rows.compactMap { row in
            row.missing.map {
                "\(row.session): the analysis that was published by name (\($0)) no longer holds: run `epu-analyze`, which "
                    + "makes it again."
            }
        }
        let mark = [Unknowns.markText(below: rows.map(\.overexposedText))].compactMap { $0 }
        return ([table.text] + mark + missing).joined(separator: "\n")
    }
}
