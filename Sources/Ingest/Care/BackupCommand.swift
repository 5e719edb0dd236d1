import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore

struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy an archive, also while other programs write to it.",
        discussion: """
            The copy is the archive as it was at one moment. It is written under another name, checked, and only then gets its \
            own: a file of that name is always whole. An archive of an older version is copied as it is. Copying the file with cp while somebody writes to it can give a damaged \
            one.

            EXAMPLE
              epu-ingest backup --db archive.db archive-copy.db
            """)

    @Argument(help: "The file to write.", completion: .file(extensions: ["db"]))
    var file: String

    @Flag(help: "Replace the file where it is there already.")
    var force = false

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    /// The object that `--json` prints.
    private struct Result: Encodable {
        let file: String
        let bytes: Int
    }

    func run() throws {
        let archive = try Archive(archive.path, access: .copy)
        let bytes = try ArchiveBackup(archive: archive).write(to: file, replacing: force)
        if output.json { return try Console.result(json: Result(file: file, bytes: bytes)) }
        quiet.result("\(NewArchive.absolute(file)): \(Bytes.text(bytes)), checked")
    }
}
