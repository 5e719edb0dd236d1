import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("A session that was split, among other folders and instruments")
struct CareSplitPlacesTests {
    private let arranging: Arranging
    private var folder: TemporaryFolder { arranging.folder }
    private var database: String { arranging.database }

    init() throws { arranging = try Arranging() }

    /// Exposures of two instruments in one folder, from second 0 on, one a second.
    private func write(_ numbers: ClosedRange<Int>) throws {
        for (instrument, first) in [("3632", 0), ("3429", 20)] {
            for number in numbers {
                let stem = "FoilHole_\(first + number)_Data_2_3_20250108_1549\(10 + number)"
                var sample = SampleImage()
                sample.instrument = instrument
                sample.uniqueID = "id-\(first + number)"
                sample.acquired = "2025-01-08T15:49:\(10 + number)+00:00"
                try folder.write("flat/\(stem).xml", sample.xml)
                try folder.write("flat/\(stem).jpg", "")
                try folder.write("flat/\(stem)_fractions.tiff", "")
            }
        }
    }

    @Test("keeps its parts beside the exposures of another instrument in the folder, whichever of the two was split")
    func instruments() async throws {
        try write(1...6)
        try await ingest([folder["flat"]], into: database)
        #expect(try arranging.numbers() == ["flat": 6, "flat-3429": 6])
        try arranging.epuIngest("split flat-3429 --from 2025-01-08T15:49:14Z --name late")
        #expect(try arranging.numbers() == ["flat": 6, "flat-3429": 3, "late": 3])
        try write(1...9)
        try await ingest([folder["flat"]], into: database)
        #expect(try arranging.numbers() == ["flat": 9, "flat-3429": 3, "late": 6])
        try arranging.epuIngest("split flat --from 2025-01-08T15:49:13Z")
        try write(10...12)
        try await ingest([folder["flat"]], into: database)
        #expect(try arranging.numbers() == ["flat": 2, "flat~2": 10, "flat-3429": 3, "late": 9])
        try arranging.expectSound()
        try FileManager.default.moveItem(atPath: folder["flat"], toPath: folder["moved"])
        try await ingest([folder["moved"]], into: database)
        #expect(try arranging.numbers() == ["flat": 2, "flat~2": 10, "flat-3429": 3, "late": 9])
        try arranging.expectSound()
    }

    @Test("takes a file that was half written for its part's when it is whole, though the session had it first")
    func halfWritten() async throws {
        try arranging.simulate("s", "--exposures 60 --seed 3")
        let data = try #require(FileManager.default.subpaths(atPath: folder["s"])).sorted {
            timeOfName($0.dropLast(4)) ?? Timestamp(ticks: 0) < timeOfName($1.dropLast(4)) ?? Timestamp(ticks: 0)
        }
        let last = "s/" + (try #require(data.last { $0.contains("_Data_") && $0.hasSuffix(".xml") }))
        let whole = try folder.text(last)
        try FileManager.default.removeItem(atPath: folder[last])
        try await ingest([folder["s"]], into: database)
        try arranging.epuIngest("split s --from \(try arranging.time(40)) --name late")
        try folder.write(last, String(whole.prefix(whole.count / 2)))
        try await ingest([folder["s"]], into: database)
        #expect(try arranging.numbers() == ["s": 40, "late": 19])
        try folder.write(last, whole)
        try await ingest([folder["s"]], into: database)
        #expect(try arranging.numbers() == ["s": 40, "late": 20])
        try arranging.expectSound()
    }

    @Test("leaves an EpuSession.dm that is not of the first part's exposures to the other, and joins it again")
    func strangersFile() async throws {
        // Without its EpuSession.dm a session is called by its folder.
        try arranging.simulate("t", "--exposures 60 --seed 3")
        try FileManager.default.moveItem(atPath: folder["t"], toPath: folder["s"])
        try await ingest([folder["s"]], into: database)
        let early = try text("SELECT metadata_path FROM exposures ORDER BY acquired_at LIMIT 30", in: database)
        for path in early.compactMap({ $0 }) {
            let old = try String(contentsOfFile: path, encoding: .utf8)
            try old.replacing("Time>2025-01-08", with: "Time>2025-01-07")
                .write(toFile: path, atomically: false, encoding: .utf8)
        }
        try FileManager.default.removeItem(atPath: database)
        try await ingest([folder["s"]], into: database)
        try arranging.epuIngest("split t --from 2025-01-08 --name late")
        let described = "SELECT ifnull(name, '') || ' ' || (hole_spacing_um > 0) FROM session ORDER BY name"
        for _ in 1...2 {
            try folder.write("s/EpuSession.dm", folder.text("s/EpuSession.dm") + "\n")
            try await ingest([folder["s"]], into: database)
            #expect(try text(described, in: database) == ["late 1", nil])
            #expect(try arranging.numbers() == ["s": 30, "late": 30])
        }
        let notice = "SELECT count(*) FROM notice WHERE name = 'foreign-session-file'"
        #expect(try count(notice, in: database) == 1)
        try arranging.epuIngest("join late s")
        for _ in 1...2 { try await ingest([folder["s"]], into: database) }
        #expect(try arranging.numbers() == ["late": 60])
        #expect(try count(notice, in: database) == 0)
        #expect(try text("SELECT epu_name FROM session", in: database) == ["t"])
        #expect(try count("SELECT count(*) FROM joined_session", in: database) == 0)
    }

    @Test("is not taken for that of another EpuSession.dm that comes to its folder")
    func otherSession() async throws {
        try arranging.simulate("s", "--exposures 60 --seed 3")
        try await ingest([folder["s"]], into: database)
        try arranging.epuIngest("split s --from \(try arranging.time(40)) --name late")
        try arranging.simulate("t", "--exposures 60 --seed 4")
        try FileManager.default.removeItem(atPath: folder["s"])
        try FileManager.default.moveItem(atPath: folder["t"], toPath: folder["s"])
        try await ingest([folder["s"]], into: database)
        #expect(try arranging.numbers() == ["s": 40, "late": 20, "t": 60])
        #expect(try count("SELECT count(DISTINCT session_id) FROM exposure", in: database) == 3)
    }

    @Test(
        "A real session is split and joined again, and reading it again changes nothing",
        .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)), arguments: ["morado", "glacios"])
    func real(_ session: String) async throws {
        try await ingest([RealData.path(session)], into: database)
        let (before, rows) = (try arranging.exposures(), try content(database).count)
        let total = try #require(before[session]?.count)
        let rule =
            session == "glacios"
            ? "--squares \(try arranging.square(of: 5))" : "--from \(try arranging.time(total / 2, in: session))"
        try arranging.epuIngest("split \(session) \(rule) --name part")
        let split = try arranging.exposures()
        #expect(split.count == 2 && split.values.map(\.count).reduce(0, +) == total)
        for _ in 1...2 {
            try await ingest([RealData.path(session)], into: database)
            #expect(try arranging.exposures() == split)
        }
        try arranging.epuIngest("join \(session) part")
        try await ingest([RealData.path(session)], into: database)
        #expect(try arranging.exposures() == before)
        #expect(try content(database).count == rows)
    }
}
