import EPUShared
import GRDB

/// Where an analysis put the exposures of a session, and which of them it calls overexposed.
struct OverlapMap {
    struct Exposure {
        let gridSquare: Int64?
        /// Of the beam on the specimen, um.
        let place: Vector2
        /// Of the beam, um; nil: not recorded.
        let radius: Double?
        /// Number of the incident; nil: it is not overexposed.
        let incident: Int?
        /// Where its nearest earlier exposure lies, um.
        let earlier: Vector2?
    }

    let choice: AnalysisChoice
    /// In time order.
    let exposures: [Exposure]
    let pairs: Int
    /// What took beam shift to the stage, as `k 25, no rotation or mirror`.
    let placedWith: String

    init(_ choice: AnalysisChoice, _ db: Database) throws {
        self.choice = choice
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT e.grid_square, p.x_um, p.y_um, e.beam_diameter_um, o.exposure_id IS NOT NULL AS is_overexposed,
                       o.incident, n.x_um AS earlier_x_um, n.y_um AS earlier_y_um
                FROM exposure e
                JOIN analysis a ON a.analysis_id = :analysis
                JOIN placement p ON p.placement_set_id = a.placement_set_id AND p.exposure_id = e.exposure_id
                LEFT JOIN overexposure o ON o.analysis_id = a.analysis_id AND o.exposure_id = e.exposure_id
                LEFT JOIN placement n ON n.placement_set_id = a.placement_set_id AND n.exposure_id = o.nearest_id
                WHERE e.session_id = :session
                ORDER BY e.acquired_at, e.name, e.exposure_id
                """, arguments: ["analysis": choice.analysisID, "session": choice.session.sessionID])
        exposures = rows.map { row in
            let isOverexposed: Bool = row["is_overexposed"]
            let x: Double? = row["earlier_x_um"]
            return Exposure(
                gridSquare: row["grid_square"], place: Vector2(row["x_um"], row["y_um"]),
                radius: (row["beam_diameter_um"] as Double?).map { $0 / 2 },
                incident: isOverexposed ? row["incident"] ?? 0 : nil,
                earlier: x.map { Vector2($0, row["earlier_y_um"] ?? 0) })
        }
        pairs =
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM overlap o JOIN exposure e ON e.exposure_id = o.later_id
                    WHERE o.analysis_id = ? AND e.session_id = ?
                    """, arguments: [choice.analysisID, choice.session.sessionID]) ?? 0
        placedWith = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT c.method, c.verdict, c.m11, c.m12, c.m21, c.m22, c.scale, c.angle_deg, c.mirrored
                FROM analysis_session l JOIN calibration c USING (calibration_id)
                WHERE l.analysis_id = ? AND l.session_id = ? ORDER BY c.calibration_id
                """, arguments: [choice.analysisID, choice.session.sessionID]
        ).map(Self.name).joined(separator: "; ")
    }

    private static func name(_ row: Row) -> String {
        let matrix = Matrix2(row["m11"], row["m12"], row["m21"], row["m22"])
        if matrix == Matrix2(scale: matrix.m11) { return "k \(matrix.m11.text(significant: 4)), no rotation or mirror" }
        let shape =
            (row["mirrored"] ? "a mirror, " : "") + "scale \((row["scale"] as Double).text(decimals: 2)), "
            + "angle \((row["angle_deg"] as Double).text(decimals: 1)) degrees"
        let method: String = row["method"]
        return method == "given" ? shape : "\(shape) (\(method), \(row["verdict"] as String))"
    }

    /// The grid square with the most overexposed exposures; where there are none, with the most exposures. Of equals the
    /// least id.
    var busiestSquare: Int64? {
        let overexposed = exposures.filter { $0.incident != nil }
        let counts = (overexposed.isEmpty ? exposures : overexposed)
            .reduce(into: [Int64?: Int]()) { $0[$1.gridSquare, default: 0] += 1 }
        return counts.min { ($1.value, $0.key ?? .max) < ($0.value, $1.key ?? .max) }?.key ?? nil
    }
}
