import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import GRDB

struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove sessions from an archive, with all that was found in them.",
        discussion: """
            The session's files stay on the disk as they are; `epu-ingest` reads them again if it is run on their folder. \
            Analyses of other sessions that were compared with a removed one are forgotten, and the next `epu-analyze` makes \
            them again. Sessions in which somebody reviewed micrographs by hand are removed with --with-reviews only.

            EXAMPLE
              epu-ingest remove --db archive.db demo --dry-run
            """)

    @Argument(help: "Sessions by their names, as `epu-analyze list` prints them.")
    var sessions: [String]

    @Flag(name: [.long, .customShort("n")], help: "Say what would go, and remove nothing.")
    var dryRun = false

    @Flag(help: "Remove reviews made by hand, too.")
    var withReviews = false

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var output: JSONOptions

    func run() throws {
        let archive = try Archive(archive.path, access: dryRun ? .read : .write)
        let going =
            try dryRun
            ? archive.read(removals)
            : archive.write { db in
                let going = try removals(db)
                let reviewed = going.filter { $0.reviews > 0 }
                guard withReviews || reviewed.isEmpty else {
                    throw Failure(
                        "\(reviewed.map(\.session).joined(separator: ", ")): \(counted(reviewed.reduce(0) { $0 + $1.reviews }, "review")) "
                            + "made by hand would go, too. Say --with-reviews if that is meant. Nothing was removed.")
                }
                for removal in going { try removal.run(db) }
                return going
            }
        if output.json { return try Console.result(json: going) }
        Console.result(SessionRemoval.table(going))
        Console.message(
            dryRun
                ? "Nothing was removed: leave --dry-run out to remove."
                : "Removed \(counted(going.count, "session")). `epu-ingest compact` gives the room back to the disk.")
    }

    private func removals(_ db: Database) throws -> [SessionRemoval] {
        try SessionRow.select(db, names: sessions).map { try SessionRemoval($0, db) }
    }
}
