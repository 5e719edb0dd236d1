import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import Foundation

struct CompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Give the room of removed sessions back to the disk, and put an archive's pages in order.",
        discussion: """
            Needs as much free room as the archive takes beside it, and as much again in the folder for temporary files \
            (SQLITE_TMPDIR, else TMPDIR, else /var/tmp). Others wait meanwhile. If it is stopped, the archive stays as it was.

            EXAMPLE
              epu-ingest compact --db archive.db
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    /// The object that `--json` prints.
    private struct Result: Encodable {
        let bytesBefore: Int
        let bytesAfter: Int
    }

    func run() throws {
        let archive = try Archive(archive.path, access: .write)
        let before = size(archive.path)
        try CompactingRoom(archive.path).check()
        try archive.vacuum()
        let after = size(archive.path)
        if output.json { return try Console.result(json: Result(bytesBefore: before, bytesAfter: after)) }
        quiet.result("\(archive.path): \(Bytes.text(before)) before, \(Bytes.text(after)) now")
    }

    private func size(_ path: String) -> Int { PathText.status(path).map { Int($0.st_size) } ?? 0 }
}
