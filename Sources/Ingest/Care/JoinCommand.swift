import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import GRDB

struct JoinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: "Make one session of several that were told apart wrongly.",
        discussion: """
            For example a session that was started again under a new name, or whose files lie in two folders without an \
            EpuSession.dm. All that was read of the others comes to the first, with what people said of it; an exposure \
            that two of them have is kept once. The settings are those of the first session, where it has any. No file \
            of a session is touched. From then on the folders of all are that session's, also what comes later. \
            epu-ingest split parts them again.

            EXAMPLE
              epu-ingest join --db archive.db demo late
            """)

    @Argument(help: "The session that stays, by its name as `epu-report summary` prints it.")
    var kept: String

    @Argument(help: "The sessions that become part of it.")
    var others: [String]

    @OptionGroup var archive: ArchiveOptions

    @Flag(help: "Only say what would be joined.")
    var dryRun = false

    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    func validate() throws {
        var seen: Set<String> = []
        if let twice = ([kept] + others).first(where: { !seen.insert($0).inserted }) {
            throw ValidationError("\(twice) is given twice: name the session that stays, then the others, each once.")
        }
    }

    func run() throws {
        func join(_ db: Database) throws -> SessionJoin {
            let rows = try SessionRow.named([kept] + others, db)
            return try SessionJoin(rows[0], Array(rows.dropFirst()), db)
        }
        let done =
            if dryRun {
                try Archive(archive.path, access: .read).read(join)
            } else {
                try Archive(archive.path, access: .write).write { db in
                    let join = try join(db)
                    try join.run(db)
                    return join
                }
            }
        if output.json { try Console.result(json: done) } else { quiet.result(text(of: done)) }
    }

    private func text(of join: SessionJoin) -> String {
        let names = join.joined.joined(separator: ", ")
        let repeated = join.repeatedExposures
        let once = "\(counted(repeated, "exposure")) that two of them had \(repeated == 1 ? "is" : "are") kept once"
        let details = "\(counted(join.reviews, "review")) came along" + (repeated > 0 ? ", \(once)" : "")
        let head = "\(join.session) \(dryRun ? "would have" : "has") \(counted(join.exposures, "exposure"))"
        guard !dryRun else { return "\(head) with those of \(names)" }
        let again = ([join.session] + join.otherSessions).joined(separator: ", ")
        return """
            \(head) with those of \(names): \(details)
            Run epu-analyze: what was found in \(again) no longer holds.
            """
    }
}
