import EPUArchive
import EPUCore
import GRDB

/// An overexposed exposure and the earlier one nearest to it.
struct MontagePair: Sendable {
    let earlier: MontageExposure
    let later: MontageExposure
    let distanceMicrometres: Double
    /// As `OverlapCause` spells it.
    let cause: String
    /// A person's verdict: keep, bad or nil.
    let review: String?
    /// Nil: the analysis was made before incidents were told.
    let incident: Int?
    /// Of the later camera field, what the earlier beam covered, 0 to 1; nil: not known.
    let fieldOverlap: Double?
    /// Electrons per square Angstrom that the later field had received; nil: not known.
    let preDose: Double?
    /// Whether the two positions are known relative to each other.
    let isPlaced: Bool

    var secondsBetween: Double { later.time.instant.seconds(since: earlier.time.instant) }
}

/// What a montage needs of an exposure.
struct MontageExposure: Sendable {
    let sessionID: Int64
    let gridSquare: Int64?
    let foilHole: Int64
    let area: Int64
    let name: String
    let time: LocalTime
    let stage: Vector2
    /// The JPG preview; nil: none was found.
    let imagePath: String?
    /// Nil: its size or place is not recorded.
    var view: ExposureView?
    /// That the analysis counts with, um; nil: not known.
    var beamDiameter: Double?
}

extension MontagePair {
    /// A pair's place in a montage: all that is held of every pair.
    struct Place: Sendable {
        let laterID: Int64
        let incident: Int?
    }

    /// How many exposures of the session the analysis calls overexposed.
    static func count(_ db: Database, of choice: AnalysisChoice) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM all_overexposed WHERE analysis_id = :analysis AND session = :session",
            arguments: ["analysis": choice.analysisID, "session": choice.session.name]) ?? 0
    }

    /// The first `limit` of them; all where `limit` is nil.
    static func places(_ db: Database, of choice: AnalysisChoice, order: MontageOrder, limit: Int?) throws -> [Place] {
        var places: [Place] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT o.later_id, o.incident
                FROM all_overexposed o
                JOIN exposure later ON later.exposure_id = o.later_id
                LEFT JOIN incident i ON i.analysis_id = o.analysis_id AND i.incident = o.incident
                WHERE o.analysis_id = :analysis AND o.session = :session
                ORDER BY \(order.sql)
                LIMIT :limit
                """,
            // A negative limit is none (https://www.sqlite.org/lang_select.html#limitoffset).
            arguments: ["analysis": choice.analysisID, "session": choice.session.name, "limit": limit ?? -1])
        while let row = try rows.next() {
            places.append(Place(laterID: row["later_id"], incident: row["incident"]))
        }
        return places
    }

    /// - Throws: `Failure` where the archive no longer has it.
    static func fetch(_ db: Database, _ place: Place, of choice: AnalysisChoice) throws -> MontagePair {
        let statement = try db.cachedStatement(
            sql: """
                SELECT earlier_id, later_id, distance_um, cause, review, incident, field_overlap, beam_overlap,
                       pre_dose_e_per_a2, \(isPlaced) AS is_placed
                FROM all_overexposed o WHERE analysis_id = ?1 AND later_id = ?2
                """)
        guard let row = try Row.fetchOne(statement, arguments: [choice.analysisID, place.laterID]) else {
            throw Failure("Analysis \(choice.analysisID) changed while its montage was drawn. Run `epu-report` again.")
        }
        return MontagePair(
            earlier: try MontageExposure.fetch(db, id: row["earlier_id"], analysisID: choice.analysisID),
            later: try MontageExposure.fetch(db, id: row["later_id"], analysisID: choice.analysisID),
            distanceMicrometres: row["distance_um"], cause: row["cause"], review: row["review"],
            incident: row["incident"], fieldOverlap: row["field_overlap"], preDose: row["pre_dose_e_per_a2"],
            isPlaced: row["is_placed"])
    }

    /// The analysis leaves both shares open where a distance is only bounded; but so it does where beams are not known, and then
    /// the calibrations of the two tell.
    private static let isPlaced = """
        (field_overlap IS NOT NULL OR beam_overlap IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM analysis_session l JOIN calibration c USING (calibration_id)
            JOIN exposure e ON e.exposure_id IN (o.earlier_id, o.later_id) AND e.session_id = l.session_id
            WHERE l.analysis_id = ?1 AND (
                c.verdict = \(CalibrationVerdict.undetermined.sql)
                OR c.method = \(CalibrationMethod.stage.sql) AND o.cause = \(OverlapCause.acrossSessions.sql))))
        """

    /// The sessions of the pairs' exposures: an earlier one may belong to another on the same grid.
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

extension MontageExposure {
    fileprivate static func fetch(_ db: Database, id: Int64, analysisID: Int64) throws -> MontageExposure {
        let statement = try db.cachedStatement(
            sql: """
                SELECT e.*, ifnull(t.turn_deg, 0) AS turn_deg, ifnull(t.mirrored, 0) AS mirrored, \(CountedValue.pixelSize(of: "e")) AS counted_pixel_size_a, x.image_path, p.x_um, p.y_um,
                       \(CountedValue.beamDiameter(of: "e", in: "s")) AS diameter_um
                FROM exposure e
                JOIN exposures x USING (exposure_id)
                JOIN analysis a ON a.analysis_id = ?2
                JOIN placement_set s USING (placement_set_id)
                LEFT JOIN placement p ON p.placement_set_id = a.placement_set_id AND p.exposure_id = e.exposure_id
                LEFT JOIN placement_set_session t
                    ON t.placement_set_id = a.placement_set_id AND t.session_id = e.session_id
                WHERE e.exposure_id = ?1 LIMIT 1
                """)
        guard let row = try Row.fetchOne(statement, arguments: [id, analysisID]) else {
            throw Failure("The archive lacks exposure \(id), which an overlap names. Find the overlaps anew.")
        }
        guard let instant = Timestamp(archiveText: row["acquired_at"] as String) else {
            throw Failure("Exposure \(row["name"] as String) has a time that is not in the archive's form.")
        }
        return MontageExposure(
            sessionID: row["session_id"], gridSquare: row["grid_square"], foilHole: row["foil_hole"], area: row["area"],
            name: row["name"], time: LocalTime(instant: instant, utcOffsetMinutes: row["utc_offset_minutes"]),
            stage: Vector2(row["stage_x_um"], row["stage_y_um"]), imagePath: row["image_path"],
            view: ExposureView(row), beamDiameter: row["diameter_um"])
    }
}
