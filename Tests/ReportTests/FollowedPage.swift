import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

/// A page of the documentation that is one session at the keyboard: all of its shell is typed in one shell, in a fresh folder.
struct FollowedPage {
    let blocks: [DocumentedBlock]
    let folder: TemporaryFolder
    /// What each of the shell blocks printed, in their order; as many as ran.
    let outputs: [String]
    let run: ToolRun

    /// Between the blocks, as no tool prints it.
    private static let mark = "\u{1E}the next block\n"

    init(_ file: String) throws {
        blocks = try DocumentedBlock.all(in: file)
        folder = try TemporaryFolder()
        let script = blocks.filter(\.isShell).map { block in
            block.lines.map(Self.withoutPictures).joined(separator: "\n") + "\nprintf '%s' '\(Self.mark)'\n"
        }.joined()
        let tools = try ToolRun.folder
        run = try ToolRun.command(
            ["/usr/bin/env", "-u", "EPU_ARCHIVE", "/bin/sh", "-ec", script], in: folder.path,
            environment: ["PATH": tools + ":/usr/bin:/bin", "HOME": folder.path])
        outputs = run.output.components(separatedBy: Self.mark)
    }

    /// Pictures change no figure, and take a debug build long to draw.
    private static func withoutPictures(_ line: String) -> String {
        line.hasPrefix("epu-simulate ") && !line.contains("--no-images") && !line.contains("score")
            ? line + " --no-images" : line
    }

    /// The shell blocks below which the page shows something else than what they printed, each with the first line that is wrong.
    func differences() -> [String] {
        zip(blocks.filter(\.isShell), outputs).compactMap { block, output in
            guard let printed = block.printed, let line = Self.missing(printed, in: output) else { return nil }
            return "\(block): \(line)\nIt printed:\n\(output)"
        }
    }

    /// The first line that is shown but was not printed; a line `...` stands for any lines.
    private static func missing(_ printed: [String], in output: String) -> String? {
        var rest = output[...]
        for part in printed.split(separator: "...") {
            let lines = Array(part)
            if let line = DocumentedRun.missing(lines, in: String(rest)) { return line }
            if let range = rest.range(of: lines.joined(separator: "\n")) { rest = rest[range.upperBound...] }
        }
        return nil
    }

    /// The SQL blocks with another answer than the page has below them, asked when all of the shell has run.
    /// - Parameter archive: The file's name in the folder.
    func wrongAnswers(archive: String) throws -> [String] {
        let asked = blocks.filter(\.isSQL)
        guard !asked.isEmpty else { return [] }
        let archive = try Archive(folder[archive], access: .read)
        return try asked.compactMap { block in
            let rows = try archive.read { try DocumentedRun.answer(block.text, of: $0) }
            guard let printed = block.printed, rows != DocumentedRun.rows(printed) else { return nil }
            // Sizes of files are those of a session with pictures.
            return block.text.contains("size_bytes") && !rows.isEmpty ? nil : "\(block): \(rows)"
        }
    }
}
