import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("epu-ingest split")
struct CareSplitTests {
    private let arranging: Arranging
    private var folder: TemporaryFolder { arranging.folder }
    private var database: String { arranging.database }

    init() throws { arranging = try Arranging() }

    /// The options that split a session of 600 exposures in the middle, each by another rule.
    enum Way: String, CaseIterable { case time, localTime, squares, names }

    private func options(_ way: Way) throws -> String {
        switch way {
        case .time: return "--from " + (try arranging.time(60))
        case .localTime:
            let time = try #require(LocalTime(epuText: arranging.time(60)))
            let clock = LocalTime(instant: time.instant.adding(seconds: 3600), utcOffsetMinutes: 0)
            return "--from " + clock.epuText.replacing("+00:00", with: "")
        case .squares: return "--squares \(try arranging.square(of: 299))"
        case .names:
            try folder.write("names.txt", try lastHalf().map { "\($0)_fractions.tiff  # seen\n" }.joined())
            return "--names-from names.txt"
        }
    }

    /// A session of 120 exposures in one square, or of 300 in two.
    private func simulate(for way: Way) throws -> Int {
        let shape = way == .squares ? "--exposures 300 --areas 1" : "--exposures 120"
        try arranging.simulate("s", "\(shape) --utc-offset 60 --seed 3")
        return way == .squares ? 300 : 120
    }

    private func lastHalf() throws -> [String] {
        try text("SELECT name FROM exposure ORDER BY acquired_at LIMIT 1000 OFFSET 60", in: database).compactMap { $0 }
    }

    private func expected(_ way: Way) throws -> Set<String> {
        guard way == .squares else { return try Set(lastHalf()) }
        let square = try arranging.square(of: 299)
        return try Set(text("SELECT name FROM exposure WHERE grid_square = \(square)", in: database).compactMap { $0 })
    }

    @Test(
        "takes exposures with ids, reviews, JPGs and movies into a session of its own, of which all that can be read is known",
        arguments: Way.allCases)
    func splits(_ way: Way) async throws {
        let number = try simulate(for: way)
        try await ingest([folder["s"]], into: database)
        try arranging.run("epu-analyze", "")
        try arranging.review("s", 5)
        let (rows, chosen) = (try content(database).count, try expected(way))
        let ids = try text("SELECT exposure_id || name FROM exposure ORDER BY 1", in: database)
        let run = try arranging.epuIngest("split s \(try options(way))")
        #expect(
            run.output == """
                s keeps \(number - chosen.count) exposures
                s~2 has \(chosen.count) exposures, 5 reviews
                Run epu-analyze: what was found in s, s~2 no longer holds.

                """)
        let split = try arranging.exposures()
        #expect(split["s~2"] == chosen && split["s"]?.count == number - chosen.count)
        #expect(try text("SELECT exposure_id || name FROM exposure ORDER BY 1", in: database) == ids)
        #expect(try arranging.reviewed().allSatisfy { $0.hasPrefix("s~2 ") })
        #expect(try arranging.reviewed().count == 5)
        try arranging.expectSound()
        #expect(try count("SELECT count(*) FROM analysis", in: database) == 0)
        // Both know the template, the settings and the holes of the squares that they are in.
        for table in [
            "template_area WHERE offset_x_um IS NOT NULL AND", "preset WHERE", "session WHERE atlas_id IS NOT NULL AND",
        ] {
            let numbers = try ["s", "s~2"].map { name in
                try count(
                    "SELECT count(*) FROM \(table) session_id = (SELECT session_id FROM session WHERE name = '\(name)')",
                    in: database)
            }
            #expect(numbers[0] == numbers[1] && numbers[0] > 0, "\(table)")
        }
        #expect(
            try count(
                "SELECT count(*) FROM exposure JOIN foil_hole h USING (session_id, foil_hole) WHERE h.stage_x_um IS NULL",
                in: database) == 0)
        try arranging.run("epu-analyze", "")
        #expect(try count("SELECT count(*) FROM latest_analysis", in: database) == 2)
        // A person who joins them again has what was there.
        try arranging.epuIngest("join s s~2")
        #expect(try arranging.numbers() == ["s": number])
        #expect(try content(database).count == rows)
        #expect(try count("SELECT count(*) FROM session_split", in: database) == 0)
    }

    @Test(
        "holds when the folder is read again: nothing is stored twice, and new files go where the rule says",
        arguments: Way.allCases)
    func readAgain(_ way: Way) async throws {
        let number = try simulate(for: way)
        try await ingest([folder["s"]], into: folder["whole.db"])
        try FileManager.default.copyItem(atPath: folder["whole.db"], toPath: database)
        let options = try options(way)
        // What becomes of a session that is split when all of it is there.
        try arranging.epuIngest("split s \(options)", in: folder["whole.db"])
        let bringBack = try arranging.hideThird(of: "s")
        try FileManager.default.removeItem(atPath: database)
        try await ingest([folder["s"]], into: database)
        #expect(try arranging.numbers() == ["s": number * 2 / 3])
        if way == .names {
            let known = try #require(try arranging.exposures()["s"])
            let named = try folder.text("names.txt").split(separator: "\n").filter { line in
                known.contains { line.hasPrefix($0) }
            }
            try folder.write("names.txt", named.joined(separator: "\n"))
        }
        try arranging.epuIngest("split s \(options)")
        let before = try dump(database)
        try await ingest([folder["s"]], into: database)
        #expect(try dump(database) == before, "nothing has changed")
        try bringBack()
        try await ingest([folder["s"]], into: database)
        try arranging.expectSound()
        guard way != .names else {
            // Those that are not named stay.
            #expect(try arranging.numbers()["s"] == 80)
            return
        }
        #expect(try content(database) == content(folder["whole.db"]))
    }

    @Test("leaves the archive as it is with --dry-run, and where there is nothing to split")
    func nothing() async throws {
        try arranging.simulate("s", "--exposures 60 --seed 3")
        try await ingest([folder["s"]], into: database)
        let before = try dump(database)
        let dry = try arranging.epuIngest("split s --from \(try arranging.time(40)) --name late --dry-run")
        #expect(dry.output == "s would keep 40 exposures\nlate would have 20 exposures, 0 reviews\n")
        for (options, words) in [
            ("s --from 2001-01-01", "All of the 60 exposures"), ("s --from 2101-01-01", "None of the 60 exposures"),
            ("t --from 2101-01-01", "no session \"t\""), ("s --squares 1,2", "no exposure in grid square 1"),
            ("s --names-from names.txt", "no exposure of these names: so, FoilHole_1_Data_2_3_20250108_154915."),
            ("s --from 2025-01-08T15:16:00Z --name s", "a session \"s\" already"),
            ("s --names-from away.txt", "away.txt"),
        ] {
            try folder.write("names.txt", "FoilHole_1_Data_2_3_20250108_154915.mrc\nso")
            let run = try arranging.epuIngest("split \(options)", status: 1)
            #expect(run.errors.contains(words), "\(run.errors)")
        }
        for options in [
            "s", "s --from yesterday", "s --squares 1,", "s --squares 1 --from 2025-01-08", "s --squares 1 --name ",
        ] {
            try arranging.epuIngest("split \(options)", status: 64)
        }
        #expect(try dump(database) == before)
    }
}
