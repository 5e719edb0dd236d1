import EPUArchive
import EPUCore
import GRDB

/// The foil holes of a session as columns: their centres in the coordinates of the analysis, um, and whether they were exposed.
///
/// The centre of an exposed hole is the place of its exposures without the template's offsets: the map draws these, and the two
/// must fit. The places of the other holes come from `HolePositions`.
struct PageHoles {
    let columns: JSONObject

    init(_ choice: AnalysisChoice, _ db: Database) throws {
        let centres = try Self.centres(choice, db)
        let offset = try SessionPageData.offset(of: choice, db)
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
        self.columns = columns
    }

    /// The centres of the exposed holes, um. A hole whose exposures could not be placed has none.
    private static func centres(_ choice: AnalysisChoice, _ db: Database) throws -> [Int64: Vector2?] {
        var centres: [Int64: Vector2?] = [:]
        // CROSS JOIN makes SQLite begin with the session's exposures, not with all that is placed.
        var statement = try RowStatement(
            db,
            """
            SELECT e.foil_hole, avg(p.x_um - ifnull(t.offset_x_um, 0)), avg(p.y_um - ifnull(t.offset_y_um, 0))
            FROM exposure e CROSS JOIN analysis a ON a.analysis_id = ?1
            LEFT JOIN placement p ON \(JudgedPlacement.sql)
            LEFT JOIN area_offset t ON t.session_id = e.session_id AND t.area = e.area
            WHERE e.session_id = ?2 GROUP BY e.foil_hole
            """)
        statement.bind(choice.analysisID)
        statement.bind(choice.session.sessionID)
        try statement.forEachRow { row in centres.updateValue(row.vector(1, 2), forKey: row.int(0)) }
        return centres
    }
}
