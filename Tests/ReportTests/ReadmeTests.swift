import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

/// What README.md has the reader type, and what it prints below.
@Suite("The README")
struct ReadmeTests {
    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private struct Block {
        /// `sh`, `sql`, or nothing: what is printed.
        let language: String
        let lines: [String]
    }

    /// The code blocks below a heading.
    private static func blocks(of heading: String) throws -> [Block] {
        let text = try String(contentsOfFile: project + "/README.md", encoding: .utf8)
        let section = try #require(text.components(separatedBy: "\n## \(heading)\n").dropFirst().first)
            .components(separatedBy: "\n## ")[0]
        return section.components(separatedBy: "```").enumerated().filter { $0.offset % 2 == 1 }.map { _, block in
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            return Block(language: lines[0], lines: Array(lines.dropFirst().dropLast()))
        }
    }

    /// The options with which `make demo` simulates its session.
    private static func demoOptions() throws -> [String] {
        let script = try String(contentsOfFile: project + "/Scripts/demo.sh", encoding: .utf8)
        let options = try #require(script.firstMatch(of: /run epu-simulate "\$out\/session" (--exposures.*)/)).1
        return options.split(separator: " ").map(String.init)
    }

    /// Runs lines of a shell with the built tools in the PATH.
    private func shell(_ lines: [String], in folder: TemporaryFolder) throws -> ToolRun {
        let tools = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            .deletingLastPathComponent().path
        return try ToolRun.command(
            ["/bin/sh", "-ec", lines.joined(separator: "\n")], in: folder.path,
            environment: ["PATH": tools + ":/usr/bin:/bin", "HOME": folder.path, "EPU_ARCHIVE": folder["epu.db"]])
    }

    private func isPrinted(_ block: [String], in output: String) -> Bool {
        output.contains(block.joined(separator: "\n") + "\n")
    }

    @Test("Its five minutes, with the demo's session in place of the example's folder, give the figures printed there")
    func fiveMinutes() throws {
        let folder = try TemporaryFolder()
        // Pictures change no figure.
        let simulated = try ToolRun.run("epu-simulate", [folder["session"]] + Self.demoOptions() + ["--no-images"])
        try #require(simulated.status == 0, "\(simulated.errors)")

        let blocks = try Self.blocks(of: "Five minutes with your own session")
        let commands = blocks.filter { $0.language == "sh" }.flatMap(\.lines).map { line in
            line.replacing(/\/data\/\S+_EPU/, with: folder["session"])
        }
        #expect(commands.contains("epu-ingest " + folder["session"]))
        let run = try shell(commands, in: folder)
        try #require(run.status == 0, "\(run.errors)")
        let figures = try #require(blocks.first { $0.language.isEmpty }).lines
        #expect(isPrinted(figures, in: run.output), "\(run.output)")

        // Another radius was asked for in between, and changes none of what is written after it.
        let counts = try #require(figures.last?.firstMatch(of: /^(\d+) of (\d+) overexposed/))
        let (lost, all) = (try #require(Int(counts.1)), try #require(Int(counts.2)))
        let kept = all - lost
        #expect(run.output.contains("session: \(lost) bad, \(kept) to keep (analysis 1, "))
        let list = try folder.text("report/session/duplicates_badfiles_jpg.txt")
        #expect(list.split(separator: "\n").count == lost)
        #expect(
            try String(contentsOfFile: Self.project + "/README.md", encoding: .utf8).contains(
                "cost \(lost) micrographs"))

        try sideBySide(in: folder)
        try questions(of: folder)
    }

    private func sideBySide(in folder: TemporaryFolder) throws {
        let blocks = try Self.blocks(of: "Side by side")
        let run = try shell(blocks.filter { $0.language == "sh" }.flatMap(\.lines), in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let figures = try #require(blocks.first { $0.language.isEmpty }).lines
        #expect(isPrinted(figures, in: run.output), "\(run.output)")
    }

    /// Each SQL with the table below it, but for sizes of files, which pictures change.
    private func questions(of folder: TemporaryFolder) throws {
        let blocks = try Self.blocks(of: "What is in the archive")
        let archive = try Archive(folder["epu.db"], access: .read)
        var asked = 0
        for (question, answer) in zip(blocks, blocks.dropFirst()) where question.language == "sql" {
            let sql = question.lines.joined(separator: "\n")
            guard !sql.contains("size_bytes") else { continue }
            let rows: [[String]] = try archive.read { db in
                try Row.fetchAll(db, sql: sql).map { $0.databaseValues.map(Self.printed) }
            }
            let printed: [[String]] = answer.lines.dropFirst().map { $0.split(separator: /\ {2,}/).map(String.init) }
            #expect(rows == printed, "\(sql)")
            asked += 1
        }
        #expect(asked >= 4)
    }

    /// As the program sqlite3 has it: numbers with 15 digits.
    private static func printed(_ value: DatabaseValue) -> String {
        if case .double(let number) = value.storage {
            let text = number.text(significant: 15)
            return text.contains(".") ? text : text + ".0"
        }
        return String.fromDatabaseValue(value) ?? value.description
    }
}
