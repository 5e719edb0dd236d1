import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import Foundation
import GRDB

struct LoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Load EPU sessions into an archive, or bring them up to date.",
        discussion: """
            Finds every Data exposure below the given folders, at any depth, in one session or in many, with its JPG, \
            the hole images and EpuSession.dm. Nothing below the folders is changed. Running it again reads only what \
            is new or changed.

            Exposures of two microscopes never become one session: where they lie in one folder, the second's session is \
            called FOLDER-INSTRUMENT. An EpuSession.dm that cannot be that of the exposures beside it (it begins after \
            them, or its template has none of their areas) is not joined to them. Notices at the end say what should be \
            known before the results are believed; they stay in the table notice.

            With --follow it goes on reading what a running session writes, until Ctrl-C, which is then status 0:
                epu-ingest --follow --analyze session

            EXAMPLE
              epu-ingest --db archive.db demo

            STATUS
              0 done, 1 failed, 3 done but with unreadable files under --strict, 64 wrong usage
            """)

    @Argument(help: "Folders with EPU sessions: a session, or a folder of many.", completion: .directory)
    var folders: [String]

    @OptionGroup var archive: ArchiveOptions

    @Option(
        help: """
            How many files to read at once. Default: as many as there are processors where the files are there at once, and up \
            to 16 where a disk or a network answers late.
            """)
    var jobs: Int?

    @Option(parsing: .unconditional, help: "Leave files younger than this many seconds to a later run.")
    var minAge: Double = 0

    @Flag(help: "End with status 3 if any file was unreadable, malformed or incomplete.")
    var strict = false

    @Flag(help: "Go on reading new files as they come, until Ctrl-C.")
    var follow = false

    @Option(
        parsing: .unconditional,
        help: "With --follow, list all folders every so many seconds. Default: when the file system reports a change.")
    var pollInterval: Double?

    @Flag(help: "With --follow, run epu-analyze when exposures have come, and tell new incidents, one a line.")
    var analyze = false

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("With --analyze, options for epu-analyze, in quotes.", valueName: "options"))
    var analyzeOptions = ""

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "With --analyze, run this command for each incident, with the incident as JSON on its standard input.",
            valueName: "command"))
    var notify: String?

    /// The number of files in a transaction, for tests of interrupted runs.
    @Option(help: .hidden)
    var batchSize = 1024

    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard batchSize > 0 else { throw ValidationError("--batch-size takes 1 or more, not \(batchSize).") }
        if let jobs, !(1...256).contains(jobs) { throw ValidationError("--jobs takes 1 to 256, not \(jobs).") }
        guard minAge.isFinite, minAge >= 0 else {
            throw ValidationError("--min-age takes seconds, 0 or more, not \(minAge).")
        }
        if let pollInterval, !(pollInterval >= 0.1 && pollInterval <= 86_400) {
            throw ValidationError("--poll-interval takes seconds, 0.1 to 86400, not \(pollInterval).")
        }
        guard follow || !(analyze || pollInterval != nil) else {
            throw ValidationError("--analyze and --poll-interval need --follow.")
        }
        guard analyze || notify == nil else { throw ValidationError("--notify needs --analyze.") }
        guard analyze || analyzeOptions.isEmpty else { throw ValidationError("--analyze-options needs --analyze.") }
        guard !(follow && strict) else {
            throw ValidationError("--strict is about a run's end, which --follow does not come to: give one.")
        }
    }

    func run() async throws {
        if follow {
            PartialFiles.interruptionIsEnd()
            return try await followSessions()
        }
        let starts = try folders.map(SessionFinder.readableFolder)
        let existing = try existingArchive()
        let newest = try existing?.read { try Ledger.newestRow($0) } ?? 0
        let knownRoots = try existing?.read { try Ingestion.knownRoots($0) } ?? []
        let sessions = SessionFinder.sessions(below: starts, knownRoots: knownRoots, jobs: jobs ?? FileThreads.standard)
        guard
            try sessions.contains(where: \.isSession)
                || sessions.contains(where: { try isOfKnownSession($0, existing) })
        else {
            throw Failure(
                "No EPU exposure (FoilHole_*_Data_*.xml) and no EpuSession.dm below \(folders.joined(separator: ", ")). "
                    + "Give the folder that holds EpuSession.dm or Images-Disc1.")
        }
        let archive = try existing ?? Archive(archive.path, access: .create)
        let ingestion = ingestion(into: archive)
        let report = IngestReport(
            archive: archive.path, isNewArchive: existing == nil,
            sessions: try await ingestion.run(sessions, newest: newest))
        if output.json {
            try Console.result(json: report)
        } else {
            quiet.result(report.text)
            if report.problems > 0 { Console.message(report.problemText) }
        }
        if strict && report.problems > 0 { throw ExitCode(3) }
    }

    private func ingestion(into archive: Archive) -> Ingestion {
        Ingestion(
            archive: archive, jobs: jobs, minimumAge: minAge,
            batchSize: batchSize)
    }

    private func followSessions() async throws {
        let starts = try folders.map(SessionFinder.readableFolder)
        let isNew = try existingArchive() == nil
        let archive = try Archive(archive.path, access: .create)
        if isNew { Console.message(NewArchive.text(archive.path)) }
        try await Follow(
            folders: starts, ingestion: ingestion(into: archive), pollInterval: pollInterval,
            reporter: FollowReporter(
                asJSON: output.json, isQuiet: quiet.quiet, notification: notify.map(NotifyCommand.init)),
            analysis: analyze ? try FollowAnalysis(archive: archive, options: analyzeOptions) : nil
        ).run()
    }

    /// Whether the archive has the exposures of a folder's files, for example of a folder of movies.
    private func isOfKnownSession(_ folder: SessionFolder, _ archive: Archive?) throws -> Bool {
        // An empty folder is rather a disk that is not there than a session without files.
        guard folder.folders.contains(where: { $0.count > 0 || !$0.isKept }) else { return false }
        return try archive?.read { try !Ingestion.sessionStore(of: folder).knownSessions($0).isEmpty }
            ?? false
    }

    /// The archive if there is one, else nil. One that was left unfinished, because a tool was killed while it made it, is
    /// completed.
    private func existingArchive() throws -> Archive? {
        NewArchive.isToBeMade(archive.path) ? nil : try Archive(archive.path, access: .create)
    }
}
