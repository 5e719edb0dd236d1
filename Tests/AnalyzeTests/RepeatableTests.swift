import Foundation
import GRDB
import TestSupport
import Testing

@Suite("The same archive")
struct RepeatableTests {
    /// Swift gives dictionaries another order in every run, and sums are rounded by their order.
    @Test("gives the same results in every run, to the last bit")
    func repeatable() throws {
        let tools = try ToolFolder()
        try tools.run(
            "epu-simulate",
            [
                "make", "session", "--no-images", "--exposures", "400", "--seed", "5", "--unmoved-stage", "1",
                "--second-session", "--second-turn", "3", "--second-atlas", "--second-fraction", "0.8",
            ])
        try tools.run("epu-ingest", ["session", "session-second", "--db", "fresh.db"])
        var results: Set<[String]> = []
        for run in 1...4 {
            let archive = tools.folder["\(run).db"]
            try FileManager.default.copyItem(atPath: tools.folder["fresh.db"], toPath: archive)
            try tools.run("epu-analyze", ["same-grid", "session", "session-second", "--db", archive])
            try tools.run("epu-analyze", ["--db", archive])
            results.insert(try content(of: archive))
        }
        #expect(results.count == 1)
        #expect(results.first.map { $0.count > 1000 } ?? false)
    }

    /// All that epu-analyze found, but when; numbers with every digit.
    private func content(of archive: String) throws -> [String] {
        let tables = [
            "calibration", "hole_centring", "centred_area", "stage_stop", "beam_shift_cluster", "optics_group",
            "placement_set_session", "placement", "pre_exposure", "overlap", "overexposure", "incident",
        ]
        let queue = try DatabaseQueue(path: archive)
        let rows = try queue.read { db in
            try tables.flatMap { table in
                let columns = try db.columns(in: table).map(\.name).filter { !$0.hasSuffix("_at") }
                return try String.fetchAll(
                    db,
                    sql: """
                        SELECT '\(table)' || \(columns.map { "'|' || ifnull(quote(\($0)), '')" }.joined(separator: " || "))
                        FROM \(table)
                        """)
            }
        }
        try queue.close()
        return rows.sorted()
    }
}
