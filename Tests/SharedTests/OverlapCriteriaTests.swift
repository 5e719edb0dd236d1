import EPUCore
import Foundation
import GRDB
import Testing

@testable import EPUArchive

@Suite("Criteria and the list that says all of each")
struct OverlapCriteriaTests {
    /// What a row has in which every criterion differs from its default.
    private static var other: Row {
        Row(
            OverlapCriterion.all.reduce(into: [String: (any DatabaseValueConvertible)?]()) { row, criterion in
                switch criterion.value(OverlapCriteria()) {
                case .number(let number): row[criterion.column] = (number ?? 0) + 0.25
                case .flag(let flag): row[criterion.column] = !flag
                }
            })
    }

    /// Criteria that ask for one thing alone.
    private static func asking(_ criterion: OverlapCriterion) -> OverlapCriteria {
        var criteria = OverlapCriteria()
        criterion.read(other, &criteria)
        return criteria
    }

    private static func properties(_ criteria: OverlapCriteria) -> [String: String] {
        Dictionary(uniqueKeysWithValues: Mirror(reflecting: criteria).children.map { ($0.label ?? "", "\($0.value)") })
    }

    @Test("Every property of the criteria is in the list, once")
    func isComplete() {
        let plain = Self.properties(OverlapCriteria())
        let listed = OverlapCriterion.all.flatMap { criterion in
            Self.properties(Self.asking(criterion)).filter { plain[$0.key] != $0.value }.keys
        }
        #expect(listed.sorted() == plain.keys.sorted(), "a property of OverlapCriteria without its OverlapCriterion")
    }

    @Test("Criteria that differ in one thing are no other's stored result", arguments: OverlapCriterion.all)
    func identity(criterion: OverlapCriterion) throws {
        let archive = try DatabaseQueue()
        try archive.write { db in
            try db.execute(sql: "CREATE TABLE stored (\(OverlapCriteria.columns))")
            func store(_ criteria: OverlapCriteria) throws {
                try db.execute(
                    sql: "INSERT INTO stored VALUES (\(OverlapCriteria.marks))", arguments: criteria.arguments)
            }
            func found(_ criteria: OverlapCriteria) throws -> [OverlapCriteria] {
                try Row.fetchAll(
                    db, sql: "SELECT * FROM stored WHERE \(OverlapCriteria.identity)", arguments: criteria.arguments
                ).map { OverlapCriteria($0) }
            }
            let asking = Self.asking(criterion)
            try store(OverlapCriteria())
            #expect(try found(asking).isEmpty, "\(criterion.column)")
            try store(asking)
            #expect(try found(asking) == [asking], "\(criterion.column)")
            #expect(try found(OverlapCriteria()) == [OverlapCriteria()], "\(criterion.column)")
        }
    }

    @Test("Each is a column of both tables and of the unique index", arguments: OverlapCriterion.all)
    func columns(criterion: OverlapCriterion) throws {
        let archive = try DatabaseQueue()
        try archive.write { db in
            try db.execute(sql: String(decoding: PackageResources.schema_sql, as: UTF8.self))
            for table in ["analysis", "published_analysis"] {
                #expect(try db.columns(in: table).map(\.name).contains(criterion.column), "\(table) has it not")
            }
            let index = try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = 'analysis_criteria'")
            #expect(index?.contains(criterion.column) == true)
        }
    }

    @Test("Words, options and JSON say each that is asked for, and JSON all that have a value")
    func said() throws {
        #expect(OverlapCriteria().text.isEmpty && OverlapCriteria().options.isEmpty)
        let all = OverlapCriteria(Self.other)
        #expect(
            all.text == "radius 0.25 um, at least 25 % of the field, at least 0.25 e/A^2 before, neighbours counted, "
                + "certainty 0.75")
        #expect(
            all.options == [
                "--radius", "0.25", "--min-field-overlap", "0.25", "--min-pre-dose", "0.25", "--count-neighbours",
                "--certainty", "0.75",
            ])
        #expect(all.withoutFields.options == ["--radius", "0.25", "--count-neighbours", "--certainty", "0.75"])
        struct Found: Encodable { let pairs = 3 }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.keyEncodingStrategy = .convertToSnakeCase
        func json(_ criteria: OverlapCriteria) throws -> String {
            String(decoding: try encoder.encode(ByCriteria(criteria, Found())), as: UTF8.self)
        }
        #expect(try json(OverlapCriteria()) == #"{"certainty":0.5,"count_neighbours":false,"pairs":3}"#)
        #expect(
            try json(all)
                == #"{"certainty":0.75,"count_neighbours":true,"min_field_overlap":0.25,"min_pre_dose_e_per_a2":0.25,"#
                + #""pairs":3,"radius_um":0.25}"#)
    }
}
