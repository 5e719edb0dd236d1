import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import EPUArchive

@Suite("What results of epu-analyze rest on")
struct AnalysisInputsTests {
    /// Tables of epu-ingest that say nothing of exposures, holes or settings.
    private static let unread: Set = ["storage_folder", "session_root", "source_file", "custom_value", "notice"]

    private func part(of tool: String) throws -> String {
        let parts = try Project.text("schema.sql").components(separatedBy: "\n----------")
        return try #require(parts.first { $0.prefix { $0 != "\n" }.hasSuffix("(\(tool))") })
    }

    private func tables(of tool: String) throws -> [String] {
        try part(of: tool).matches(of: /CREATE (?:VIRTUAL )?TABLE (\w+)/).map { String($0.1) }
    }

    @Test("Every column that epu-ingest fills is named as one that results rest on, or as one that none rests on")
    func everyColumnIsNamed() throws {
        let part = try part(of: "epu-ingest")
        let tables = try tables(of: "epu-ingest")
        let columns = try DatabaseQueue().write { db in
            try db.execute(sql: "--" + part)
            return try tables.reduce(into: [String: Set<String>]()) { columns, table in
                columns[table] = try Set(
                    String.fetchAll(db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table]))
            }
        }
        #expect(Set(AnalysisInputs.all.map(\.table)).union(Self.unread) == Set(tables))
        for inputs in AnalysisInputs.all {
            let declared = Set(inputs.columns.map(\.column))
            #expect(declared.count == inputs.columns.count)
            #expect(declared.isDisjoint(with: inputs.others) && declared.isDisjoint(with: inputs.keys))
            #expect(inputs.keys.isDisjoint(with: inputs.others))
            let present = try #require(columns[inputs.table])
            for column in present.subtracting(declared).subtracting(inputs.keys).subtracting(inputs.others).sorted() {
                Issue.record(
                    """
                    AnalysisInputs does not say of \(inputs.table).\(column) whether results of epu-analyze rest on it: name \
                    it among the columns if epu-analyze reads it, else among the others.
                    """)
            }
            let gone = declared.union(inputs.keys).union(inputs.others).subtracting(present)
            #expect(gone.isEmpty, "columns that \(inputs.table) does not have")
        }
    }

    @Test("epu-ingest leaves the tables of epu-analyze to the archive")
    func ingestNamesNoTableOfAnalyze() throws {
        let names = try tables(of: "epu-analyze")
        #expect(names.contains("placement"))
        let named = try Regex("(?:FROM|JOIN|INTO|UPDATE)\\s+(?:OR \\w+\\s+)?(?:\(names.joined(separator: "|")))\\b")
        #expect("DELETE FROM placement".contains(named) && "UPDATE OR IGNORE analysis".contains(named))
        // What looks after an archive checks and counts all that is in it.
        let files = try Project.files(in: "Sources/Ingest", suffix: ".swift").filter { !$0.contains("/Care/") }
        #expect(!files.isEmpty)
        for file in files {
            for match in try Project.text(file).matches(of: named) {
                Issue.record("\(file): \(match.output[0].substring ?? ""): use StaleResults or OpticsNumbers instead.")
            }
        }
    }

    @Test(
        "A number may be rounded in another way, a time of a file's name may be moved, and unknown is a value or is none"
    )
    func comparison() throws {
        func isChanged(_ input: AnalysisInput, _ old: String, _ new: String, offset: String = "NULL") throws -> Bool {
            let sql = input.isChanged(from: "o.", to: "n.")
            return try DatabaseQueue().read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT \(sql) FROM (SELECT \(old) AS c, NULL AS utc_offset_minutes) o,
                            (SELECT \(new) AS c, \(offset) AS utc_offset_minutes) n
                        """
                ).map { $0[0] } == [1]
            }
        }
        let rounded = AnalysisInput("c", .positions, .within(1e-9))
        #expect(try !isChanged(rounded, "1.0", "1.0000000001"))
        #expect(try isChanged(rounded, "1.0", "1.00000001"))
        #expect(try isChanged(rounded, "NULL", "1") && isChanged(rounded, "1", "NULL"))
        #expect(try !isChanged(rounded, "NULL", "NULL"))
        let learnt = AnalysisInput("c", .positions, countsUnknown: false)
        #expect(try isChanged(learnt, "'a'", "'b'"))
        #expect(try !isChanged(learnt, "NULL", "'b'") && !isChanged(learnt, "'a'", "NULL"))
        let time = AnalysisInput("c", .positions, .recordedTime)
        #expect(try !isChanged(time, "'a'", "'b'"), "both are from the file's name")
        #expect(try isChanged(time, "'a'", "'b'", offset: "60") && !isChanged(time, "'a'", "'a'", offset: "60"))
    }
}
