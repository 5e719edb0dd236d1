import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

/// The keys that the tools print with `--json`, the columns of their CSV files and the statuses with which they end, found by
/// running them on a few small sessions.
///
/// What a session does not have is not printed. So one of these has planted faults, a review, a broken file and an orphan image,
/// a second one repeats its holes, and of two more, one with the file of another session, only a person says that they are on one
/// grid.
struct PrintedInterface {
    private let folder: TemporaryFolder
    private var keys: [String: JSONKeys] = [:]
    private var ends: [ToolEnd] = []

    init() throws {
        folder = try TemporaryFolder()
        for command in [
            "epu-simulate make s --exposures 60 --areas 2 --unmoved-stage 1 --partial-overlap 1 --repeated-hole 1 "
                + "--second-session --seed 3",
            "epu-simulate make t --exposures 30 --second-session --second-atlas --instrument 7 --no-dm --no-images",
        ] { try run(command) }
        let images = try #require(
            try Project.paths(below: folder["s"]).first { $0.contains("FoilHole_") && $0.hasSuffix(".xml") })
        let data = (images as NSString).deletingLastPathComponent
        for (path, text) in [
            ("s/\(data)/FoilHole_1_Data_2_3_20250108_154915.xml", "<broken"),
            ("s/\(data)/FoilHole_1_Data_2_4_20250108_154925.jpg", ""),
            ("t/EpuSession.dm", try folder.text("s/EpuSession.dm")),
        ] { try folder.write(path, text) }
        try run("epu-ingest load s s-second t t-second")
        try run("epu-analyze calibrate")
        try run("epu-analyze overlaps")
        try run("epu-simulate score s.truth.json")
        for command in [
            "clusters", "clusters --method kmeans --clusters 5", "overlaps --within-session",
            "overlaps --min-pre-dose 5 --min-field-overlap 0.1", "overlaps --radius 0.3", "overlaps --k 21", "sweep",
            "same-grid t t-second", "same-grid", "overlaps --session t-second", "compare --analysis 1 --analysis 5",
            "publish 5", "publish", "review \(try exposure()) --bad --reason seen", "review",
        ] { try run("epu-analyze " + command) }
        for command in ["summary", "html", "lists", "optics", "tables", "montage", "plots", "compare"] {
            try run("epu-report \(command)" + (["summary", "compare"].contains(command) ? "" : " --out \(command)"))
        }
        try run("epu-report run s --out run")
        try run("epu-analyze list")
        for command in [
            "plan s t", "merge c.db --db merged.db", "remove s-second --dry-run",
            "split s --from 2025-01-08T15:20:00Z --dry-run", "join s s-second --dry-run", "check", "backup b.db",
            "compact", "sample s s-sample --images",
        ] {
            // A merge needs something to join.
            if command.hasPrefix("merge") { try run("epu-ingest backup c.db") }
            try run("epu-ingest " + command)
        }
        try follow()
        try fail()
    }

    /// The lines of the snapshot, for the commands that have `--json`.
    func lines(of commands: [String]) throws -> [String] {
        for command in commands {
            try #require(keys[command] != nil, "\(command) has --json: let PrintedInterface run it.")
        }
        let printed = keys.sorted { $0.key < $1.key }.flatMap { command, keys in
            keys.lines.map { "json \(command) \($0)" }
        }
        return printed + (try csv()) + Set(ends.map(\.line)).sorted()
    }

    /// The statuses with which a tool has ended.
    func statuses(of tool: String) -> Set<Int32> { Set(ends.filter { $0.tool == tool }.map(\.status)) }

    // MARK: - Runs

    /// Runs a command as it is, and takes the keys that it prints.
    private mutating func run(_ command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let run = try end("done, whatever was found", words + ["--json"])
        try #require(run.status == 0, "\(command): \(run.errors)")
        try keys[words.prefix(2).joined(separator: " "), default: JSONKeys()].add(run.output)
    }

    @discardableResult
    private mutating func end(_ meaning: String, _ words: [String]) throws -> ToolRun {
        let run = try ToolRun.run(
            words[0], Array(words.dropFirst()), in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
        ends.append(ToolEnd(tool: words[0], status: run.status, meaning: meaning))
        return run
    }

    private func exposure() throws -> String {
        let name = try Archive(folder["a.db"], access: .read).read {
            try String.fetchOne($0, sql: "SELECT name FROM exposures WHERE session = 's' ORDER BY acquired_at")
        }
        return try #require(name)
    }

    /// A tool that follows a session prints a line for each batch, as at the end of a single run, and one for each exposure that
    /// is found to be overexposed.
    private mutating func follow() throws {
        let tool = try RunningTool(
            "epu-ingest", ["load", "--follow", "--analyze", "--json", "--db", "f.db", "s"], in: folder.path)
        #expect(RunningTool.wait { tool.output.contains("\"micrographs\"") }, "\(tool.errors)")
        _ = tool.end(with: SIGINT)
        let line = tool.output.split(separator: "\n").first { $0.contains("\"micrographs\"") }
        try keys["epu-ingest load --follow, incident", default: JSONKeys()].add(String(try #require(line)))
    }

    private mutating func fail() throws {
        let strict = try end(
            "done, but with files that cannot be used, under --strict",
            ["epu-ingest", "load", "--strict", "--db", "strict.db", "s"])
        #expect(strict.status == 3, "\(strict.errors)")
        try DatabaseQueue(path: folder["c.db"]).writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; DELETE FROM calibration")
        }
        let broken = try end("something is wrong in the archive", ["epu-ingest", "check", "--db", "c.db"])
        #expect(broken.status == 3, "\(broken.errors)")
        // By this matrix other exposures overlap than those that do.
        try run("epu-analyze overlaps --session s --matrix 1,0,0,1")
        let wrong = try Archive(folder["a.db"], access: .read).read {
            try Int64.fetchOne($0, sql: "SELECT max(analysis_id) FROM analysis") ?? 0
        }
        for option in [["--exact"], ["--least-causes", "100"]] {
            let score = try end(
                "done, but less was found than \(option[0]) asks for",
                ["epu-simulate", "score", "s.truth.json", "--analysis", "\(wrong)"] + option)
            #expect(score.status == 1 && score.errors.isEmpty, "\(score.errors)")
        }
        for words in [
            ["epu-ingest", "load", "missing"], ["epu-analyze", "sweep", "--db", "missing"],
            ["epu-report", "summary", "--db", "missing"], ["epu-simulate", "score", "missing"],
        ] {
            try end("failed", words)
            try end("wrong usage", [words[0], "--no-such-option"])
        }
    }

    // MARK: - CSV

    /// The columns of the files that are no table of the archive.
    private func csv() throws -> [String] {
        let files = try Project.paths(below: folder.path).filter { $0.hasSuffix(".csv") && !$0.hasPrefix("tables/") }
        let lines = try files.map { file in
            let columns = try folder.text(file).prefix { $0 != "\n" }
            return "csv \((file as NSString).lastPathComponent): \(columns.replacing(",", with: ", "))"
        }
        return Set(lines).sorted()
    }
}

/// With what status a tool ended, and what that means.
private struct ToolEnd {
    let tool: String
    let status: Int32
    let meaning: String

    var line: String { "\(tool) exit status \(status): \(meaning)" }
}
