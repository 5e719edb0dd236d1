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

    struct Files: Encodable, ArchiveRecord {
        let kind: String
        let status: String
        let count: Int
    }

    let session: String
    let roots: [String]
    let instrument: String?
    let epuVersion: String?
    /// The times of the first and of the last exposure, UTC; nil where there is none.
    let startedAt: String?
    let endedAt: String?
    /// The same by the microscope's clock, as people read them.
    let times: String?
    let clock: MicroscopeClock
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
    /// The calibrations of the analysis; without an analysis, those that one would use. Empty if there are none.
    let calibrations: [ReportedCalibration]
    /// What pairs of hole images measured of the stage; nil if there are no pairs, or if the session was not calibrated.
    let stagePairs: StagePairs?
    /// The stage error that the lattice shows; nil if it shows none.
    let stageError: LatticeStageError?
    /// The number of exposures that a person marked to be kept.
    let reviewedKeep: Int
    let reviewedBad: Int
    let analysis: ByCriteria<Analysis>?

    enum CodingKeys: String, CodingKey {
        case session, roots, instrument, epuVersion, startedAt, endedAt, exposures, gridSquares, foilHoles, holeImages
        case withoutImage, beamDiameters, settings, notices, files, problems, calibrations, stagePairs, stageError
        case reviewedKeep, reviewedBad, analysis
    }

    private struct Figures: ArchiveRecord {
        let instrumentID: String?
        let epuVersion: String?
        let startedAt: String?
        let endedAt: String?
        let exposures: Int
        let gridSquares: Int
        let foilHoles: Int
        let withoutImage: Int
        let holeImages: Int
    }

    /// - Parameter choice: the analysis; nil for a session that was not analysed.
    init(_ row: SessionRow, _ choice: AnalysisChoice?, _ db: Database) throws {
        let id = row.sessionID
        session = row.name
        roots = try String.fetchAll(
            db, sql: "SELECT path FROM session_root WHERE session_id = ? ORDER BY path", arguments: [id])
        let figures = try Figures.fetchOne(
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
        instrument = figures?.instrumentID
        epuVersion = figures?.epuVersion
        startedAt = figures?.startedAt
        endedAt = figures?.endedAt
        clock = try MicroscopeClock(of: id, db)
        times = try clock.span(of: id, db).map { "\($0) to \($1)" }
        exposures = figures?.exposures ?? 0
        gridSquares = figures?.gridSquares ?? 0
        foilHoles = figures?.foilHoles ?? 0
        holeImages = figures?.holeImages ?? 0
        withoutImage = figures?.withoutImage ?? 0
        settings = try SessionSettings(of: id, db)
        beamDiameters = settings.beamDiameters
        notices = try SessionNotice.all(of: id, db)
        files = try Files.fetchAll(
            db,
            sql: """
                SELECT f.kind, f.status, count(*) AS count
                FROM source_file f JOIN session_root r USING (session_root_id)
                WHERE r.session_id = ? GROUP BY f.kind, f.status ORDER BY f.kind, f.status
                """,
            arguments: [id])
        problems =
            try Int.fetchOne(db, sql: "SELECT count(*) FROM source_problems WHERE session = ?", arguments: [session])
            ?? 0
        let used =
            try choice.map { try StoredCalibration.used(by: $0.analysisID, for: id, db) }
            ?? StoredCalibration.chosen(for: id, db)
        calibrations = used.map(\.summarized)
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
