import EPUArchive
import EPUCore
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
    /// Of the first and the last exposure on the microscope's clock; empty where there is none.
    let start: String
    let end: String

    /// - Parameter command: that makes the analysis anew with another radius.
    init(_ choice: AnalysisChoice, command: RadiusCommand, _ db: Database) throws {
        let exposures = try PageExposures(choice, db)
        judged = exposures.judged
        rate = exposures.rate
        start = exposures.start.replacing("T", with: " ")
        end = exposures.end
        let session = try Row.fetchOne(
            db, sql: "SELECT hole_size_um, nominal_hole_size_um FROM session WHERE session_id = ?",
            arguments: [choice.session.sessionID])
        let incidents = try IncidentRow.all(of: choice.analysisID, session: choice.session.name, db)

        var object = JSONObject()
        object.add("session", choice.session.name)
        object.add("start", exposures.start)
        let reach = try Self.reach(of: choice, db)
        object.add("reach", reach)
        object.add("unknownDistances", choice.unknowns.distancesText)
        object.add("startRadius", Self.startRadius(choice, reach: reach ?? 0))
        if let (start, end) = command.parts { object.add("command", [start, end]) }
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
                row.add("cause", incident.cause.rawValue)
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

    /// Where the slider stands at first, um: at the radius of the analysis, as far as distances were sought; without one in the
    /// middle.
    static func startRadius(_ choice: AnalysisChoice, reach: Double) -> Double {
        choice.criteria.radius.map { min($0, reach) } ?? reach / 2
    }

    /// Of the session's stage coordinates against those of the analysis, um.
    static func offset(of choice: AnalysisChoice, _ db: Database) throws -> Vector2 {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT offset_x_um, offset_y_um FROM placement_set_session s JOIN analysis a USING (placement_set_id)
                WHERE a.analysis_id = ? AND s.session_id = ? LIMIT 1
                """, arguments: [choice.analysisID, choice.session.sessionID])
        return row.map { Vector2($0[0], $0[1]) } ?? .zero
    }

    /// Centres of the foil holes, um: of those exposed by the mean of their exposures less the template's offsets, of the others
    /// by the hole map.
    private static func holes(_ choice: AnalysisChoice, _ db: Database) throws -> JSONObject {
        // CROSS JOIN: from the session's exposures, not from all that is placed.
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT e.foil_hole, avg(p.x_um - ifnull(t.offset_x_um, 0)), avg(p.y_um - ifnull(t.offset_y_um, 0))
                FROM exposure e CROSS JOIN analysis a ON a.analysis_id = :analysis
                LEFT JOIN placement p ON p.placement_set_id = a.placement_set_id AND p.exposure_id = e.exposure_id
                    AND p.placement_id <= ifnull(a.last_placement_id, p.placement_id)
                LEFT JOIN area_offset t ON t.session_id = e.session_id AND t.area = e.area
                WHERE e.session_id = :session GROUP BY e.foil_hole
                """, arguments: ["analysis": choice.analysisID, "session": choice.session.sessionID])
        // An exposed hole without a centre has exposures that could not be placed.
        var centres: [Int64: Vector2?] = [:]
        while let row = try rows.next() {
            let x: Double? = row[1]
            let y: Double? = row[2]
            centres.updateValue(x.flatMap { x in y.map { Vector2(x, $0) } }, forKey: row[0])
        }
        let offset = try offset(of: choice, db)
        var places: [(centre: Vector2, exposed: Int)] = []
        for hole in try HolePositions(choice.session.sessionID, db).holes {
            let centre = centres[hole.foilHole]
            guard let place = (centre ?? nil) ?? hole.onStage.map({ $0 - offset }) else { continue }
            places.append((place, centre == nil ? 0 : 1))
        }
        var columns = JSONObject()
        columns.add("x", places.map(\.centre.x), step: PageExposures.nanometre)
        columns.add("y", places.map(\.centre.y), step: PageExposures.nanometre)
        columns.add("exposed", places.map(\.exposed))
        return columns
    }
}
