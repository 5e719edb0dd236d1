import ArgumentParser
import EPUShared
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

            EXAMPLE
              epu-analyze overlaps --db archive.db --radius 0.3
              epu-analyze overlaps --db archive.db --min-field-overlap 0.1 --min-pre-dose 5
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions

    @OptionGroup var placing: PlacingOptions

    @Option(
        name: [.long, .customLong("rad")], parsing: .unconditional,
        help: ArgumentHelp(
            "Greatest distance of beam centres, um. Default, where no other criterion is given: 0.9 x half the commonest beam "
                + "diameter.", valueName: "um"))
    var radius: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Least share of the later camera field that the earlier beam covered, 0 to 1.", valueName: "share"))
    var minFieldOverlap: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Least dose that the later camera field had received before, e/A^2; what areas of one visit give each other "
                + "is left out, unless --count-neighbours.", valueName: "dose"))
    var minPreDose: Double?

    @Flag(help: "Count areas of one visit to a hole, too, where they are within the radius, as find_dupl does.")
    var countNeighbours = false

    @Flag(help: "Compare all sessions of a grid with each other.")
    var acrossSessions = false

    @OptionGroup(title: "Where EPU recorded too little") var beams: BeamOptions
    @OptionGroup var output: JSONOptions

    /// um; beams have 0.3 to 2. A slip of the decimal point must not ask for every pair of a session.
    private static let greatestRadius = 100.0

    func validate() throws {
        if let radius, !(radius > 0 && radius <= Self.greatestRadius) {
            throw ValidationError("--radius takes um, greater than 0 and at most 100, not \(radius.text()).")
        }
        if let share = minFieldOverlap, !(share > 0 && share <= 1) {
            throw ValidationError(
                "--min-field-overlap takes a share, greater than 0 and at most 1, not \(share.text()).")
        }
        if let dose = minPreDose, !(dose > 0 && dose <= BeamOptions.greatestDose) {
            throw ValidationError("--min-pre-dose takes e/A^2, greater than 0, not \(dose.text()).")
        }
    }

    func run() throws {
        PartialFiles.removeOnInterruption()
        placing.warn()
        let archive = try Archive(archive.path, access: .write)
        // Everything is checked before anything is stored; then each scope is a transaction of its own, so that an ingest
        // of a running session need not wait for all of them.
        let searches = try archive.read { db in
            try scopes(db).map { (sessions: $0, criteria: try criteria(for: $0, db)) }
        }
        try CalibrationRun.settle(searches.flatMap(\.sessions), in: archive) {
            try placing.calibrateIfNeeded($0, in: archive)
        }
        var results: [OverlapResult] = []
        // Where one fails, what was found before is stored, and is told.
        do {
            for search in searches {
                for session in search.sessions {
                    try OpticsGroupStore.completeIfNeeded(session, in: archive)
                }
                results.append(try archive.write { try analyse(search.sessions, search.criteria, at: .now, $0) })
            }
        } catch {
            if !results.isEmpty { try report(results) }
            throw error
        }
        for search in searches { try placing.comment(on: search.sessions, in: archive) }
        try report(results)
    }

    private func report(_ results: [OverlapResult]) throws {
        if output.json {
            try Console.result(json: results)
        } else {
            Console.result(results.map(\.text).joined(separator: "\n\n"))
        }
    }

    /// The sessions that are compared with each other, scope by scope.
    private func scopes(_ db: Database) throws -> [[SessionRow]] {
        let selected = try SessionRow.withExposures(db, names: sessions.names)
        guard acrossSessions else { return selected.map { [$0] } }
        let grids = Dictionary(grouping: selected, by: \.grid)
        guard sessions.names.isEmpty || grids.count == 1 else {
            throw ValidationError(
                "\(sessions.names.joined(separator: ", ")) lie on different grids and have no stage coordinates in "
                    + "common. Name sessions of one grid (the view sessions shows it).")
        }
        if sessions.names.count == 1 {
            throw ValidationError(
                "--across-sessions compares sessions, and --session names one: name the others of its grid, too, or none."
            )
        }
        // The first in time is what offsets are measured from.
        return try grids.values.map { sessions in
            let starts = try sessions.map { session in
                try String.fetchOne(
                    db, sql: "SELECT min(acquired_at) FROM exposure WHERE session_id = ?",
                    arguments: [session.sessionID])
                    ?? ""
            }
            return zip(sessions, starts).sorted { ($0.1, $0.0.sessionID) < ($1.1, $1.0.sessionID) }.map(\.0)
        }.sorted { $0[0].sessionID < $1[0].sessionID }
    }

    private func criteria(for scope: [SessionRow], _ db: Database) throws -> OverlapCriteria {
        try placing.check(scope, db)
        var criteria = OverlapCriteria(
            radius: radius, minFieldOverlap: minFieldOverlap, minPreDose: minPreDose, countNeighbours: countNeighbours)
        if criteria.radius == nil, !criteria.needsFields {
            let recorded = try defaultRadius(of: scope.map(\.sessionID), db)
            criteria.radius = recorded ?? beams.missingBeamDiameter.map { 0.9 * $0 / 2 }
            guard criteria.radius != nil else {
                throw ValidationError(
                    "\(scope[0].name) records no beam diameter to derive a radius from: give --radius UM, or "
                        + "--missing-beam-diameter UM.")
            }
        }
        return criteria
    }

    private func analyse(_ scope: [SessionRow], _ criteria: OverlapCriteria, at time: Timestamp, _ db: Database) throws
        -> OverlapResult
    {
        let ids = scope.map(\.sessionID)
        let analysis = OverlapAnalysis(
            sessions: scope, calibrations: try ids.flatMap { try placing.calibrations(for: $0, at: time, db) },
            criteria: criteria,
            assumptions: beams.assumptions, acrossSessions: acrossSessions)
        if placing.usesOwn {
            let list = ids.sqlList
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM exposure WHERE session_id IN (\(list))") ?? 0
            if let earlier = try analysis.earlierResult(count, at: time, db) { return earlier }
        }
        return try analysis.run(try SessionExposure.inTimeOrder(of: ids, db), at: time, db)
    }
}
