import EPUArchive
import EPUCore
import GRDB

/// An overexposed exposure and the earlier one nearest to it.
struct MontagePair: Sendable {
    let earlier: MontageExposure
    let later: MontageExposure
    let distanceMicrometres: Double
    /// The cause, as `OverlapCause` spells it.
    let cause: String
    /// The review of the later exposure: keep, bad or nil.
    let review: String?
    /// The number of the incident; nil if the analysis was made by a version that did not look for incidents.
    let incident: Int?
    /// The share of the later camera field that the earlier beam covered, 0 to 1; nil if it is not known.
    let fieldOverlap: Double?
    /// The dose before of the later exposure, e/A^2; nil if it is not known.
    let preDose: Double?
    /// Whether the two positions are known relative to each other.
    let isPlaced: Bool

    var secondsBetween: Double { later.time.instant.seconds(since: earlier.time.instant) }
}

extension MontagePair {
    /// The place of a pair in a montage: all that is kept in memory of every pair.
    struct Place: Sendable {
        let laterID: Int64
        let incident: Int?
    }

    /// The number of exposures of the session that the analysis calls overexposed.
    static func count(_ db: Database, of choice: AnalysisChoice) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM all_overexposed WHERE analysis_id = :analysis AND session = :session",
            arguments: ["analysis": choice.analysisID, "session": choice.session.name]) ?? 0
    }

    /// The places of the first `limit` pairs; of all pairs if `limit` is nil.
    static func places(_ db: Database, of choice: AnalysisChoice, order: MontageOrder, limit: Int?) throws -> [Place] {
        var places: [Place] = []
        var statement = try RowStatement(
            db,
            """
            SELECT o.later_id, o.incident
            FROM all_overexposed o
            JOIN exposure later ON later.exposure_id = o.later_id
            LEFT JOIN incident i ON i.analysis_id = o.analysis_id AND i.incident = o.incident
            WHERE o.analysis_id = ?1 AND o.session = ?2
            ORDER BY \(order.sql)
            LIMIT ?3
            """)
        statement.bind(choice.analysisID)
        statement.bind(choice.session.name)
        // A negative limit means no limit (https://www.sqlite.org/lang_select.html#limitoffset).
        statement.bind(limit.map(Int64.init) ?? -1)
        try statement.forEachRow { row in
            places.append(Place(laterID: row.int(0), incident: row.optionalInt(1).map(Int.init)))
        }
        return places
    }

    /// - Throws: `Failure` if the archive no longer has the pair.
    static func fetch(_ db: Database, _ place: Place, of choice: AnalysisChoice) throws -> MontagePair {
        let statement = try db.cachedStatement(
            sql: """
                SELECT earlier_id, later_id, distance_um, cause, review, incident, field_overlap, pre_dose_e_per_a2,
                       \(isPlaced) AS is_placed
                FROM all_overexposed o WHERE analysis_id = ?1 AND later_id = ?2
                """)
        guard let found = try Found.fetchOne(statement, arguments: [choice.analysisID, place.laterID]) else {
            throw Failure("Analysis \(choice.analysisID) changed while its montage was drawn. Run `epu-report` again.")
        }
        return MontagePair(
            earlier: try MontageExposure.fetch(db, id: found.earlierID, analysisID: choice.analysisID),
            later: try MontageExposure.fetch(db, id: found.laterID, analysisID: choice.analysisID),
            distanceMicrometres: found.distanceUm, cause: found.cause, review: found.review,
            incident: found.incident, fieldOverlap: found.fieldOverlap, preDose: found.preDoseEPerA2,
            isPlaced: found.isPlaced)
    }

    private struct Found: ArchiveRecord {
        let earlierID: Int64
        let laterID: Int64
        let distanceUm: Double
        let cause: String
        let review: String?
        let incident: Int?
        let fieldOverlap: Double?
        let preDoseEPerA2: Double?
        let isPlaced: Bool
    }

    /// Whether the two positions are known relative to each other, in SQL. The analysis leaves both shares open if a distance is
    /// only bounded. It does the same if beams are not known, and then the calibrations of the two exposures tell.
    private static let isPlaced = """
        (field_overlap IS NOT NULL OR beam_overlap IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM analysis_session l JOIN calibration c USING (calibration_id)
            JOIN exposure e ON e.exposure_id IN (o.earlier_id, o.later_id) AND e.session_id = l.session_id
            WHERE l.analysis_id = ?1 AND (
                c.verdict = \(CalibrationVerdict.undetermined.sql)
                OR c.method = \(CalibrationMethod.stage.sql) AND o.cause = \(OverlapCause.acrossSessions.sql))))
        """

    /// The sessions of the pairs' exposures: an earlier exposure may belong to another session of the grid.
    static func sessions(_ db: Database, of choice: AnalysisChoice) throws -> Set<Int64> {
        try Int64.fetchSet(
            db,
            sql: """
                SELECT e.session_id FROM all_overexposed o JOIN exposure e ON e.exposure_id = o.earlier_id
                WHERE o.analysis_id = ? AND o.session = ?
                """, arguments: [choice.analysisID, choice.session.name]
        ).union([choice.session.sessionID])
    }
}
