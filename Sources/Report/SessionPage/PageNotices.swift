import EPUArchive
import EPUCore
import GRDB

/// What a reader must know before trusting a page.
struct PageNotices {
    let lines: [String]

    init(of choice: AnalysisChoice, _ faults: PageFaults, _ db: Database) throws {
        let gaps = choice.criteria.needsFields ? try Self.gaps(of: choice, db) : []
        let contradictions = try SessionNotice.all(of: choice.session.sessionID, db).map(\.message)
        lines =
            [choice.warning, faults.notice, try Self.givenMatrix(of: choice, db)].compactMap { $0 } + contradictions
            + gaps + choice.unknowns.notCompared.map(\.sentence)
    }

    /// Sentences on what is not known of the beams, if the criteria ask for what camera fields had received.
    private static func gaps(of choice: AnalysisChoice, _ db: Database) throws -> [String] {
        let row = try Row.fetchOne(
            db, sql: "SELECT without_dose, without_beam_diameter, without_field FROM analysis WHERE analysis_id = ?",
            arguments: [choice.analysisID])
        return [
            ("dose", "what they gave is not known", 0), ("beam diameter", "what they hit is not known", 1),
            ("camera field", "what they received is not known where that matters", 2),
        ].compactMap { what, consequence, column in
            let exposures: Int = row?[column] ?? 0
            return exposures > 0 ? "\(counted(exposures, "exposure")) without \(what): \(consequence)." : nil
        }
    }

    /// A sentence that a user gave a matrix although the session shows one of its own; nil if that is not so.
    private static func givenMatrix(of choice: AnalysisChoice, _ db: Database) throws -> String? {
        let own = try Int64.fetchOne(
            db,
            sql: """
                SELECT min(calibration_id) FROM calibration
                WHERE session_id = ?1 AND chosen AND verdict = \(CalibrationVerdict.good.sql) AND EXISTS (
                    SELECT 1 FROM analysis_session l JOIN calibration c USING (calibration_id)
                    WHERE l.analysis_id = ?2 AND l.session_id = ?1 AND c.verdict = \(CalibrationVerdict.given.sql))
                """, arguments: [choice.session.sessionID, choice.analysisID])
        return own.map {
            "This analysis uses a matrix that was given, not the one that the session shows by itself (calibration \($0), good)."
        }
    }
}
