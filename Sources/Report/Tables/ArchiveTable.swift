import EPUArchive
import EPUCore
import GRDB

/// A table or view of the archive, as it is written out.
struct ArchiveTable {
    let name: String
    let isView: Bool
    private let columns: [String]
    private let primaryKey: [String]

    /// The names of views that a reader understands without other tables. These are written if none is asked for.
    static let forPeople = [
        "sessions", "exposures", "calibrations", "analyses", "overlap_pairs", "overexposed", "possibly_overexposed",
        "incidents", "optics_groups", "source_problems",
    ]

    /// The names of the same tables with what every analysis found, not only the published ones.
    static let forPeopleOfAllAnalyses = forPeople.map { ofAllAnalyses[$0] ?? $0 }

    private static let ofAllAnalyses = [
        "overlap_pairs": "all_overlap_pairs", "overexposed": "all_overexposed",
        "possibly_overexposed": "all_possibly_overexposed", "incidents": "all_incidents",
    ]

    /// All tables and views of the archive, by name, without those that SQLite keeps for itself and without the R-tree, which
    /// repeats `placement`.
    static func all(_ db: Database) throws -> [ArchiveTable] {
        try Listed.fetchAll(
            db,
            sql: """
                SELECT name, type FROM pragma_table_list
                WHERE schema = 'main' AND type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                ORDER BY name
                """
        ).map { table in
            let columns = try Column.fetchAll(
                db, sql: "SELECT name, pk FROM pragma_table_info(?)", arguments: [table.name])
            return ArchiveTable(
                name: table.name, isView: table.type == "view", columns: columns.map(\.name),
                primaryKey: columns.filter { $0.pk > 0 }.sorted { $0.pk < $1.pk }.map(\.name))
        }
    }

    private struct Listed: ArchiveRecord {
        let name: String
        let type: String
    }

    private struct Column: ArchiveRecord {
        let name: String
        /// The place of the column in the primary key, from 1; 0 if it is not in the key.
        let pk: Int
    }

    /// The tables of some names, in the order of the names.
    /// - Throws: `Failure` for a name that the archive does not have.
    static func select(_ names: [String], _ db: Database) throws -> [ArchiveTable] {
        let all = try all(db)
        var taken: Set<String> = []
        return try names.filter { taken.insert($0).inserted }.map { name in
            guard let table = all.first(where: { $0.name == name }) else {
                throw Failure("The archive has no table \(name). It has: \(all.map(\.name).joined(separator: ", ")).")
            }
            return table
        }
    }

    /// The query for all rows or, if the table names sessions, for those of some sessions. The order of rows depends only on
    /// their contents.
    /// - Parameter sessions: the ids of the sessions; nil means all.
    func sql(sessions: [Int64]?) -> String {
        let condition = sessions.flatMap { self.condition(sessions: $0) }.map { " WHERE " + $0 } ?? ""
        // A view has no key, but its first columns are what a reader sorts by.
        let order = primaryKey.isEmpty ? columns.indices.map { "\($0 + 1)" } : primaryKey.map(Self.quoted)
        return "SELECT * FROM \(Self.quoted(name))\(condition) ORDER BY \(order.joined(separator: ", "))"
    }

    /// Whether `sql` can select the rows of the sessions that are asked for.
    var isOfSessions: Bool { condition(sessions: []) != nil }

    /// The condition that selects the rows of some sessions; nil if rows do not belong to one session each.
    private func condition(sessions: [Int64]) -> String? {
        let list = sessions.sqlList
        let exposures = "(SELECT exposure_id FROM exposure WHERE session_id IN (\(list)))"
        let analyses = "analysis_id IN (SELECT analysis_id FROM judged_session WHERE session_id IN (\(list)))"
        let rules = [
            // Analyses and positions of older versions belong to several sessions and name none.
            ("is_default", analyses),
            (
                "nearest_within_um",
                "placement_set_id IN (SELECT placement_set_id FROM placement_set_session WHERE session_id IN (\(list)))"
            ),
            ("session_id", "session_id IN (\(list))"),
            ("session", "session IN (SELECT name FROM session WHERE session_id IN (\(list)))"),
            ("exposure_id", "exposure_id IN \(exposures)"),
            ("later_id", "later_id IN \(exposures)"),
        ]
        return rules.first { columns.contains($0.0) }?.1
    }

    private static func quoted(_ name: String) -> String { name.quoted(with: "\"", escapedAs: "\"\"") }
}
