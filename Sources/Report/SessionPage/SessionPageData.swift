import EPUArchive
import EPUCore
import Foundation
import GRDB

/// The data that the script of a session's page reads: columns with one entry for each exposure, and what was found of them.
///
/// Numbers for which that is enough are written as whole multiples of a step, which data.js multiplies again: they are shorter,
/// and faster to write. Distances keep all their digits, as they are compared with the radius.
struct SessionPageData {
    let json: [UInt8]
    /// The number of exposures that the analysis placed.
    let judged: Int
    let rate: AcquisitionRate
    /// The time of the first exposure on the microscope's clock; empty if there is none. `end` is that of the last.
    let start: String
    let end: String
    let clock: MicroscopeClock

    /// - Parameters:
    ///   - command: the command that repeats the analysis with another radius.
    ///   - pictures: whether the page shows pictures.
    init(_ choice: AnalysisChoice, command: RadiusCommand, pictures: Bool = true, _ db: Database) throws {
        let exposures = try PageExposures(choice, pictures: pictures, db)
        judged = exposures.judged
        rate = exposures.rate
        start = exposures.start.replacing("T", with: " ")
        end = exposures.end
        clock = try MicroscopeClock(of: choice.session.sessionID, db)
        let session = try Row.fetchOne(
            db, sql: "SELECT hole_size_um, nominal_hole_size_um FROM session WHERE session_id = ?",
            arguments: [choice.session.sessionID])
        let incidents = try IncidentRow.all(of: choice.analysisID, session: choice.session.name, db)

        var object = JSONObject()
        object.add("session", choice.session.name)
        object.add("fileStart", choice.session.folderName)
        object.add("causes", Self.causes)
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
        object.add("reviews", try Self.reviews(of: choice, exposures, db))
        object.add("undecided", try Self.undecided(by: choice, exposures, db))
        object.add("folders", exposures.folders)
        object.add("stops", exposures.stops.columns)
        object.add("holes", try PageHoles(choice, db).columns)
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

    /// What a reader is told of each cause, by its code word.
    private static var causes: JSONObject {
        OverlapCause.allCases.reduce(into: JSONObject()) { causes, cause in
            var words = JSONObject()
            words.add("words", cause.plainWords)
            words.add("explanation", cause.explanation)
            words.add("colour", "#" + String(0x1000000 | cause.hexColour, radix: 16).dropFirst())
            causes.add(cause.rawValue, words)
        }
    }

    /// The reasons that people gave for their verdicts.
    private static func reviews(of choice: AnalysisChoice, _ exposures: PageExposures, _ db: Database) throws
        -> JSONObject
    {
        var (exposure, reason): ([Int], [String]) = ([], [])
        var statement = try RowStatement(
            db,
            """
            SELECT exposure_id, reason FROM review JOIN exposure USING (exposure_id)
            WHERE session_id = ? AND reason IS NOT NULL ORDER BY exposure_id
            """)
        statement.bind(choice.session.sessionID)
        try statement.forEachRow { row in
            guard let index = exposures.indices[row.int(0)] else { return }
            exposure.append(index)
            reason.append(row.string(1) ?? "")
        }
        var columns = JSONObject()
        columns.add("exposure", exposure)
        columns.add("reason", reason)
        return columns
    }

    /// The exposures that the analysis could not judge.
    private static func undecided(by choice: AnalysisChoice, _ exposures: PageExposures, _ db: Database) throws
        -> [Int?]
    {
        try Int64.fetchAll(
            db, sql: "SELECT exposure_id FROM undecided_exposure WHERE analysis_id = ?", arguments: [choice.analysisID]
        ).compactMap { exposures.indices[$0] }.sorted()
    }

    /// The distance within which the nearest earlier exposure was searched for, um; nil for an older version, which did not
    /// search.
    static func reach(of choice: AnalysisChoice, _ db: Database) throws -> Double? {
        try Double.fetchOne(
            db,
            sql: """
                SELECT nearest_within_um FROM placement_set JOIN analysis USING (placement_set_id) WHERE analysis_id = ?
                """, arguments: [choice.analysisID])
    }

    /// The radius at which the slider stands at first, um: the radius of the analysis, but at most `reach`; without a radius,
    /// half of `reach`.
    static func startRadius(_ choice: AnalysisChoice, reach: Double) -> Double {
        choice.criteria.radius.map { min($0, reach) } ?? reach / 2
    }

    /// The offset of the session's stage coordinates against those of the analysis, um.
    static func offset(of choice: AnalysisChoice, _ db: Database) throws -> Vector2 {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT offset_x_um, offset_y_um FROM placement_set_session s JOIN analysis a USING (placement_set_id)
                WHERE a.analysis_id = ? AND s.session_id = ? LIMIT 1
                """, arguments: [choice.analysisID, choice.session.sessionID])
        return row.map { Vector2($0[0], $0[1]) } ?? .zero
    }
}
