import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import GRDB

struct OverlapsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "overlaps",
        abstract: "Find exposures whose place was exposed before.",
        discussion: """
            An exposure lies at stage + M x beam shift, with M as `calibrate` finds it, which is done first where it is \
            not done yet, or as you give it. Of two that are at most --radius apart, the later one is overexposed, \
            unless they are two areas of one pass through a hole. --min-field-overlap and --min-pre-dose ask instead what the \
            camera field of the later one had received; criteria that you give together must all be met. Asking \
            again with other criteria reads no file and places nothing again; every result stays in the archive.

            Positions are known to some error, where the calibration says to which. A pair then counts if it is \
            within the criteria with a probability of at least --certainty; what is less probable, but not below 5 %, is named \
            as possible.

            Each session is judged by itself, against all earlier exposures of its grid that the archive holds: earlier \
            sessions on the same instrument and atlas are taken along, where the grid lay in each is measured, and one that \
            cannot be compared is named with the reason.

            EXAMPLE
              epu-analyze overlaps --db archive.db --radius 0.3
              epu-analyze overlaps --db archive.db --min-field-overlap 0.1 --min-pre-dose 5
              epu-analyze overlaps --db archive.db --certainty 0.9
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions

    @OptionGroup var placing: PlacingOptions

    @OptionGroup var criteria: CriteriaOptions

    @Flag(help: "Compare each session with itself only, not with earlier ones on its grid.")
    var withinSession = false

    /// A flag without effect, as the comparison is the default now: kept for commands that were written when it was not.
    @Flag(help: .hidden)
    var acrossSessions = false

    @OptionGroup(title: "Where EPU recorded too little") var beams: BeamOptions
    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard !withinSession || !acrossSessions else {
            throw ValidationError("--within-session and --across-sessions exclude each other: give one.")
        }
    }

    func run() throws {
        placing.warn()
        let archive = try Archive(archive.path, access: .write)
        // What was asked for is checked before anything is stored; then each session is a transaction of its own, so that an
        // ingest of a running session need not wait for all of them.
        let scopes = try archive.read { db in
            let selected = try SessionRow.withExposures(db, names: sessions.names)
            try placing.check(selected, db)
            return try selected.map { try GridScope(of: $0, isAcross: !withinSession, db) }
        }
        let source = try placing.source()
        var run = OverlapRun(
            archive: archive, source: source, criteria: criteria.criteria, assumptions: beams.assumptions,
            acrossSessions: !withinSession, isDefault: isPlain)
        // If the archive fails, what was found before is stored, and is printed.
        do {
            try run.analyse(scopes) { Console.message($0) }
        } catch {
            if !run.results.isEmpty { try report(run.results) }
            throw error
        }
        if run.results.isEmpty, let first = run.undone.first, run.undone.count == 1 {
            if let missing = first.error as? MissingRadius { throw ValidationError(missing.description) }
            throw first.error
        }
        for misfit in try source.misfits(of: scopes.map(\.session), run.reading, in: archive) {
            Console.message("Warning: " + misfit)
        }
        if !run.results.isEmpty { try report(run.results) }
        tell(try run.unshown())
        for (session, error) in run.undone { Console.message("Not analysed: \(session.name). \(error)") }
        if run.results.isEmpty { throw Failure("No session could be analysed.") }
    }

    private func report(_ results: [OverlapResult]) throws {
        if output.json {
            try Console.result(json: results.map { ByCriteria($0.criteria, $0) })
        } else {
            quiet.result(OverlapResults(results, archive: self.archive).text)
        }
    }

    /// Prints where reports show another result than this one, as a person would look for this one there without success.
    private func tell(_ others: [(result: OverlapResult, shown: Int64)]) {
        for (result, shown) in others.prefix(Self.mostTold) {
            Console.message(
                "\(result.session): reports show analysis \(shown), not this one; `epu-analyze publish \(result.analysisID)` "
                    + "changes that.")
        }
        if others.count > Self.mostTold {
            Console.message(
                "Reports show other analyses of \(others.count - Self.mostTold) more sessions: see `epu-analyze publish`."
            )
        }
    }

    private static let mostTold = 3

    /// Whether nothing is asked for except, perhaps, which sessions.
    private var isPlain: Bool {
        criteria.isEmpty && !withinSession && placing.usesOwn && beams.assumptions == BeamAssumptions()
    }
}
