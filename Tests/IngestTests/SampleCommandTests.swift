import EPUCore
import Foundation
import TestSupport
import Testing

@testable import epu_ingest

@Suite("epu-ingest sample")
struct SampleCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let made = try ToolRun.run("epu-simulate", ["make", "s", "--exposures", "600", "--no-images"], in: folder.path)
        #expect(made.status == 0, "\(made.errors)")
    }

    private func sample(_ arguments: [String]) throws -> ToolRun {
        try ToolRun.run("epu-ingest", ["sample"] + arguments, in: folder.path)
    }

    @Test("It writes nothing over what is there, nor into the session")
    func places() throws {
        try folder.write("full/file", "")
        #expect(try sample(["s", "full"]).errors.contains("is not empty"))
        #expect(try sample(["s", "s/sample"]).errors.contains("would be read as a part of it"))
        #expect(try sample(["s", "full/file"]).errors.contains("is a file"))
        #expect(try sample(["full", "out"]).errors.contains("No EPU exposure"))
        #expect(try sample(["s"]).status == 64)
        try FileManager.default.createDirectory(atPath: folder["empty"], withIntermediateDirectories: false)
        let run = try sample(["s", "empty"])
        #expect(run.status == 0 && run.output.contains("1 session, 600 exposures"), "\(run.errors)")
        #expect(folder.names("empty") == ["session-1"])
        #expect(folder.names() == ["empty", "full", "s", "s.truth.json"])
    }

    @Test("Ctrl-C leaves nothing that looks whole", arguments: [0.02, 0.1, 0.2, 0.4])
    func interrupted(seconds: Double) throws {
        let tool = try RunningTool("epu-ingest", ["sample", "s", "out"], in: folder.path)
        usleep(UInt32(seconds * 1e6))
        let ending = tool.end(with: SIGINT)
        guard ending != nil else { return }
        #expect(folder.names() == ["s", "s.truth.json"])
    }

    @Test(
        "A full disk leaves nothing of it, and says what is wrong",
        .enabled(if: SmallDisk.isPossible, Comment(rawValue: SmallDisk.impossibility)))
    func fullDisk() throws {
        let disk = try SmallDisk(kilobytes: 512)
        let run = try sample(["s", disk.path + "/out"])
        #expect(run.status == 1 && run.errors.contains("No space left on device"), "\(run.errors)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == [])
    }

    @Test("Numbers keep their order and short steps, and become as long as each other")
    func numbers() {
        let numbers = SampleNumbers([9_015_883, 9_015_884, 9_015_890, 9_999_999, 12_345_678, 5])
        let new = [5, 9_015_883, 9_015_884, 9_015_890, 9_999_999, 12_345_678].map { numbers[$0] }
        #expect(new == [10_000, 12_048, 12_049, 12_055, 14_103, 16_151])
        // One that is no id stays only where it is as small as a rank.
        #expect(numbers[7] == 7 && numbers[0] == 0 && numbers[-1] == -1 && numbers[9_015_885] == 0)
    }

    @Test("All times are moved by one step of whole seconds, or of minutes where names have no seconds")
    func times() throws {
        func time(_ text: String) throws -> LocalTime { try #require(LocalTime(epuText: text)) }
        let first = try time("2025-07-08T15:49:18.1158288+02:00")
        let clock = SampleClock(first: first.instant, keepsMinutes: false)
        #expect(clock.text(first) == "2020-01-01T12:00:00.1158288+00:00")
        #expect(clock.text(try time("2025-07-08T15:49:17.5+02:00")) == "2020-01-01T11:59:59.5+00:00")
        #expect(clock.text(try time("2025-07-08T13:50:18")) == "2020-01-01T12:01:00")
        #expect(clock.text(try time("0001-01-01T00:00:00")) == "0001-01-01T00:00:00")
        #expect(clock.nameTime("FoilHole_1_Data_2_3_20250708_154915", offset: 120) == "20200101_115957")
        #expect(clock.nameTime("FoilHole_1_Data_2_3_20250708_1549", offset: 120) == "20200101_1159")
        #expect(clock.nameTime("GridSquare_20259999_154915", offset: 120) == "00000000_000000")
        let minutes = SampleClock(first: first.instant, keepsMinutes: true)
        #expect(minutes.text(first) == "2020-01-01T12:00:18.1158288+00:00")
        #expect(minutes.nameTime("GridSquare_20250708_1549", offset: 120) == "20200101_1200")
    }
}
