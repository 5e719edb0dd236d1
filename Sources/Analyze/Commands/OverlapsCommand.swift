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
            unless they are two areas of one visit to a hole. --min-field-overlap and --min-pre-dose ask instead what the \
            camera field of the later one had received; criteria that you give together must all be met. Asking \
            again with other criteria reads no file and places nothing anew; every result stays in the archive.

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

    /// What is done in any case: kept for commands that were written when it was not.
    @Flag(help: .hidden)
    var acrossSessions = false

    @OptionGroup(title: "Where EPU recorded too little") var beams: BeamOptions
    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard !withinSession || !acrossSessions else {
            throw ValidationError("--within-session and --across-sessions exclude each other: give one.")
        }
    }

    func run() throws {
        PartialFiles.removeOnInterruption()
        placing.warn()
        let archive = try Archive(archive.path, access: .write)
        let reading = SessionReading()
        // What was asked for is checked before anything is stored; then each session is a transaction of its own, so that an
        // ingest of a running session need not wait for all of them.
        let scopes = try archive.read { db in
            let selected = try SessionRow.withExposures(db, names: sessions.names)
            try placing.check(selected, db)
            return try selected.map { try GridScope(of: $0, isAcross: !withinSession, db) }
        }
        var results: [OverlapResult] = []
        var undone: [(session: SessionRow, error: any Error)] = []
        // Where the archive fails, what was found before is stored, and is told.
        do {
            let uncalibrated = try calibrate(scopes, reading, in: archive)
            for scope in scopes {
                do {
                    if let failure = uncalibrated[scope.session.sessionID] { throw failure }
                    results.append(try analyse(scope, reading, in: archive))
                } catch let error where error is Failure || error is ValidationError {
                    undone.append((scope.session, error))
                }
            }
        } catch {
            if !results.isEmpty { try report(results) }
            throw error
        }
        if results.isEmpty, let first = undone.first, undone.count == 1 { throw first.error }
        try placing.comment(on: scopes.map(\.session), reading, in: archive)
        if !results.isEmpty { try report(results) }
        try tellPublished(results, of: scopes, in: archive)
        for (session, error) in undone { Console.message("Not analysed: \(session.name). \(error)") }
        if results.isEmpty { throw Failure("No session could be analysed.") }
    }

    private func report(_ results: [OverlapResult]) throws {
        if output.json {
            try Console.result(json: results.map { ByCriteria($0.criteria, $0) })
        } else {
            Console.result(results.map(\.text).joined(separator: "\n\n"))
        }
    }

    /// Where reports show another result than this one, a person would look for it there in vain.
    private func tellPublished(_ results: [OverlapResult], of scopes: [GridScope], in archive: Archive) throws {
        let sessions = Dictionary(uniqueKeysWithValues: scopes.map { ($0.session.name, $0.session.sessionID) })
        let others = try archive.read { db in
            try results.compactMap { result in
                try sessions[result.session].flatMap { try Publication.analysisID(of: $0, db) }
                    .flatMap { $0 == result.analysisID ? nil : (result: result, shown: $0) }
            }
        }
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

    /// Calibrates all sessions that are judged or compared, before the first is: what is found for one must not change with what
    /// is found for the next.
    /// - Returns: why not, of those that could not be.
    private func calibrate(_ scopes: [GridScope], _ reading: SessionReading, in archive: Archive) throws
        -> [Int64: Failure]
    {
        var failures: [Int64: Failure] = [:]
        var isKnown: Set<Int64> = []
        let sessions = scopes.flatMap(\.sessions).filter { isKnown.insert($0.sessionID).inserted }
        try CalibrationRun.settle(sessions, in: archive) { session in
            do {
                try placing.calibrateIfNeeded(session, reading, in: archive)
            } catch let failure as Failure {
                failures[session.sessionID] = failure
            }
        }
        return failures
    }

    private func analyse(_ scope: GridScope, _ reading: SessionReading, in archive: Archive) throws -> OverlapResult {
        try OpticsGroupStore.completeIfNeeded(scope.session, reading, in: archive)
        let result = Result { try archive.write { try analyse(scope, reading, at: .now, $0) } }
        // What a person named may hold where nothing can be found by default, as without a beam diameter.
        if isPlain, let sentence = try PublishedRefresh.run(scope.session, in: archive) { Console.message(sentence) }
        return try result.get()
    }

    /// Whether nothing is asked for but, perhaps, which sessions.
    private var isPlain: Bool {
        criteria.isEmpty && !withinSession && placing.usesOwn && beams.assumptions == BeamAssumptions()
    }

    private func analyse(
        _ scope: GridScope, _ reading: SessionReading, at time: Timestamp, _ db: Database
    ) throws -> OverlapResult {
        var criteria = criteria.criteria
        var source = criteria.radius.map { _ in RadiusSource.given }
        if criteria.radius == nil, !criteria.needsFields {
            let found = try DefaultRadius(of: scope.session.sessionID, assuming: beams.missingBeamDiameter, db)
            guard let found else {
                throw ValidationError(
                    "\(scope.session.name) records neither a beam diameter nor a camera field to derive a radius from: give "
                        + "--radius UM, or --missing-beam-diameter UM.")
            }
            (criteria.radius, source) = (found.radius, found.source)
        }
        return try OverlapAnalysis(
            scope: scope,
            calibrations: try scope.sessions.flatMap { try placing.calibrations(for: $0.sessionID, at: time, db) },
            criteria: criteria, radiusSource: source, assumptions: beams.assumptions, acrossSessions: !withinSession,
            isDefault: isPlain, reading: reading
        ).run(at: time, db)
    }
}
