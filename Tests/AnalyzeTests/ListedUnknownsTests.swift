import EPUArchive
import EPUCore
import TestSupport
import Testing

@testable import epu_analyze

/// Nothing found is not 0 where not all is known, in the list as elsewhere.
@Suite("What the list says of what is not known")
struct ListedUnknownsTests {
    private typealias Exposure = SampleArchive.Exposure
    private let analysing: Analysing

    /// Of `clean` all is known; `wide` has no beam diameter; in `doubtful` a hole is repeated; of `unread` one file is damaged.
    init() throws {
        analysing = try Analysing()
        let apart = [Exposure(time: 0), Exposure(hole: 2, stage: Vector2(9, 9), time: 60)]
        try analysing.sample.add("clean", apart)
        try analysing.sample.add("wide", apart, beamDiameter: nil, field: (2, 1))
        try analysing.sample.add("doubtful", apart + [Exposure(time: 120)])
        try analysing.sample.add("unread", apart)
        try analysing.execute(
            """
            INSERT INTO source_file (session_root_id, path, stem, kind, status)
            SELECT session_root_id, 'FoilHole_9.xml', 'FoilHole_9', 'exposure', 'unreadable'
            FROM session_root WHERE path = '/data/unread'
            """)
    }

    private func run(_ arguments: [String]) throws -> ToolRun {
        let run = try ToolRun.run("epu-analyze", arguments + ["--db", analysing.archive])
        #expect(run.status == 0, "\(run.errors)")
        return run
    }

    /// The line of a session without the spaces between its cells.
    private func line(_ session: String, _ list: String) -> String? {
        list.split(separator: "\n").first { $0.hasPrefix(session + " ") }.map {
            $0.split(separator: " ").joined(separator: " ")
        }
    }

    @Test("Table, JSON and sums say of which sessions not all is known")
    func unknown() throws {
        let run = try self.run(["--k", "25"])
        let (wide, unread) = (
            "what a wider beam hit is not known, as no beam diameter is recorded", "1 exposure could not be read"
        )
        for (session, reason) in [("wide", wide), ("unread", unread)] {
            #expect(
                run.output.contains(
                    "\(session): nothing found to drop: none of 2 overexposed as far as could be compared; \(reason)\n"),
                "\(run.output)")
        }
        #expect(
            run.output.contains("\n4 sessions: drop 1 of 9 micrographs (11.1 %), in 1 session; not all is known of 2; ")
        )
        try analysing.execute(
            """
            UPDATE calibration SET verdict = 'doubtful'
            WHERE session_id = (SELECT session_id FROM session WHERE name = 'doubtful')
            """)
        let list = try self.run(["list"])
        #expect(line("clean", list.output)?.hasSuffix(" 1 0 0.0") == true, "\(list.output)")
        #expect(line("wide", list.output)?.hasSuffix(" 1 not known") == true)
        #expect(line("doubtful", list.output)?.hasSuffix(" 1 1 * 33.3") == true)
        #expect(line("unread", list.output)?.hasSuffix(" 1 not known") == true)
        #expect(list.output.hasSuffix("\n*: as far as is known; `epu-report summary` says what is not.\n"))
        #expect(list.errors.contains("4 sessions, 9 exposures; not all is known of 3."))
        let json = try PrintedJSON(self.run(["list", "--json"]).output)
        #expect(
            (0..<4).map { json["\($0).unknown"].text } == [
                nil, wide, "how beam shift maps to the stage is doubtful", unread,
            ])
        #expect((0..<4).map { json["\($0).overexposed"].text } == ["0", "not known", "1", "not known"])
        #expect(json["1.overexposed_share"].number == nil && json["3.overexposed_share"].number == nil)
        // Where all is known, there is nothing to explain.
        let clean = try self.run(["list", "--session", "clean"])
        #expect(!clean.output.contains("*") && clean.errors.contains("1 session, 2 exposures.\n"))
    }

    @Test("Where it is not known what is overexposed, compare tells no incidents and no doses")
    func compared() throws {
        _ = try run(["--k", "25"])
        // The columns are in the order of the archive.
        let output = try run(["compare", "--session", "doubtful", "--session", "unread"]).output
        for row in ["overexposed", "  share", "incidents", "  same-area", "e/A^2 before, median", "  greatest"] {
            let cells = output.split(separator: "\n").first { $0.hasPrefix(row + " ") }
            #expect(cells?.dropFirst(row.count).hasSuffix(" not known") == true, "\(row): \(output)")
        }
    }

    @Test("The list, compare and publish mark counts alike")
    func alike() throws {
        _ = try run(["--k", "25"])
        // Of `clean` an exposure comes after the analysis, of `wide` all is known, and a file of `doubtful` is damaged, too.
        try analysing.execute(
            """
            UPDATE analysis SET last_placement_id = (
                SELECT min(placement_id) FROM placement p WHERE p.placement_set_id = analysis.placement_set_id)
            WHERE analysis_id = (
                SELECT analysis_id FROM latest_analysis JOIN session USING (session_id) WHERE name = 'clean');
            UPDATE analysis SET radius_source = 'given';
            UPDATE calibration SET verdict = 'doubtful'
            WHERE session_id = (SELECT session_id FROM session WHERE name = 'doubtful')
            """)
        func expect(_ counts: [String: String]) throws {
            let (list, published) = (try run(["list"]).output, try run(["publish"]).output)
            for (session, count) in counts.sorted(by: <) {
                #expect(line(session, list)?.contains(" 1 \(count)") == true, "\(list)")
                #expect(line(session, published)?.hasSuffix(" \(count)") == true, "\(published)")
                let compared = try run(["compare", "--session", session]).output
                #expect(line("overexposed", compared) == "overexposed \(count)", "\(compared)")
                #expect(compared.contains("\n*: as far as is known") == count.hasSuffix("*"))
            }
        }
        try expect(["clean": "not known", "wide": "0", "doubtful": "1 *", "unread": "not known"])
        try analysing.execute(
            """
            INSERT INTO source_file (session_root_id, path, stem, kind, status)
            SELECT session_root_id, 'FoilHole_9.xml', 'FoilHole_9', 'exposure', 'unreadable'
            FROM session_root WHERE path = '/data/doubtful'
            """)
        try expect(["doubtful": "at least 1"])
    }
}
