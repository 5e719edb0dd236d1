import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

@Suite("Tables written as bytes")
struct CSVRowsTests {
    /// More than one block of rows, with values that stay, that change now and then, and that change their type and not their bits.
    private static let sql = """
        WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
        SELECT i, i / 7 AS seldom, 'constant' AS word, CASE i % 5 / 2 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'a,b' END AS odd,
               CASE WHEN i % 11 < 6 THEN 'ü "x"' ELSE 'plain' END AS quoted, i / 13 / 3.0 AS number,
               CASE WHEN i % 17 < 9 THEN i / 4000 ELSE i / 4000 * 1.0 END AS mixed, CASE WHEN i % 3 THEN NULL ELSE 5 END AS absent,
               'FoilHole_' || (i / 5) AS name, 1e999 AS infinite, 'ends' AS final, i * 2 AS unwritten
        FROM n ORDER BY i
        """

    private static func text(_ value: DatabaseValue) -> String {
        switch value.storage {
        case .null: ""
        case .int64(let number): number.description
        case .double(let number): number.rounded(significant: 9).description
        case .string(let text): text.isEmpty ? "\"\"" : CSVText.quoted(text)
        case .blob: "a blob"
        }
    }

    @Test("What is copied from the row before is what would have been written")
    func rows() throws {
        let folder = try TemporaryFolder()
        let path = folder["t.csv"]
        try DatabaseQueue().read { db in
            var sum: Int64 = 0
            let rows = try TableFile(path: path, format: .csv, digits: 9).write(db, Self.sql, unwritten: 1) {
                sum += $0.int($0.count - 1)
            }
            #expect(rows == 10_000 && sum == 99_990_000)
            let expected = try Row.fetchAll(db, sql: Self.sql).map { row in
                row.databaseValues.dropLast().map(Self.text).joined(separator: ",") + "\n"
            }
            let written = try folder.text("t.csv")
            let names = "i,seldom,word,odd,quoted,number,mixed,absent,name,infinite,final\n"
            #expect(written == names + expected.joined())
            #expect(written.utf8.count > 2 * TableFile.block)
        }
    }

    @Test(
        "A text is plain where the slow way would write it as it is",
        arguments: ["", "a", "1234567", "12345678", "123456789012345", "µ", "~", "\u{7f}", "a b;c'd/e\\f"])
    func plain(text: String) {
        func isPlain(_ text: String) -> Bool {
            Array(text.utf8).withUnsafeBytes { CSVText.isPlain($0) }
        }
        #expect(isPlain(text) == (!text.isEmpty && text.utf8.allSatisfy { $0 < 0x80 }))
        for character in ["\"", ",", "\n", "\r", "é"] {
            for place in 0...text.count {
                let index = text.index(text.startIndex, offsetBy: place)
                #expect(!isPlain(text[..<index] + character + text[index...]))
            }
        }
    }
}
