import EPUCore
import GRDB

/// What the exposures of a session add up to, by its published analysis.
///
/// Going through the exposures takes milliseconds a session, so an archive keeps the sums in `session_figures`, until a trigger
/// finds that they no longer hold. Whoever only reads adds up what is missing, and does not store it.
public struct ExposureFigures: Equatable, Sendable {
    /// The published analysis; nil where the session was never analysed.
    var analysisID: Int64?
    var exposures = 0
    /// The number of exposed foil holes, and of different areas in them.
    var foilHoles = 0
    var areas = 0
    /// The times of the first and of the last exposure, UTC; nil where there is none.
    var startedAt: String?
    var endedAt: String?
    var rate = AcquisitionRate([])
    /// The number of exposures that the analysis has placed.
    var placed = 0
    var overexposed = 0
    /// The number of exposures that could not be judged, and those that could be either way, as `UncertainCounts` has them.
    var undecided = 0
    var uncertain = 0
    var ofUnknownCertainty = 0
    var possible = 0
    /// The numbers of micrographs that a person said to keep, and called bad.
    var reviewedKeep = 0
    var reviewedBad = 0
    /// The doses that fields had received before, e/A^2, where they are known; nil where none is.
    var doses: Distribution?
    /// The same without what overlaps by design.
    var unplannedDoses: Distribution?

    init() {}

    /// Reads the figures, or adds them up where the archive has none that hold.
    init(of sessionID: Int64, _ analysisID: Int64?, _ db: Database) throws {
        self = try Self.stored(sessionID, analysisID, db) ?? Self(scanning: sessionID, analysisID, db)
    }

    /// Stores the figures of a session by its published analysis, where the archive has none that hold.
    public static func keep(of session: SessionRow, in archive: Archive) throws {
        // While epu-ingest is storing a session, its figures would be old at once, and no trigger would take them out.
        func isToBeKept(_ db: Database) throws -> Bool {
            guard
                try Bool.fetchOne(
                    db, sql: "SELECT is_settled FROM session WHERE session_id = ?", arguments: [session.sessionID])
                    ?? false
            else { return false }
            return try stored(session.sessionID, Publication.analysisID(of: session.sessionID, db), db) == nil
        }
        // A transaction that writes costs more than the look.
        guard try archive.read(isToBeKept) else { return }
        try archive.write { db in
            guard try isToBeKept(db) else { return }
            let analysisID = try Publication.analysisID(of: session.sessionID, db)
            try Self(scanning: session.sessionID, analysisID, db).store(session.sessionID, db)
        }
    }

    private static func stored(_ sessionID: Int64, _ analysisID: Int64?, _ db: Database) throws -> ExposureFigures? {
        let statement = try db.cachedStatement(
            sql: "SELECT \(columns) FROM session_figures WHERE session_id = ? AND analysis_id IS ?")
        return try Row.fetchOne(statement, arguments: [sessionID, analysisID]).map(ExposureFigures.init)
    }

    private static let columns = """
        analysis_id, exposures, foil_holes, areas, started_at, ended_at, exposures_per_hour, exposures_per_hour_with_pauses, hours,
        pauses, paused_hours, median_interval_s, placed, overexposed, undecided, uncertain, of_unknown_certainty,
        possible, reviewed_keep, reviewed_bad,
        known_doses, dose_median_e_per_a2, dose_percentile95_e_per_a2, dose_greatest_e_per_a2,
        known_unplanned_doses, unplanned_dose_median_e_per_a2, unplanned_dose_percentile95_e_per_a2,
        unplanned_dose_greatest_e_per_a2
        """

    private init(_ row: Row) {
        (analysisID, exposures, foilHoles, areas) = (row[0], row[1], row[2], row[3])
        (startedAt, endedAt) = (row[4], row[5])
        rate = AcquisitionRate(
            exposuresPerHour: row[6], withPauses: row[7], hours: row[8], pauses: row[9], pausedHours: row[10],
            medianIntervalS: row[11], exposures: exposures)
        (placed, overexposed) = (row[12], row[13])
        (undecided, uncertain, ofUnknownCertainty, possible) = (row[14], row[15], row[16], row[17])
        (reviewedKeep, reviewedBad) = (row[18], row[19])
        doses = Distribution(count: row[20], median: row[21], percentile95: row[22], greatest: row[23])
        unplannedDoses = Distribution(count: row[24], median: row[25], percentile95: row[26], greatest: row[27])
    }

    private func store(_ sessionID: Int64, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO session_figures (session_id, \(Self.columns))
                VALUES (?\(String(repeating: ", ?", count: 28)))
                """,
            arguments: [
                sessionID, analysisID, exposures, foilHoles, areas, startedAt, endedAt, rate.exposuresPerHour,
                rate.exposuresPerHourWithPauses, rate.hours, rate.pauses, rate.pausedHours, rate.medianIntervalS,
                placed, overexposed, undecided, uncertain, ofUnknownCertainty, possible, reviewedKeep, reviewedBad,
                doses?.count ?? 0, doses?.median, doses?.percentile95,
                doses?.greatest,
                unplannedDoses?.count ?? 0, unplannedDoses?.median, unplannedDoses?.percentile95,
                unplannedDoses?.greatest,
            ])
    }
}
