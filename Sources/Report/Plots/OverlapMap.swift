import EPUArchive
import EPUCore
import GRDB

/// The places where an analysis put the exposures of a session, and which of them it calls overexposed.
struct OverlapMap {
    struct Exposure {
        let gridSquare: Int64?
        /// The position: where the beam hit the specimen, um.
        let place: Vector2
        /// The radius of the beam with which the analysis counts, um; nil if it is not known.
        let radius: Double?
        let time: Timestamp
        /// The cause of the overlap; nil if the exposure is not overexposed.
        let cause: OverlapCause?
        /// The number of the incident; 0 if an older version found none, nil if the exposure is not overexposed.
        let incident: Int?
        /// The position of its nearest earlier exposure, um; nil if it is not overexposed.
        let earlier: Vector2?
        /// The distance to the nearest earlier exposure, um; nil if there is none within `nearestWithin`.
        let nearest: Double?
        /// The distance to the nearest earlier exposure that does not overlap it by design, um; nil if there is none.
        let nearestUnplanned: Double?
    }

    let choice: AnalysisChoice
    /// The exposures in time order.
    var exposures: [Exposure]
    /// The incidents in time order.
    let incidents: [IncidentRow]
    /// The stage stops of the session, if it was calibrated, um.
    let stops: [Vector2]
    /// The distance within which nearest earlier exposures were searched for, um; nil for an older version, which did not search.
    let nearestWithin: Double?
    let clock: MicroscopeClock
    /// The calibrations that took beam shift to the stage, in words, as `k 25, no rotation or mirror`.
    let placedWith: String

    init(_ choice: AnalysisChoice, _ db: Database) throws {
        self.choice = choice
        exposures = try Exposure.all(of: choice, db)
        incidents = try IncidentRow.all(of: choice.analysisID, session: choice.session.name, db)
        stops = try Self.stops(choice, db)
        nearestWithin = try Double.fetchOne(
            db,
            sql: """
                SELECT nearest_within_um FROM analysis JOIN placement_set USING (placement_set_id) WHERE analysis_id = ?
                """, arguments: [choice.analysisID])
        clock = try MicroscopeClock(of: choice.session.sessionID, db)
        var names: [String] = []
        for name in try StoredCalibration.used(by: choice.analysisID, for: choice.session.sessionID, db).map(Self.name)
        where !names.contains(name) { names.append(name) }
        placedWith = names.joined(separator: "; ")
    }

    /// The stage stops that the session's own calibration found: a matrix that was given does not move the stage.
    private static func stops(_ choice: AnalysisChoice, _ db: Database) throws -> [Vector2] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT s.x_um - ifnull(p.offset_x_um, 0) AS x_um, s.y_um - ifnull(p.offset_y_um, 0) AS y_um
                FROM calibration c JOIN stage_stop s USING (calibration_id)
                LEFT JOIN (SELECT DISTINCT l.session_id, l.offset_x_um, l.offset_y_um
                           FROM placement_set_session l JOIN analysis a USING (placement_set_id)
                           WHERE a.analysis_id = :analysis) p USING (session_id)
                WHERE c.session_id = :session AND c.chosen ORDER BY c.calibration_id, s.stop
                """, arguments: ["analysis": choice.analysisID, "session": choice.session.sessionID]
        ).map { Vector2($0[0], $0[1]) }
    }

    private static func name(_ calibration: StoredCalibration) -> String {
        let (matrix, method) = (calibration.matrix, calibration.method)
        if matrix == Matrix2(scale: matrix.m11) { return "k \(matrix.m11.text(significant: 4)), no rotation or mirror" }
        let shape =
            (matrix.isMirrored ? "a mirror, " : "") + "scale \(matrix.scale.text(decimals: 2)), "
            + "angle \(matrix.angleDegrees.text(decimals: 1)) degrees"
        return method == .given ? shape : "\(shape) (\(method.rawValue), \(calibration.verdict.rawValue))"
    }

    /// The grid square with the most overexposed exposures; if none are overexposed, the one with the most exposures. Of squares
    /// with equal numbers it is the one with the least id.
    var busiestSquare: Int64? {
        let overexposed = exposures.filter { $0.incident != nil }
        let counts = (overexposed.isEmpty ? exposures : overexposed)
            .reduce(into: [Int64?: Int]()) { $0[$1.gridSquare, default: 0] += 1 }
        return counts.min { ($1.value, $0.key ?? .max) < ($0.value, $1.key ?? .max) }?.key ?? nil
    }
}

extension OverlapMap.Exposure {
    /// The exposures that the analysis judged, in time order.
    fileprivate static func all(of choice: AnalysisChoice, _ db: Database) throws -> [OverlapMap.Exposure] {
        var exposures: [OverlapMap.Exposure] = []
        var statement = try RowStatement(
            db,
            """
            SELECT e.grid_square, e.acquired_at, p.x_um, p.y_um, \(CountedValue.beamDiameter(of: "e", in: "s")), v.cause,
                   o.incident, d.nearest_um, d.nearest_unplanned_um, n.x_um, n.y_um
            FROM exposure e
            JOIN analysis a ON a.analysis_id = ?1
            JOIN placement_set s ON s.placement_set_id = a.placement_set_id
            JOIN placement p ON \(JudgedPlacement.sql)
            LEFT JOIN pre_exposure d USING (placement_id)
            LEFT JOIN overexposure o ON o.analysis_id = a.analysis_id AND o.exposure_id = e.exposure_id
            LEFT JOIN overlap v
                ON v.analysis_id = a.analysis_id AND v.later_id = o.exposure_id AND v.earlier_id = o.nearest_id
            LEFT JOIN placement n ON n.placement_set_id = a.placement_set_id AND n.exposure_id = o.nearest_id
            WHERE e.session_id = ?2
            ORDER BY e.acquired_at, e.name, e.exposure_id
            """)
        statement.bind(choice.analysisID)
        statement.bind(choice.session.sessionID)
        try statement.forEachRow { row in
            let cause = row.string(5).map { OverlapCause(rawValue: $0) ?? .unexplained }
            let incident = row.optionalInt(6).map(Int.init) ?? 0
            exposures.append(
                OverlapMap.Exposure(
                    gridSquare: row.optionalInt(0), place: Vector2(row.double(2), row.double(3)),
                    radius: row.optionalDouble(4).map { $0 / 2 },
                    time: row.string(1).flatMap { Timestamp(archiveText: $0) } ?? Timestamp(ticks: 0), cause: cause,
                    incident: cause.map { _ in incident }, earlier: row.vector(9, 10),
                    nearest: row.optionalDouble(7), nearestUnplanned: row.optionalDouble(8)))
        }
        return exposures
    }
}
