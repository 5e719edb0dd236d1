import EPUArchive
import GRDB

/// Tells a part of a split session what EpuSession.dm and the hole maps say: these files stay with the session that was split. A
/// part has the settings and the template of the whole, and the holes of the squares that it has exposures or images of.
struct PartDescription {
    let base: Int64
    let part: Int64

    /// Tells all parts of a family, and forgets what no longer holds.
    static func tell(_ family: SplitFamily, _ db: Database) throws {
        for part in family.parts {
            try PartDescription(base: family.base, part: part).tell(db).forget(of: part, db)
        }
    }

    /// - Returns: The results that no longer hold, as what they rest on is not what it was.
    func tell(_ db: Database) throws -> StaleResults {
        let before = try inputs(db)
        try tellSettings(db)
        for table in ["storage_folder", "preset"] { try copy(table, where: "1", db) }
        try copy("template_area", where: "o.shift_x_px IS NOT NULL OR o.offset_x_um IS NOT NULL", db)
        let square = "o.grid_square IN (\(places("grid_square", in: ["exposure", "hole_image", "grid_square_image"])))"
        let hole = "o.foil_hole IN (\(places("foil_hole", in: ["exposure", "hole_image"])))"
        try copy("grid_square", where: square, db)
        try copy("foil_hole", where: "\(square) OR \(hole)", db)
        let holes = "SELECT h.foil_hole FROM foil_hole h WHERE h.session_id = :part"
        try copy("planned_exposure", where: "o.foil_hole IN (\(holes))", db)
        let after = try inputs(db)
        return StaleResults.allCases.last { after[$0] != before[$0] } ?? .none
    }

    private func tellSettings(_ db: Database) throws {
        let names = SessionDescription.columns + ["epu_version"]
        let list = names.map { "session.\($0)" }.joined(separator: ", ")
        let values = names.map { "ifnull(o.\($0), session.\($0))" }.joined(separator: ", ")
        try db.execute(
            sql: """
                UPDATE session SET (\(names.joined(separator: ", "))) = (\(values)) FROM session o
                WHERE session.session_id = ? AND o.session_id = ? AND (\(list)) IS NOT (\(values))
                """, arguments: [part, base])
        // Its grid may be another one.
        if db.changesCount > 0 { try Settlement.reopen(part, db) }
    }

    /// The numbers of the places where the part has something, in SQL.
    private func places(_ column: String, in tables: [String]) -> String {
        tables.map { "SELECT \(column) FROM \($0) WHERE session_id = :part AND \(column) IS NOT NULL" }
            .joined(separator: " UNION ")
    }

    /// Copies rows `o` of the base; what these do not say stays as the part has it.
    private func copy(_ table: String, where condition: String, _ db: Database) throws {
        let names = try db.columns(in: table).map(\.name)
        let key = try db.primaryKey(table).columns
        let values = names.map { $0 == "session_id" ? ":part" : "o." + $0 }
        let free = names.filter { !key.contains($0) }
        let merged = free.map { "ifnull(excluded.\($0), \(table).\($0))" }
        var arguments: StatementArguments = ["base": base]
        arguments += ["part": part]
        try db.execute(
            sql: """
                INSERT INTO \(table) (\(names.joined(separator: ", "))) SELECT \(values.joined(separator: ", "))
                FROM \(table) o WHERE o.session_id = :base AND (\(condition))
                ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE
                SET \(zip(free, merged).map { "\($0) = \($1)" }.joined(separator: ", "))
                WHERE (\(free.map { "\(table).\($0)" }.joined(separator: ", "))) IS NOT (\(merged.joined(separator: ", ")))
                """, arguments: arguments)
    }

    private func inputs(_ db: Database) throws -> [StaleResults: [Row]] {
        let tables: [AnalysisInputs] = [.session, .preset, .templateArea, .gridSquare, .foilHole]
        return try StaleResults.allCases.reduce(into: [:]) { rows, level in
            rows[level] = try tables.flatMap { try $0.values(of: part, for: level, db) }
        }
    }
}
