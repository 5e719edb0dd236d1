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

    @Option(
        parsing: .unconditional, help: "Scale without rotation or mirror, um per beam-shift unit, as find_dupl has it.")
    var k: Double?

    @Option(
        parsing: .unconditional, help: "Beam shift to stage, um per beam-shift unit, as M11,M12,M21,M22 (row by row).")
    var matrix: MatrixArgument?

    @Option(help: "A calibration of the archive, by its id in the view calibrations.")
    var calibration: Int64?

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
    @OptionGroup var foil: FoilOptions
    @OptionGroup var output: JSONOptions

    /// um; beams have 0.3 to 2. A slip of the decimal point must not ask for every pair of a session.
    private static let greatestRadius = 100.0

    func validate() throws {
        let given = [k != nil, matrix != nil, calibration != nil].count { $0 }
        guard given <= 1 else {
            throw ValidationError("--k, --matrix and --calibration exclude each other: give one.")
        }
        if let k, !(k > 0 && k <= Matrix2.greatestScale) {
            throw ValidationError("--k takes um per beam-shift unit, about 25, not \(k.text()).")
        }
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
        _ = try matrix?.matrix()
    }

    func run() throws {
        PartialFiles.removeOnInterruption()
        if let k, !isPlausibleScale(k) {
            Console.message("Warning: k = \(k.text()) is outside 15 to 40, where microscopes lie.")
        }
        let archive = try Archive(archive.path, access: .write)
        // Everything is checked before anything is stored; then each scope is a transaction of its own, so that an ingest
        // of a running session need not wait for all of them.
        let searches = try archive.read { db in
            try scopes(db).map { (sessions: $0, criteria: try criteria(for: $0, db)) }
        }
        let results = try searches.map { search in
            if isCalibratedHere { for session in search.sessions { try calibrateIfNeeded(session, in: archive) } }
            return try archive.write { try analyse(search.sessions, search.criteria, at: .now, $0) }
        }
        if !isCalibratedHere {
            for search in searches { try comment(on: search.sessions, in: archive) }
        }
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
        // The first in time is what offsets are measured from.
        return try grids.values.map { sessions in
            let starts = try sessions.map { session in
                try String.fetchOne(
                    db, sql: "SELECT min(acquired_at) FROM exposure WHERE session_id = ?", arguments: [session.sessionID])
                    ?? ""
            }
            return zip(sessions, starts).sorted { ($0.1, $0.0.sessionID) < ($1.1, $1.0.sessionID) }.map(\.0)
        }.sorted { $0[0].sessionID < $1[0].sessionID }
    }

    private func criteria(for scope: [SessionRow], _ db: Database) throws -> OverlapCriteria {
        if let calibration {
            let stored = try StoredCalibration.stored(calibration, db)
            guard stored.method != .none || scope.allSatisfy({ $0.sessionID == stored.sessionID }) else {
                throw ValidationError(
                    "Calibration \(calibration) is undetermined, a scale for its own session only. Name that session with "
                        + "--session, or give another --calibration.")
            }
        }
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

    /// Whether the archive's own calibrations are used.
    private var isCalibratedHere: Bool { k == nil && matrix == nil && calibration == nil }

    private func calibrateIfNeeded(_ session: SessionRow, in archive: Archive) throws {
        let age = try archive.read { try CalibrationAge(session, $0) }
        guard foil.pitch != nil || !age.isUpToDate else { return }
        _ = try SessionCalibration(session, in: archive, method: age.askedMethod, keepsGood: true, pitch: foil.pitch)
    }

    private func analyse(_ scope: [SessionRow], _ criteria: OverlapCriteria, at time: Timestamp, _ db: Database) throws
        -> OverlapResult
    {
        let ids = scope.map(\.sessionID)
        let analysis = OverlapAnalysis(
            sessions: scope, calibrations: try ids.flatMap { try calibrations(for: $0, at: time, db) }, criteria: criteria,
            assumptions: beams.assumptions, acrossSessions: acrossSessions)
        if isCalibratedHere {
            let list = ids.map(String.init).joined(separator: ", ")
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM exposure WHERE session_id IN (\(list))") ?? 0
            if let earlier = try analysis.earlierResult(count, at: time, db) { return earlier }
        }
        return try analysis.run(try SessionExposure.inTimeOrder(of: ids, db), at: time, db)
    }

    private func calibrations(for sessionID: Int64, at time: Timestamp, _ db: Database) throws -> [StoredCalibration] {
        if let calibration {
            var stored = try StoredCalibration.stored(calibration, db)
            // Another session's matrix is, for this one, a matrix that the user gave.
            guard stored.sessionID == sessionID else {
                return [try .given(stored.matrix, for: sessionID, at: time, db)]
            }
            stored.condition = nil
            // A candidate that was not chosen is used as it is: the user wins.
            if stored.method != .none { stored.verdict = .given }
            return [stored]
        }
        if let matrix = try matrix?.matrix() ?? k.map({ Matrix2(scale: $0) }) {
            return [try .given(matrix, for: sessionID, at: time, db)]
        }
        return try StoredCalibration.chosen(for: sessionID, db)
    }

    /// Says where a matrix that the user gave does not suit the session.
    private func comment(on scope: [SessionRow], in archive: Archive) throws {
        for session in scope {
            let check = try archive.read { db in
                let used = try calibration.map { try StoredCalibration.stored($0, db).matrix }
                return try GivenMatrixCheck(
                    used ?? matrix?.matrix() ?? Matrix2(scale: k ?? Calibration.typicalScale), session, db)
            }
            if let comment = check.comment { Console.message("Warning: " + comment) }
        }
    }
}
