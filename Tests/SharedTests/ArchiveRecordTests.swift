import EPUArchive
import GRDB
import Testing

@Suite("Rows as records")
struct ArchiveRecordTests {
    private struct Line: ArchiveRecord, Equatable {
        let exposureID: Int64
        let doseEPerA2: Double?
        let name: String
        let isPlaced: Bool
    }

    private func lines(_ sql: String) throws -> [Line] { try DatabaseQueue().read { try Line.fetchAll($0, sql: sql) } }

    @Test("Columns in snake case are properties, units and ids as Swift writes them; NULL is nil")
    func names() throws {
        let sql =
            "SELECT 7 AS exposure_id, 40.5 AS dose_e_per_a2, 'a' AS name, 1 AS is_placed UNION ALL SELECT 8, NULL, 'b', 0"
        #expect(
            try lines(sql) == [
                Line(exposureID: 7, doseEPerA2: 40.5, name: "a", isPlaced: true),
                Line(exposureID: 8, doseEPerA2: nil, name: "b", isPlaced: false),
            ])
    }

    @Test("A column that is missing, or NULL where the record has none, is an error that names it")
    func missing() throws {
        for sql in [
            "SELECT 7 AS exposure_id, 1.0 AS dose_e_per_a2, 1 AS is_placed",
            "SELECT 7 AS exposure_id, 1.0 AS dose_e_per_a2, NULL AS name, 1 AS is_placed",
        ] {
            let error = #expect(throws: (any Error).self) { try lines(sql) }
            #expect("\(try #require(error))".contains("name"))
        }
    }
}
