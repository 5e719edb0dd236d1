import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import Foundation
import GRDB

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Do all of it: read sessions, find what was exposed twice, write pages and lists.",
        discussion: """
            For each session below the given folders: `epu-ingest` reads what is new, `epu-analyze` finds the overlaps that are \
            not known yet, and the page DIR/SESSION/report.html and the lists of `epu-report lists` are written. Then it says how \
            many micrographs to drop, why, and where the files are. Running it again takes only what is new.

            EXAMPLE
              epu-report run demo --db archive.db
            """)

    @Argument(help: "Folders with EPU sessions: a session, or a folder of many.", completion: .directory)
    var folders: [String]

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var place: ReportFolderOptions
    @OptionGroup var movies: MovieOptions

    @Flag(help: "Open the page in the browser.")
    var open = false

    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    func run() throws {
        let (ingest, analyze) = (try InstalledTool("epu-ingest"), try InstalledTool("epu-analyze"))
        let isNew = NewArchive.isToBeMade(self.archive.path)
        let names = try ingested(with: ingest)
        // Written so, also a name that begins with a hyphen is one.
        let sessions = names.map { "--session=\($0)" }
        let status = try analyze.run(["overlaps", "--db", archive.path] + sessions + (quiet.quiet ? ["--quiet"] : []))
        let archive = try Archive(archive.path, access: .read)
        let choices = try archive.read { db in
            try SessionRow.named(names, db).compactMap { try AnalysisChoice(of: $0, analysisID: nil, db) }
        }
        for warning in choices.compactMap(\.warning) { Console.message("Warning: " + warning) }
        let pages = try choices.map {
            try SessionPage.write(of: $0, below: place.out, pictures: true, together: Self.written, archive)
        }
        let lists = try SessionLists.write(
            of: choices, below: place.out, prefix: ReportOutputOptions.usualPrefix, movies: movies.names(),
            together: Self.written, archive)
        let outcomes = try archive.read { db in
            try zip(choices, zip(pages, lists)).map {
                try SessionOutcome($0, page: $1.0, lists: $1.1, archive: self.archive, db)
            }
        }
        if output.json {
            try Console.result(json: outcomes)
        } else {
            let made = isNew ? [NewArchive.text(self.archive.path)] : []
            let total = outcomes.count > 1 ? [SessionOutcome.total(outcomes)] : []
            quiet.result(
                (outcomes.map(\.text) + [(total + made).joined(separator: "\n")].filter { !$0.isEmpty })
                    .joined(separator: "\n\n"))
        }
        if open, let page = pages.first { try Browser.open(page.file) }
        // It has named the sessions that it could not analyse.
        guard status == 0, choices.count == names.count else { throw ExitCode(status == 0 ? EXIT_FAILURE : status) }
    }

    /// The commands whose files it writes.
    private static let written: Set = ["html", "lists"]

    /// What `epu-ingest --json` prints, as far as it is needed here.
    private struct Ingested: Decodable {
        struct Session: Decodable {
            struct Notice: Decodable { let message: String }
            let session: String?
            let exposures: Int
            let notices: [Notice]
        }
        let sessions: [Session]
    }

    /// Reads the folders into the archive.
    /// - Returns: the names of their sessions, without those that have no exposure.
    /// - Throws: the tool's own status where it failed; it has said why.
    private func ingested(with tool: InstalledTool) throws -> [String] {
        let options = ["--json", "--db", archive.path] + (quiet.quiet ? ["--quiet"] : [])
        // Behind this mark a folder may begin with a hyphen.
        let (status, output) = try tool.print(["load"] + options + ["--"] + folders)
        guard status == 0 else { throw ExitCode(status) }
        let sessions = try JSONDecoder().decode(Ingested.self, from: output).sessions
        for name in sessions.filter({ $0.exposures == 0 }).compactMap(\.session) {
            Console.message("\(name) has no exposure, so there is nothing to report of it.")
        }
        for session in sessions {
            // What is to be known before results are believed, as that only a part of a session was read.
            for notice in session.notices { Console.message("\(session.session ?? ""): \(notice.message)") }
        }
        var names: [String] = []
        for name in sessions.filter({ $0.exposures > 0 }).compactMap(\.session) where !names.contains(name) {
            names.append(name)
        }
        guard !names.isEmpty else { throw Failure("No exposure was read below \(folders.joined(separator: ", ")).") }
        return names
    }
}

/// The program that shows a page to a person.
enum Browser {
    /// - Throws: `Failure` where there is none, or it could not show the page.
    static func open(_ file: String) throws {
        let tool = try? InstalledTool("xdg-open")
        guard let tool, try tool.start([file]) else {
            throw Failure("No browser could be started by xdg-open. Open \(file) in one yourself.")
        }
    }
}
