import EPUCore
import GRDB

/// What people's reviews change of what an analysis found in a session: lists obey them, and so does what is said of dropping.
struct ReviewEffect {
    /// The number of overexposed micrographs that a person keeps.
    let kept: Int
    /// The number of other micrographs that a person called bad.
    let bad: Int
    /// The number of micrographs that only a person could judge.
    let decided: Int

    init(on analysisID: Int64, of sessionID: Int64, _ db: Database) throws {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT total(r.verdict = 'keep' AND o.exposure_id IS NOT NULL),
                           total(r.verdict = 'bad' AND o.exposure_id IS NULL), count(u.exposure_id)
                    FROM review r JOIN exposure e USING (exposure_id)
                    LEFT JOIN overexposure o ON o.analysis_id = ?1 AND o.exposure_id = r.exposure_id
                    LEFT JOIN undecided_exposure u ON u.analysis_id = ?1 AND u.exposure_id = r.exposure_id
                    WHERE e.session_id = ?2
                    """), arguments: [analysisID, sessionID])
        (kept, bad, decided) = (Int(row?[0] ?? 0.0), Int(row?[1] ?? 0.0), row?[2] ?? 0)
    }

    /// What the reviews change, in words; nil where they change nothing.
    var text: String? {
        let texts = [
            kept > 0 ? "\(kept) overexposed to keep" : nil, bad > 0 ? "\(counted(bad, "other")) bad" : nil,
        ].compactMap { $0 }
        guard !texts.isEmpty else { return nil }
        return texts.joined(separator: ", ") + " as a person marked them; `epu-analyze review` lists them"
    }
}
