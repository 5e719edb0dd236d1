import EPUArchive
import GRDB

/// The overexposed exposures of a session, each with its nearest earlier one, as columns.
struct PageFindings {
    let columns: JSONObject

    init(_ choice: AnalysisChoice, _ exposures: PageExposures, _ db: Database) throws {
        var exposure: [Int] = []
        var earlierX: [Double?] = []
        var earlierY: [Double?] = []
        var earlierName: [String] = []
        var cause: [String] = []
        var incident: [Int?] = []
        var distance: [Double?] = []
        var share: [Double?] = []
        var probability: [Double?] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT o.later_id, o.earlier, o.cause, o.incident, o.distance_um, o.field_overlap, o.probability, p.x_um, p.y_um,
                       CASE WHEN f.session_id <> e.session_id THEN s.name END AS other_session
                FROM all_overexposed o
                JOIN exposure e ON e.exposure_id = o.later_id
                JOIN exposure f ON f.exposure_id = o.earlier_id
                JOIN session s ON s.session_id = f.session_id
                JOIN analysis a ON a.analysis_id = o.analysis_id
                LEFT JOIN placement p ON p.placement_set_id = a.placement_set_id AND p.exposure_id = o.earlier_id
                WHERE o.analysis_id = ? AND e.session_id = ? ORDER BY e.acquired_at, e.name, e.exposure_id
                """, arguments: [choice.analysisID, choice.session.sessionID])
        while let row = try rows.next() {
            guard let later = exposures.indices[row["later_id"]] else { continue }
            exposure.append(later)
            earlierX.append(row["x_um"])
            earlierY.append(row["y_um"])
            let other: String? = row["other_session"]
            earlierName.append((row["earlier"] as String) + (other.map { " of session \($0)" } ?? ""))
            cause.append(row["cause"])
            incident.append(row["incident"])
            distance.append(row["distance_um"])
            share.append(row["field_overlap"])
            probability.append(row["probability"])
        }
        var columns = JSONObject()
        columns.add("exposure", exposure)
        columns.add("earlierX", earlierX, step: PageExposures.nanometre)
        columns.add("earlierY", earlierY, step: PageExposures.nanometre)
        columns.add("earlierName", earlierName)
        columns.add("cause", cause)
        columns.add("incident", incident)
        columns.add("distance", distance, step: 0.0001)
        columns.add("share", share, step: 0.001)
        columns.add("probability", probability, step: 0.001)
        self.columns = columns
    }
}
