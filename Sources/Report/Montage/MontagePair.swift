import EPUShared
import GRDB

/// An overexposed exposure and the earlier one nearest to it.
struct MontagePair {
    let earlier: MontageExposure
    let later: MontageExposure
    let distanceMicrometres: Double
    /// As `OverlapCause` spells it.
    let cause: String
    /// A person's verdict: keep, bad or nil.
    let review: String?

    var secondsBetween: Double { later.time.instant.seconds(since: earlier.time.instant) }
}

/// What a montage needs of an exposure.
struct MontageExposure {
    let sessionID: Int64
    let gridSquare: Int64?
    let foilHole: Int64
    let area: Int64
    let name: String
    let time: LocalTime
    let stage: Vector2
    /// The JPG preview; nil: none was found.
    let imagePath: String?
}

extension MontagePair {
    /// How many exposures of the session the analysis calls overexposed.
    static func count(_ db: Database, of choice: AnalysisChoice) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT count(*) FROM overexposed WHERE analysis_id = :analysis AND session = :session",
            arguments: ["analysis": choice.analysisID, "session": choice.session.name]) ?? 0
    }

    /// The first `limit` of them in time order; all where `limit` is nil.
    static func fetch(_ db: Database, of choice: AnalysisChoice, limit: Int?) throws -> [MontagePair] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT o.earlier_id, o.later_id, o.distance_um, o.cause, o.review
                FROM overexposed o
                JOIN exposure later ON later.exposure_id = o.later_id
                WHERE o.analysis_id = :analysis AND o.session = :session
                ORDER BY later.acquired_at, later.name, o.later_id
                LIMIT :limit
                """,
            // A negative limit is none (https://www.sqlite.org/lang_select.html#limitoffset).
            arguments: ["analysis": choice.analysisID, "session": choice.session.name, "limit": limit ?? -1])
        return try rows.map { row in
            MontagePair(
                earlier: try MontageExposure.fetch(db, id: row["earlier_id"]),
                later: try MontageExposure.fetch(db, id: row["later_id"]), distanceMicrometres: row["distance_um"],
                cause: row["cause"], review: row["review"])
        }
    }
}

extension MontageExposure {
    fileprivate static func fetch(_ db: Database, id: Int64) throws -> MontageExposure {
        let statement = try db.cachedStatement(
            sql: """
                SELECT e.session_id, e.grid_square, e.foil_hole, e.area, e.name, e.acquired_at, e.utc_offset_minutes,
                       e.stage_x_um, e.stage_y_um, x.image_path
                FROM exposure e JOIN exposures x USING (exposure_id)
                WHERE e.exposure_id = ?
                """)
        guard let row = try Row.fetchOne(statement, arguments: [id]) else {
            throw Failure("The archive lacks exposure \(id), which an overlap names. Find the overlaps anew.")
        }
        guard let instant = Timestamp(archiveText: row["acquired_at"] as String) else {
            throw Failure("Exposure \(row["name"] as String) has a time that is not in the archive's form.")
        }
        return MontageExposure(
            sessionID: row["session_id"], gridSquare: row["grid_square"], foilHole: row["foil_hole"], area: row["area"],
            name: row["name"], time: LocalTime(instant: instant, utcOffsetMinutes: row["utc_offset_minutes"]),
            stage: Vector2(row["stage_x_um"], row["stage_y_um"]), imagePath: row["image_path"])
    }
}
