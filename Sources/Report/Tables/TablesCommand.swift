import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore

struct TablesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tables",
        abstract: "Write tables of the archive as CSV or JSON files.",
        discussion: """
            Each goes to DIR/NAME.csv or DIR/NAME.json. By default these are the views for people: \
            \(ArchiveTable.forPeople.joined(separator: ", ")). --table names any other, --all takes every table and view; \
            schema.sql says what their columns are, with units. overlap_pairs, overexposed and incidents are what each \
            session's published analysis found; --all-analyses takes all_overlap_pairs, all_overexposed and all_incidents \
            in their place. With --session only rows of these sessions are written, \
            where a table's rows belong to sessions.

            In CSV a value that is not there is empty, in JSON it is null; a JSON file is one array with an object a line. \
            Numbers read back exactly.

            EXAMPLE
              epu-report tables --db archive.db --format json --out tables
              epu-report tables --db archive.db --table overexposed --out -
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions

    @Option(help: "csv or json.")
    var format = TableFormat.csv

    @Option(name: .customLong("table"), help: ArgumentHelp("A table or view; may be repeated.", valueName: "name"))
    var tables: [String] = []

    @Flag(help: "Every table and view.")
    var all = false

    @Flag(help: "Without --table and --all: what every analysis found, not only the published ones.")
    var allAnalyses = false

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The folder of the files; - prints the one table that --table names.", valueName: "dir"),
        completion: .directory)
    var out = "report"

    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    private var isPrinted: Bool { out == TableFile.standardOutput }

    func validate() throws {
        guard !all || tables.isEmpty else { throw ValidationError("--all and --table exclude each other.") }
        guard !allAnalyses || !(all || !tables.isEmpty) else {
            throw ValidationError(
                "--all-analyses goes without --all and --table: name all_overexposed and others of these views.")
        }
        guard !out.isEmpty else { throw ValidationError("--out takes a folder.") }
        guard !isPrinted || (tables.count == 1 && !output.json) else {
            throw ValidationError("--out - prints one table: name it with --table, and leave --json out.")
        }
    }

    func run() throws {
        let archive = try Archive(archive.path, access: .read)
        // All are read in one transaction, so that the files fit each other.
        let written = try archive.read { db in
            let forPeople = allAnalyses ? ArchiveTable.forPeopleOfAllAnalyses : ArchiveTable.forPeople
            let chosen =
                all ? try ArchiveTable.all(db) : try ArchiveTable.select(tables.isEmpty ? forPeople : tables, db)
            let ids = sessions.names.isEmpty ? nil : try SessionRow.select(db, names: sessions.names).map(\.sessionID)
            return try chosen.map { table in
                let path = isPrinted ? out : "\(out)/\(table.name).\(format.rawValue)"
                let file = TableFile(path: path, format: format)
                return WrittenTable(
                    table: table.name, file: file.path, rows: try file.write(db, table.sql(sessions: ids)),
                    allSessions: ids != nil && !table.isOfSessions)
            }
        }
        if isPrinted { return }
        if output.json { return try Console.result(json: written) }
        quiet.result(written.map(\.text).joined(separator: "\n"))
    }
}

/// A file of `epu-report tables`.
private struct WrittenTable: Encodable {
    let table: String
    let file: String
    let rows: Int
    /// Whether all rows were written although sessions were asked for, because the rows belong to no session.
    let allSessions: Bool

    var text: String { "\(file): \(counted(rows, "row"))\(allSessions ? ", of all sessions" : "")" }
}
