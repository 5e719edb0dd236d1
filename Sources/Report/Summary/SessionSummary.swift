import EPUArchive
import EPUCore
import Foundation
import GRDB

/// One session in figures.
struct SessionSummary: Encodable {
    struct BeamDiameter: Encodable {
        let beamDiameterUm: Double?
        let exposures: Int
    }

    struct Files: Encodable {
        let kind: String
        let status: String
        let count: Int
    }

    struct Analysis: Encodable {
        let analysisID: Int64
        /// Why it is this one.
        let published: Publication
        let acrossSessions: Bool
        let overexposed: Int
        /// Exposures that came after the analysis.
        let notJudged: Int
        /// Exposures that it could not judge, as its criteria ask for what is not known.
        let undecided: Int
        /// Of the positions in x and in y, the median, um; nil: not known.
        let positionErrorUm: Double?
        /// Of the overexposed, those with a probability below 95 %.
        let uncertain: Int
        /// Exposures that count as not overexposed, and may be.
        let possible: Int
        /// What it could not tell, in words; nil: nothing.
        let unknown: String?
        /// That a person had named another, which is gone; nil: it is not so.
        let warning: String?
        let causes: [String: Int]
        let incidents: [IncidentRow]
        /// Earlier sessions of the grid of which it is not known what they had exposed.
        let notCompared: [UncomparedSession]
        let unknowns: Unknowns
        fileprivate let criteria: OverlapCriteria

        enum CodingKeys: String, CodingKey {
            case analysisID = "analysisId"
            case published, acrossSessions, overexposed, notJudged, undecided, positionErrorUm, uncertain, possible,
                unknown, warning, causes,
                incidents, notCompared
        }
    }

    let session: String
    let roots: [String]
    let instrument: String?
    let epuVersion: String?
    let startedAt: String?
    let endedAt: String?
    let exposures: Int
    let gridSquares: Int
    let foilHoles: Int
    let holeImages: Int
    let withoutImage: Int
    let beamDiameters: [BeamDiameter]
    let settings: SessionSettings
    let notices: [SessionNotice]
    let files: [Files]
    let problems: Int
    /// Those of the analysis; without one, those that an analysis would use. Empty where there is none.
    let calibrations: [CalibrationSummary]
    /// What pairs of hole images measured of the stage; nil: there are none, or it was not calibrated.
    let stagePairs: StagePairs?
    /// What the lattice says of the same; nil: nothing.
    let stageError: LatticeStageError?
    /// Exposures that a person marked.
    let reviewedKeep: Int
    let reviewedBad: Int
    let analysis: ByCriteria<Analysis>?

    /// - Parameter choice: nil for a session that was not analysed.
    init(_ row: SessionRow, _ choice: AnalysisChoice?, _ db: Database) throws {
        let id = row.sessionID
        session = row.name
        roots = try String.fetchAll(
            db, sql: "SELECT path FROM session_root WHERE session_id = ? ORDER BY path", arguments: [id])
        let figures = try Row.fetchOne(
            db,
            sql: """
                SELECT s.instrument_id, s.epu_version, min(e.acquired_at) AS started_at, max(e.acquired_at) AS ended_at,
                       count(e.exposure_id) AS exposures, count(DISTINCT e.grid_square) AS grid_squares,
                       count(DISTINCT e.foil_hole) AS foil_holes,
                       count(e.exposure_id) - count(e.image_file_id) AS without_image,
                       (SELECT count(*) FROM hole_image h WHERE h.session_id = s.session_id) AS hole_images
                FROM session s LEFT JOIN exposure e USING (session_id) WHERE s.session_id = ?
                """,
            arguments: [id])
        instrument = figures?["instrument_id"]
        epuVersion = figures?["epu_version"]
        startedAt = figures?["started_at"]
        endedAt = figures?["ended_at"]
        exposures = figures?["exposures"] ?? 0
        gridSquares = figures?["grid_squares"] ?? 0
        foilHoles = figures?["foil_holes"] ?? 0
        holeImages = figures?["hole_images"] ?? 0
        withoutImage = figures?["without_image"] ?? 0
        settings = try SessionSettings(of: id, db)
        beamDiameters = settings.beamDiameters
        notices = try SessionNotice.all(of: id, db)
        files = try Row.fetchAll(
            db,
            sql: """
                SELECT f.kind, f.status, count(*) AS files
                FROM source_file f JOIN session_root r USING (session_root_id)
                WHERE r.session_id = ? GROUP BY f.kind, f.status ORDER BY f.kind, f.status
                """,
            arguments: [id]
        ).map { Files(kind: $0["kind"], status: $0["status"], count: $0["files"]) }
        problems =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM source_problems WHERE session = ?", arguments: [session])
            ?? 0
        calibrations = try CalibrationSummary.all(of: id, analysisID: choice?.analysisID, db)
        stagePairs = try StagePairs(of: id, db)
        stageError = try LatticeStageError(of: id, db)
        let reviews = try Row.fetchOne(
            db,
            sql: """
                SELECT ifnull(sum(verdict = 'keep'), 0), ifnull(sum(verdict = 'bad'), 0)
                FROM review JOIN exposure USING (exposure_id) WHERE session_id = ?
                """, arguments: [id])
        reviewedKeep = reviews?[0] ?? 0
        reviewedBad = reviews?[1] ?? 0
        analysis = try choice.flatMap { choice in
            try Analysis(choice, db).map { ByCriteria(choice.criteria, $0) }
        }
    }
}

