import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

/// Sessions and a sample of them, each in an archive of its own.
struct SampledSessions {
    let folder: TemporaryFolder
    /// The folders of the originals, relative to `folder`, or absolute.
    let originals: [String]
    private(set) var sample: [String] = []

    init(_ originals: [String], in folder: TemporaryFolder) {
        self.folder = folder
        self.originals = originals
    }

    @discardableResult
    func run(_ tool: String, _ arguments: [String], status: Int32 = 0) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, in: folder.path)
        #expect(run.status == status, "\(tool) \(arguments): \(run.errors)")
        return run
    }

    /// Makes the sample `out`, and analyses both.
    mutating func compare(_ options: [String] = []) throws {
        let report = try run("epu-ingest", ["sample"] + originals + ["out", "--json"] + options).output
        let sessions = try JSONDecoder().decode(Report.self, from: Data(report.utf8)).sessions
        sample = sessions.map { "out/" + $0 }
        for (archive, folders) in [("original.db", originals), ("sample.db", sample)] {
            try run("epu-ingest", ["--db", archive] + folders)
            try run("epu-analyze", ["--db", archive])
        }
    }

    private struct Report: Decodable {
        let sessions: [String]
    }

    /// Tables of what only the sample lacks on purpose, or what differs between any two archives.
    private static let otherTables: Set<String> = ["custom_value", "search", "session_deleted"]
    /// Columns of the files' states and of the times of the runs.
    private static let otherColumns: Set<String> = [
        "size_bytes", "modified_ns", "problem", "analysed_at", "made_at", "calibrated_at", "ingested_at",
        "published_at",
        "clustered_at", "numbered_at", "created", "data", "pixels",
    ]

    /// What in the tables of the two archives is not alike: real numbers must be the same to the last bit, whole numbers, texts
    /// and times the same or in the same order.
    func differences(without tables: Set<String> = []) throws -> [String] {
        let (original, copy) = (try columns("original.db"), try columns("sample.db"))
        var differences: [String] = []
        for (name, values) in original.sorted(by: { $0.key < $1.key }) {
            let table = String(name.prefix { $0 != "." })
            guard !tables.contains(table) else { continue }
            let other = copy[name] ?? []
            if values.count != other.count {
                differences.append("\(name): \(values.count) rows, \(other.count) in the sample")
            } else if values != other, Self.ranks(values) != Self.ranks(other) || values.contains(where: Self.isReal) {
                let row = zip(values, other).enumerated().first { $1.0 != $1.1 }
                differences.append("\(name): \(row.map { "\($0.element)" } ?? "")")
            }
        }
        return differences
    }

    private static func isReal(_ value: DatabaseValue) -> Bool {
        if case .double = value.storage { true } else { false }
    }

    /// For each value the place of the first that equals it, and for numbers their order.
    private static func ranks(_ values: [DatabaseValue]) -> [Int] {
        let numbers = values.compactMap { Int64.fromDatabaseValue($0) }
        if numbers.count == values.count {
            let sorted = Set(numbers).sorted()
            let rank = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
            return numbers.map { rank[$0] ?? 0 }
        }
        var first: [DatabaseValue: Int] = [:]
        return values.enumerated().map { index, value in
            first[value] = first[value] ?? index
            return first[value] ?? index
        }
    }

    private func columns(_ archive: String) throws -> [String: [DatabaseValue]] {
        try Archive(folder[archive], access: .read).read { db in
            let tables = try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'
                        AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE '%\\_node' ESCAPE '\\'
                        AND name NOT LIKE '%\\_rowid' ESCAPE '\\' AND name NOT LIKE '%\\_parent' ESCAPE '\\'
                    """)
            var columns: [String: [DatabaseValue]] = [:]
            for table in tables where !Self.otherTables.contains(table) {
                let rows = try Row.fetchAll(db, sql: "SELECT * FROM \(table)")
                for name in try db.columns(in: table).map(\.name) where !Self.otherColumns.contains(name) {
                    columns[table + "." + name] = rows.map { $0[name] as DatabaseValue }
                }
            }
            return columns
        }
    }

    /// The times of the exposures, which must differ by one step.
    func steps() throws -> Set<Int64> {
        let times = try ["original.db", "sample.db"].map { archive in
            try Archive(folder[archive], access: .read).read { db in
                try String.fetchAll(db, sql: "SELECT acquired_at FROM exposure ORDER BY exposure_id")
                    .compactMap { Timestamp(archiveText: $0)?.ticks }
            }
        }
        return Set(zip(times[0], times[1]).map { $1 - $0 })
    }
}
