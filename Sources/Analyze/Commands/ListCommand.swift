import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the sessions of an archive: what was found in each, and what is still to be analysed.",
        discussion: """
            One line for each session, in the order in which they came into the archive: its exposures, the verdict on its \
            calibration, how many analyses it has, and what the published one found. Where more may be overexposed, that is \
            "not known" if nothing was found, or "at least 12"; "12 *" or "0 *" is as far as is known, where others are less \
            likely to be, or the calibration is doubtful. `epu-report summary` says why. The last column says what is to be \
            done: "not analysed"; "12 new", which came after the analysis; "again", where files or rules have changed since. \
            Empty: nothing.

            EXAMPLE
              epu-analyze list --db archive.db
              epu-analyze list --db archive.db --to-do
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions

    @Flag(name: .customLong("to-do"), help: "Only the sessions that `epu-analyze` has something to do for.")
    var onlyToDo = false

    @OptionGroup var output: JSONOptions

    func run() throws {
        let archive = try Archive(archive.path, access: .read)
        let rows = try archive.read { try SessionRow.select($0, names: sessions.names) }
        var progress = ProgressLine("sessions read", total: rows.count)
        let listed = try rows.compactMap { row -> ListedSession? in
            defer { progress.advance(by: 1) }
            let session = try archive.read { try ListedSession(row, $0) }
            return onlyToDo && session.toDo == nil ? nil : session
        }
        progress.finish()
        if output.json { return try Console.result(json: listed) }
        guard !listed.isEmpty else {
            return Console.result(
                "Nothing is to be done for \(rows.count == 1 ? "the session" : "any of \(rows.count) sessions").")
        }
        Console.result(ListedSession.table(listed))
        Console.message(ListedSession.sum(listed))
    }
}
