import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import GRDB

struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove sessions from the archive, with all that was found in them.",
        discussion: """
            No file of a session is touched: the next epu-ingest of its folder reads it again. Analyses of other \
            sessions that were compared with it go, too; the next epu-analyze makes them again. All sessions are \
            removed, or none. Sessions whose micrographs somebody has reviewed are removed only with --with-reviews.

            EXAMPLE
              epu-ingest remove --db archive.db demo --dry-run
            """)

    @Argument(help: "Names of sessions, as `epu-report summary` prints them.")
    var sessions: [String]

    @OptionGroup var archive: ArchiveOptions

    @Flag(help: "Only say what would be removed.")
    var dryRun = false

    @Flag(help: "Remove the reviews of these sessions, too. They cannot be read again.")
    var withReviews = false

    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    func run() throws {
        func removals(_ db: Database) throws -> [SessionRemoval] {
            try SessionRow.named(sessions, db).map { try SessionRemoval(of: $0, db) }
        }
        let removed =
            if dryRun {
                try Archive(archive.path, access: .read).read(removals)
            } else {
                try Archive(archive.path, access: .write).write { db in
                    let removals = try removals(db)
                    try refuseReviews(of: removals)
                    try SessionDeletion.run(removals.map(\.id), db)
                    return removals
                }
            }
        if output.json { return try Console.result(json: removed) }
        for removal in removed { quiet.result(text(of: removal, besides: removed.map(\.session))) }
    }

    private func refuseReviews(of removals: [SessionRemoval]) throws {
        guard !withReviews, let first = removals.first(where: { $0.reviews > 0 }) else { return }
        throw Failure(
            "\(first.session) has \(counted(first.reviews, "review")), which no file holds. Nothing was removed. Give --with-reviews "
                + "to remove them, too.")
    }

    private func text(of removal: SessionRemoval, besides names: [String]) -> String {
        let counts =
            [
                counted(removal.exposures, "exposure"), counted(removal.reviews, "review"),
                counted(removal.analyses, "analysis", plural: "analyses"), counted(removal.incidents, "incident"),
            ].joined(separator: ", ")
        let others = removal.otherSessions.filter { !names.contains($0) }
        let again = others.isEmpty ? "" : "; epu-analyze has to run again for \(others.joined(separator: ", "))"
        let refused = dryRun && !withReviews && removal.reviews > 0 ? "; needs --with-reviews" : ""
        return "\(removal.session): \(dryRun ? "would remove" : "removed") \(counts)\(again)\(refused)"
    }
}
