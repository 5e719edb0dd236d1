import EPUArchive
import GRDB

/// The overexposed exposures of a session, each with its nearest earlier one, as columns.
struct PageFindings {
    let columns: JSONObject

    init(_ choice: AnalysisChoice, _ exposures: PageExposures, _ db: Database) throws {
        var exposure: [Int] = []
        var earlierX: [Double?] = []
        var earlierY: [Double?] = []
        var earlier: [Int?] = []
        var earlierName: [String] = []
        var cause: [String] = []
        var incident: [Int?] = []
        var distance: [Double?] = []
        var share: [Double?] = []
        var probability: [Double?] = []
        var statement = try RowStatement(
            db,
            """
            SELECT o.later_id, o.earlier, o.cause, o.incident, o.distance_um, o.field_overlap, o.probability, p.x_um, p.y_um,
                   CASE WHEN f.session_id <> e.session_id THEN s.name END AS other_session, o.earlier_id
            FROM all_overexposed o
            JOIN exposure e ON e.exposure_id = o.later_id
            JOIN exposure f ON f.exposure_id = o.earlier_id
            JOIN session s ON s.session_id = f.session_id
            JOIN analysis a ON a.analysis_id = o.analysis_id
            LEFT JOIN placement p ON p.placement_set_id = a.placement_set_id AND p.exposure_id = o.earlier_id
            WHERE o.analysis_id = ? AND e.session_id = ? ORDER BY e.acquired_at, e.name, e.exposure_id
            """)
        statement.bind(choice.analysisID)
        statement.bind(choice.session.sessionID)
        try statement.forEachRow { row in
            guard let later = exposures.indices[row.int(0)] else { return }
            exposure.append(later)
            earlierX.append(row.optionalDouble(7))
            earlierY.append(row.optionalDouble(8))
            earlier.append(exposures.indices[row.int(10)])
            earlierName.append((row.string(1) ?? "") + (row.string(9).map { " of session \($0)" } ?? ""))
            cause.append(row.string(2) ?? "")
            incident.append(row.optionalInt(3).map(Int.init))
            distance.append(row.optionalDouble(4))
            share.append(row.optionalDouble(5))
            probability.append(row.optionalDouble(6))
        }
        var columns = JSONObject()
        columns.add("exposure", exposure)
        columns.add("earlierX", earlierX, step: PageExposures.nanometre)
        columns.add("earlierY", earlierY, step: PageExposures.nanometre)
        columns.add("earlier", earlier)
        columns.add("earlierName", earlierName)
        columns.add("cause", cause)
        columns.add("incident", incident)
        // Finer than what is shown, so that rounding twice gives what rounding once does.
        columns.add("distance", distance, step: 1e-7)
        columns.add("share", share, step: 1e-6)
        columns.add("probability", probability, step: 0.001)
        self.columns = columns
    }
}
