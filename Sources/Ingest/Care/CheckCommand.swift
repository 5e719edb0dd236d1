import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check that an archive is sound, and how its ledger of files stands to the disk.",
        discussion: """
            Looks at the file itself, at rows that refer to others that are not there, as after DELETE in the sqlite3 shell, \
            where foreign keys are off, and at the index of positions; others wait meanwhile before they write. Then it looks \
            for every file of the ledger: files that are gone or have changed are told, and are no fault of the archive. \
            Nothing is changed without --repair. With it, what was left behind goes, and so does what was found in the sessions \
            that it belongs to; epu-ingest and epu-analyze make it again.

            EXAMPLE
              epu-ingest check --db archive.db
              epu-ingest check --db archive.db --quick
              epu-ingest check --db archive.db --repair

            STATUS
              0 the archive is sound, 1 failed, 3 something is wrong in it, 64 wrong usage
            """)

    @OptionGroup var archive: ArchiveOptions

    @Flag(
        help: "Compare no index with its table, and look for no file: seconds instead of minutes for a large archive.")
    var quick = false

    @Flag(help: "Delete rows that refer to others that are not there, and their entries in the index of positions.")
    var repair = false

    @Flag(help: "Let --repair take reviews made by hand along with micrographs that are not there.")
    var withReviews = false

    @OptionGroup var output: JSONOptions

    /// The object that `--json` prints.
    private struct Result: Encodable {
        let findings: [ArchiveCheck.Finding]
        let files: LedgerCheck?
    }

    func run() throws {
        let archive = try Archive(archive.path, access: repair ? .write : .read)
        var check = try ArchiveCheck(archive, quick: quick)
        if repair, !check.findings.isEmpty, !check.isDamaged {
            let before = check.findings
            try check.repair(archive, withReviews: withReviews)
            check = try ArchiveCheck(archive, quick: quick)
            let repaired = before.filter { !check.findings.contains($0) }
            Console.message("Repaired: " + repaired.map(\.message).joined(separator: "; ") + ".")
            Console.message("Run `epu-ingest` on the folders of the sessions, and `epu-analyze`.")
        }
        let files = quick ? nil : try LedgerCheck(archive)
        if output.json {
            try Console.result(json: Result(findings: check.findings, files: files))
        } else {
            let lines = check.findings.map { "\($0.kind.rawValue): \($0.message)" } + [files?.text].compactMap { $0 }
            Console.result(((check.findings.isEmpty ? ["The archive is sound."] : []) + lines).joined(separator: "\n"))
        }
        guard check.findings.isEmpty else {
            Console.message(
                check.isDamaged
                    ? "The file is damaged. Restore a backup; what can still be read, `sqlite3 FILE .recover` saves."
                    : "Rows were left behind or lost. Delete them with `epu-ingest check --repair`, after a backup.")
            throw ExitCode(3)
        }
    }
}
