import EPUShared
import Foundation
import GRDB

/// What the script of a session's page reads: columns with one entry for each exposure, and what was found of them.
///
/// Numbers that need no more are written as whole multiples of a step, which data.js takes apart: they are shorter, and faster to
/// write. Distances keep all their digits, as they are compared with the radius.
struct SessionPageData {
    let json: [UInt8]
    /// Exposures that the analysis placed.
    let judged: Int
    let rate: AcquisitionRate

    init(_ choice: AnalysisChoice, _ db: Database) throws {
        let exposures = try PageExposures(choice, db)
        judged = exposures.judged
        rate = exposures.rate
        let session = try Row.fetchOne(
            db, sql: "SELECT hole_size_um, nominal_hole_size_um FROM session WHERE session_id = ?",
            arguments: [choice.session.sessionID])
        let incidents = try IncidentRow.all(of: choice.analysisID, session: choice.session.name, db)

        var object = JSONObject()
        object.add("session", choice.session.name)
        object.add("start", exposures.start)
        object.add("radius", choice.criteria.radius)
        object.add("reach", try Self.reach(of: choice, db))
        object.add("countNeighbours", choice.criteria.countNeighbours)
        object.add("judged", judged)
        object.add("holeDiameter", session?["hole_size_um"] ?? session?["nominal_hole_size_um"] ?? (nil as Double?))
        object.add("beamDiameters", exposures.beamDiameters)
        object.add("exposures", exposures.columns)
        object.add("found", try PageFindings(choice, exposures, db).columns)
        object.add("stops", exposures.stops.columns)
        object.add("holes", try Self.holes(choice, db))
        object.add("squares", exposures.squares)
        object.add(
            "incidents",
            incidents.map { incident in
                var row = JSONObject()
                row.add("number", incident.incident)
                row.add("time", exposures.seconds(at: incident.startedAt))
                row.add("cause", incident.cause)
                row.add("micrographs", incident.micrographs)
                return row
            })
        json = object.bytes
    }

    /// How far the nearest earlier exposure was sought, um; nil: not at all, by an older version.
    static func reach(of choice: AnalysisChoice, _ db: Database) throws -> Double? {
        try Double.fetchOne(
            db,
            sql: """
                SELECT nearest_within_um FROM placement_set JOIN analysis USING (placement_set_id) WHERE analysis_id = ?
                """, arguments: [choice.analysisID])
    }

    /// Centres of the foil holes, um: of those exposed by the mean of their exposures less the template's offsets, of the others
    /// by the hole map.
    private static func holes(_ choice: AnalysisChoice, _ db: Database) throws -> JSONObject {
        var x: [Double?] = []
        var y: [Double?] = []
        var exposed: [Int] = []
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT ifnull(e.x, h.stage_x_um), ifnull(e.y, h.stage_y_um), e.x IS NOT NULL
                FROM foil_hole h
                LEFT JOIN (
                    SELECT e.foil_hole, avg(p.x_um - ifnull(t.offset_x_um, 0)) AS x,
                           avg(p.y_um - ifnull(t.offset_y_um, 0)) AS y
                    FROM exposure e
                    JOIN analysis a ON a.analysis_id = :analysis
                    JOIN placement p ON p.placement_set_id = a.placement_set_id AND p.exposure_id = e.exposure_id
                    LEFT JOIN template_area t ON t.session_id = e.session_id AND t.area = e.area
                    WHERE e.session_id = :session GROUP BY e.foil_hole
                ) e USING (foil_hole)
                WHERE h.session_id = :session AND ifnull(e.x, h.stage_x_um) IS NOT NULL
                ORDER BY h.foil_hole
                """, arguments: ["analysis": choice.analysisID, "session": choice.session.sessionID])
        while let row = try rows.next() {
            x.append(row[0])
            y.append(row[1])
            exposed.append(row[2])
        }
        var columns = JSONObject()
        columns.add("x", x, step: PageExposures.nanometre)
        columns.add("y", y, step: PageExposures.nanometre)
        columns.add("exposed", exposed)
        return columns
    }
}
