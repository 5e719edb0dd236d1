import EPUShared
import GRDB

/// The overexposed exposures of a session, each with its nearest earlier one, as columns.
struct PageFindings {
    let columns: JSONObject

    init(_ choice: AnalysisChoice, _ exposures: PageExposures, _ db: Database) throws {
        var exposure: [Int] = []
        var earlier: [Int] = []
        var earlierName: [String] = []
        var cause: [String] = []
        var incident: [Int?] = []
        var distance: [Double?] = []
        var share: [Double?] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT o.later_id, o.earlier_id, o.earlier, o.cause, o.incident, o.distance_um, o.field_overlap
                FROM overexposed o JOIN exposure e ON e.exposure_id = o.later_id
                WHERE o.analysis_id = ? AND e.session_id = ? ORDER BY e.acquired_at, e.name, e.exposure_id
                """, arguments: [choice.analysisID, choice.session.sessionID])
        while let row = try rows.next() {
            guard let later = exposures.indices[row["later_id"]] else { continue }
            exposure.append(later)
            // -1: of another session.
            earlier.append(exposures.indices[row["earlier_id"]] ?? -1)
            earlierName.append(row["earlier"])
            cause.append(row["cause"])
            incident.append(row["incident"])
            distance.append(row["distance_um"])
            share.append(row["field_overlap"])
        }
        var columns = JSONObject()
        columns.add("exposure", exposure)
        columns.add("earlier", earlier)
        columns.add("earlierName", earlierName)
        columns.add("cause", cause)
        columns.add("incident", incident)
        columns.add("distance", distance, step: 0.0001)
        columns.add("share", share, step: 0.001)
        self.columns = columns
    }
}
