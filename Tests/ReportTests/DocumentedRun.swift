import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

/// Runs what the documentation has the reader type, in a folder with the session of `make demo` and its archive `epu.db`.
struct DocumentedRun {
    let folder: TemporaryFolder

    /// Simulates the session: without pictures, which change no figure.
    init() throws {
        folder = try TemporaryFolder()
        let simulated = try ToolRun.run("epu-simulate", [folder["session"]] + Self.demoOptions() + ["--no-images"])
        try #require(simulated.status == 0, "\(simulated.errors)")
    }

    /// The options with which `make demo` simulates its session.
    private static func demoOptions() throws -> [String] {
        let script = try Project.text("Scripts/demo.sh")
        let options = try #require(script.firstMatch(of: /run epu-simulate "\$out\/session" (--exposures.*)/)).1
        return options.split(separator: " ").map(String.init)
    }

    /// Runs lines of a shell with the built tools in the PATH; the session stands in place of the examples' folders.
    func shell(_ lines: [String], archive: String = "epu.db") throws -> ToolRun {
        let tools = try ToolRun.folder
        let script = lines.joined(separator: "\n").replacing(/\/data\/\S+/, with: folder["session"])
        return try ToolRun.command(
            ["/bin/sh", "-ec", script], in: folder.path,
            environment: ["PATH": tools + ":/usr/bin:/bin", "HOME": folder.path, "EPU_ARCHIVE": folder[archive]])
    }

    /// The first of the lines that the documentation shows but an output does not have; nil if it has all, one below the other.
    static func missing(_ lines: [String], in output: String) -> String? {
        guard !output.contains(lines.joined(separator: "\n") + "\n") else { return nil }
        let printed = Set(output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        return lines.first { !printed.contains($0) } ?? "the same lines in this order"
    }

    /// What SQL finds in the archive, row by row, as the program sqlite3 has it.
    func answer(_ sql: String) throws -> [[String]] {
        try Archive(folder["epu.db"], access: .read).read { try Self.answer(sql, of: $0) }
    }

    static func answer(_ sql: String, of db: Database) throws -> [[String]] {
        try Row.fetchAll(db, sql: sql).map { $0.databaseValues.map(Self.printed) }
    }

    /// The rows of a table as the program sqlite3 prints it, without its head.
    static func rows(_ table: [String]) -> [[String]] {
        table.dropFirst().map { $0.split(separator: /\ {2,}/).map(String.init) }
    }

    /// Numbers have 15 digits.
    private static func printed(_ value: DatabaseValue) -> String {
        if case .double(let number) = value.storage {
            let text = number.text(significant: 15)
            return text.contains(".") ? text : text + ".0"
        }
        return String.fromDatabaseValue(value) ?? value.description
    }
}