extension SessionSummary.Analysis {
    fileprivate init?(_ choice: AnalysisChoice, _ db: Database) throws {
        let isAcross = try Bool.fetchOne(
            db, sql: "SELECT across_sessions FROM analysis WHERE analysis_id = ?", arguments: [choice.analysisID])
        guard let isAcross else { return nil }
        analysisID = choice.analysisID
        published = choice.publication
        criteria = choice.criteria
        notJudged = choice.notJudged
        unknowns = choice.unknowns
        undecided = unknowns.undecided
        positionErrorUm = unknowns.precision.error
        uncertain = unknowns.counts.uncertain
        possible = unknowns.counts.possible
        unknown = unknowns.text
        warning = choice.missingText
        acrossSessions = isAcross
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT o.cause, count(*) AS exposures
                FROM all_overexposed o JOIN exposure e ON e.exposure_id = o.later_id
                WHERE o.analysis_id = ? AND e.session_id = ? GROUP BY o.cause
                """,
            arguments: [choice.analysisID, choice.session.sessionID])
        causes = Dictionary(uniqueKeysWithValues: rows.map { ($0["cause"], $0["exposures"]) })
        overexposed = causes.values.reduce(0, +)
        incidents = try IncidentRow.all(of: choice.analysisID, session: choice.session.name, db)
        notCompared = unknowns.notCompared
    }
}

// MARK: - Text

extension SessionSummary {
    var text: String {
        var lines = [session]
        lines += roots.map { "  folder       \($0)" }
        lines.append("  microscope   \(instrument ?? "not recorded"), EPU \(epuVersion ?? "not recorded")")
        if let startedAt, let endedAt {
            lines.append("  time (UTC)   \(startedAt.prefix(19)) to \(endedAt.prefix(19))")
        }
        lines.append(
            "  exposures    \(exposures) in \(counted(foilHoles, "foil hole")) of "
                + "\(counted(gridSquares, "grid square")), \(counted(holeImages, "hole image"))"
                + (withoutImage > 0 ? ", \(withoutImage) exposures without JPG" : ""))
        for diameter in beamDiameters {
            let size = diameter.beamDiameterUm.map { "\($0.text()) um" } ?? "not recorded"
            lines.append("  beam         \(size): \(counted(diameter.exposures, "exposure"))")
        }
        if exposures > 0 {
            let texts = settings.texts.map { "\($0.name) \($0.text)" }
            lines.append("  settings     " + texts.prefix(3).joined(separator: "; "))
            lines.append("               " + texts.dropFirst(3).joined(separator: "; "))
        }
        for calibration in calibrations { lines += calibration.lines }
        if let stageError { lines.append("  stage        \(stageError.sentence)") }
        if let stagePairs {
            lines.append((stageError == nil ? "  stage        " : "               ") + stagePairs.sentence)
        }
        if let analysis {
            lines.append(
                "  analysis     \(analysis.result.text(of: exposures - analysis.notJudged - analysis.undecided))"
            )
            if let warning = analysis.warning {
                lines.append("               \(warning) Run `epu-analyze` again.")
            }
            for (cause, count) in analysis.causes.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                lines.append("               \(count) \(cause)")
            }
            lines += analysis.notCompared.map { "               " + $0.text }
            if !analysis.incidents.isEmpty {
                lines += IncidentRow.lines(analysis.incidents).enumerated().map { number, line in
                    (number == 0 ? "  events       " : "           ") + line.replacing("\n", with: "\n           ")
                }
            }
            if analysis.notJudged > 0 {
                lines.append(
                    "               \(analysis.notJudged) came later and are not judged: run `epu-analyze` again"
                )
            }
        } else if exposures > 0 {
            lines.append("  analysis     none yet: run `epu-analyze`")
        }
        if reviewedKeep + reviewedBad > 0 {
            lines.append("  reviewed     \(reviewedKeep) to keep, \(reviewedBad) bad, by a person: lists obey that")
        }
        lines += notices.map { "  notice       \($0.message)" }
        let faults = files.filter { $0.status != "ok" && $0.status != "unknown" }
        lines += faults.map { "  ledger       \($0.count) \($0.kind): \($0.status)" }
        if problems > 0 { lines.append("  problems     \(problems): see the view source_problems") }
        return lines.joined(separator: "\n")
    }
}

extension SessionSummary.Analysis {
    fileprivate func text(of judged: Int) -> String {
        let origin = published.sentence(analysisID, criteria.text(acrossSessions: acrossSessions))
        guard judged > 0 else { return "not known: none could be judged (\(origin))" }
        guard overexposed > 0 else { return criteria.noneText(of: judged, butFor: unknown) + " (\(origin))" }
        let share = 100 * Double(overexposed) / Double(judged)
        return "\(overexposed) of \(judged) overexposed (\(share.text(decimals: 1)) %)" + unknowns.counts.uncertainText
            + (unknown.map { "; \($0)" } ?? "") + " (\(origin))"
    }
}
