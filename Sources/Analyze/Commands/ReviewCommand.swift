import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import Foundation

struct ReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Mark micrographs as kept or bad by hand, or list those that are.",
        discussion: """
            A person's verdict outweighs every analysis: the lists of epu-report obey it, summaries and montages show it, \
            another analysis or ingest keeps it, and marking again replaces it. A micrograph is named by its base name, \
            as FoilHole_5180641_Data_5180485_3_20250108_154915, or by any of its files, with whatever suffix and path. \
            All names are looked up before anything is stored: if one is unknown, nothing is. Without names it lists \
            what was marked.

            Without --keep, --bad and --clear each line of the file says itself what its micrograph is: a name, then keep, \
            bad or clear, then a reason if there is one. The page of `epu-report html` saves such files.

            EXAMPLE
              epu-analyze review --db archive.db --bad --from report/demo/*bad*jpg.txt
              epu-analyze review --db archive.db
            """)

    @Argument(help: "Micrographs: base names, or files of theirs.")
    var names: [String] = []

    @Option(
        help: ArgumentHelp(
            "Take names from a file, one a line; - is standard input. What follows a # is skipped.", valueName: "file"),
        completion: .file())
    var from: String?

    @Flag(exclusivity: .exclusive)
    var verdict: ReviewVerdict?

    @Option(help: ArgumentHelp("Why, in words that lists and tables repeat.", valueName: "text"))
    var reason: String?

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions
    @OptionGroup var output: JSONOptions

    private var hasNames: Bool { !names.isEmpty || from != nil }

    /// Whether the file says of each micrograph what it is.
    private var takesMarks: Bool { names.isEmpty && from != nil && verdict == nil }

    func validate() throws {
        guard hasNames == (verdict != nil) || takesMarks else {
            throw ValidationError(
                hasNames
                    ? "Say what they are: --keep or --bad, or --clear to take that back."
                    : "Name the micrographs, or give a file of names with --from.")
        }
        guard reason == nil || verdict == .keep || verdict == .bad else {
            throw ValidationError("--reason needs --keep or --bad.")
        }
        guard from?.isEmpty != true else { throw ValidationError("--from takes a file; this name is empty.") }
    }

    func run() throws {
        if takesMarks, let from { return try store(try ReviewMarks(file: from)) }
        guard let verdict else { return try list() }
        let wanted = MicrographNames(try names + (from.map(MicrographNames.lines) ?? []))
        let reason = reason.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
        let mark = try Archive(archive.path, access: .write).write { db in
            try ReviewMark(
                try ReviewedExposures(wanted, sessions: sessions.names, db), verdict,
                reason: reason?.isEmpty == true ? nil : reason, at: .now, db)
        }
        if output.json { try Console.result(json: mark) } else { Console.result(mark.text) }
    }

    /// Stores all marks of a file, or none.
    private func store(_ marks: ReviewMarks) throws {
        let stored = try Archive(archive.path, access: .write).write { db in
            // All names are looked up before, so that one message has all that are unknown.
            _ = try ReviewedExposures(MicrographNames(marks.names), sessions: sessions.names, db)
            return try marks.groups.map { group, names in
                try ReviewMark(
                    try ReviewedExposures(MicrographNames(names), sessions: sessions.names, db), group.verdict,
                    reason: group.reason, at: .now, db)
            }
        }
        if output.json { return try Console.result(json: stored) }
        let lines = stored.map { $0.text + ($0.reason.map { " (\($0))" } ?? "") }
        Console.result(lines.isEmpty ? "No mark in \(from ?? "the file")." : lines.joined(separator: "\n"))
    }

    private func list() throws {
        let rows = try Archive(archive.path, access: .write).read { try ReviewRow.all(in: sessions.names, $0) }
        if output.json { try Console.result(json: rows) } else { Console.result(ReviewRow.text(rows)) }
    }
}
