import EPUCore
import GRDB
import TestSupport
import Testing

@testable import EPUArchive
@testable import epu_ingest

/// Every column of a simulated session is changed in the archive, one at a time, so that its files say something new.
@Suite("Results that rest on what has changed")
struct StaleResultsTests {
    /// A session with another of these is another session.
    private static let identity: Set = ["name", "epu_name", "created_at", "instrument_id", "instrument_model", "grid"]

    @Test(
        "A changed column takes along the results that rest on it, and no others",
        arguments: AnalysisInputs.all.map(\.table))
    func changedColumn(table: String) async throws {
        let inputs = try #require(AnalysisInputs.all.first { $0.table == table })
        let folder = try TemporaryFolder()
        let database = folder["archive.db"]
        try folder.simulate("session", ["--exposures", "20", "--seed", "3"])
        try await ingest([folder["session"]], into: database)
        let archive = try Archive(database, access: .write)
        var tested: Set<String> = []
        let columns = try archive.read { db in
            try Row.fetchAll(db, sql: "SELECT name, type FROM pragma_table_info(?)", arguments: [table])
                .map { ($0[0] as String, $0[1] as String) }
        }
        for (column, type) in columns
        where !inputs.keys.contains(column) && !Self.identity.contains(column) && !column.hasSuffix("_file_id") {
            let before = try value(of: column, table, archive)
            try archive.write { try Self.addResults($0) }
            try change(column, type, table, archive)
            try await ingest([folder["session"]], into: database)
            // What no file says stays as it was changed.
            guard try value(of: column, table, archive) == before else {
                try change(column, to: before, table, archive)
                continue
            }
            let input = inputs.columns.first { $0.column == column }
            let isLearnt = before.isNull && input?.countsUnknown == false
            let expected = isLearnt ? .none : input?.stale ?? .none
            #expect(try archive.read { try Self.forgotten($0) } == expected, "\(table).\(column)")
            tested.insert(column)
        }
        #expect(tested.isSuperset(of: inputs.columns.map(\.column)), "columns that no file filled")
    }

    private func row(_ table: String) -> String {
        switch table {
        case "exposure": "exposure_id = 1"
        case "preset": "preset = (SELECT min(preset) FROM preset)"
        case "session": "session_id = 1"
        case "grid_square_image": "grid_square_image_id = 1"
        case "hole_image": "hole_image_id = 1"
        case "foil_hole": "foil_hole = (SELECT foil_hole FROM exposure WHERE exposure_id = 1)"
        case "grid_square": "grid_square = (SELECT grid_square FROM exposure WHERE exposure_id = 1)"
        case "template_area": "area = (SELECT min(area) FROM template_area)"
        default: "acquisition = (SELECT min(acquisition) FROM \(table))"
        }
    }

    private func value(of column: String, _ table: String, _ archive: Archive) throws -> DatabaseValue {
        try archive.read { db in
            try #require(try DatabaseValue.fetchOne(db, sql: "SELECT \(column) FROM \(table) WHERE \(row(table))"))
        }
    }

    private func change(_ column: String, _ type: String, _ table: String, _ archive: Archive) throws {
        let other =
            switch type {
            case "INTEGER": "ifnull(\(column) + 1, 1)"
            case "REAL": "ifnull(\(column) + 0.5, 0.5)"
            default: "ifnull('2001' || substr(\(column), 5), '2001-01-01T00:00:00.0000000Z')"
            }
        try update("UPDATE \(table) SET \(column) = \(other) WHERE \(row(table))", [], archive)
    }

    private func change(_ column: String, to value: DatabaseValue, _ table: String, _ archive: Archive) throws {
        try update("UPDATE \(table) SET \(column) = ? WHERE \(row(table))", [value], archive)
    }

    /// All files count as not yet read. A number may be that of a hole or square which there is not.
    private func update(_ sql: String, _ arguments: StatementArguments, _ archive: Archive) throws {
        try archive.database.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF")
            try db.execute(sql: sql, arguments: arguments)
            try db.execute(sql: "UPDATE source_file SET size_bytes = NULL; PRAGMA foreign_keys = ON")
        }
    }

    private static func addResults(_ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM placement_set;
                DELETE FROM calibration;
                INSERT INTO calibration
                    (calibration_id, session_id, method, m11, m12, m21, m22, scale, angle_deg, mirrored, verdict, exposures,
                     created_at)
                VALUES (1, 1, 'lattice', 25, 0, 0, 25, 25, 0, 0, 'good', 20, 'now');
                INSERT INTO placement_set (placement_set_id, grid, nearest_within_um) VALUES (1, 'g', 1);
                INSERT INTO placement_set_session (placement_set_id, session_id, calibration_id) VALUES (1, 1, 1);
                INSERT INTO placement (placement_id, placement_set_id, exposure_id, x_um, y_um) VALUES (1, 1, 1, 1, 2);
                INSERT INTO pre_exposure (placement_id) VALUES (1);
                INSERT INTO analysis
                    (analysis_id, placement_set_id, radius_um, count_neighbours, across_sessions, exposures, pairs,
                     overexposed, created_at, rules)
                VALUES (1, 1, 0.5, 0, 0, 1, 0, 0, 'now', \(OverlapCause.rulesVersion));
                INSERT INTO analysis_session (analysis_id, session_id, calibration_id) VALUES (1, 1, 1);
                """)
    }

    /// The most that is gone of these results.
    private static func forgotten(_ db: Database) throws -> StaleResults {
        func isThere(_ rows: String) throws -> Bool {
            try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM \(rows))") ?? false
        }
        if try !isThere("analysis") { return .positions }
        if try !isThere("calibration WHERE exposures = 20") { return .calibration }
        if try !isThere("pre_exposure") { return .received }
        return try isThere("analysis WHERE rules = 0") ? .causes : .none
    }
}
