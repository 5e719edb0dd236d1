import EPUShared
import Foundation
import GRDB

/// One search for overlaps: which exposures, placed how, and what counts.
struct OverlapAnalysis {
    let sessions: [SessionRow]
    let calibrations: [StoredCalibration]
    /// um
    let radius: Double
    let countNeighbours: Bool
    let acrossSessions: Bool

    /// Searches, and stores the result in place of an earlier one of the same criteria.
    /// - Parameter exposures: of the sessions, in time order.
    func run(_ exposures: [SessionExposure], at time: Timestamp, _ db: Database) throws -> OverlapResult {
        let set = try PlacementSet.of(calibrations, grid: sessions[0].grid, db)
        try set.place(exposures, db)
        let analysisID = try begin(set, exposures: exposures.count, at: time, db)
        let visits = Visits(exposures)
        let rules = CauseRules(exposures: exposures, visits: visits)
        let order = Dictionary(uniqueKeysWithValues: exposures.enumerated().map { ($1.exposureID, $0) })
        let ofExposure = CalibrationOfExposure(calibrations)
        let calibration = exposures.map { ofExposure[$0] }
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO overlap (analysis_id, later_id, earlier_id, distance_um, cause) VALUES (?, ?, ?, ?, ?)
                """)
        var causes: [OverlapCause: Int] = [:]
        var isOverexposed = [Bool](repeating: false, count: exposures.count)
        try set.forEachPair(within: radius, db) { first, second, distance in
            guard let a = order[first], let b = order[second] else { return }
            let (earlier, later) = (min(a, b), max(a, b))
            guard let first = calibration[earlier], let second = calibration[later],
                isKnown(first, second)
                    || (first.calibrationID == second.calibrationID
                        // Within a stage stop a distance needs only the scale.
                        && (visits.stop[earlier] == visits.stop[later]
                            || isCertain(exposures[earlier], exposures[later], first)))
            else { return }
            let cause = rules.cause(earlier: earlier, later: later, distance: distance)
            causes[cause, default: 0] += 1
            if countNeighbours || cause != .byDesign { isOverexposed[later] = true }
            try insert.execute(arguments: [
                analysisID, exposures[later].exposureID, exposures[earlier].exposureID, distance, cause.rawValue,
            ])
        }
        let overexposed = isOverexposed.count { $0 }
        try db.execute(
            sql: "UPDATE analysis SET pairs = ?, overexposed = ? WHERE analysis_id = ?",
            arguments: [causes.values.reduce(0, +), overexposed, analysisID])
        return try result(analysisID, exposures: exposures.count, overexposed: overexposed, causes: causes, db)
    }

    /// The result of an earlier run on the same exposures, which now counts as the latest; nil where there is none.
    func earlierResult(_ exposures: Int, at time: Timestamp, _ db: Database) throws -> OverlapResult? {
        let set = try PlacementSet.of(calibrations, grid: sessions[0].grid, db)
        let row = try Row.fetchOne(
            db,
            sql: """
                UPDATE analysis SET created_at = ?
                WHERE (placement_set_id, radius_um, count_neighbours, across_sessions, exposures) = (?, ?, ?, ?, ?)
                RETURNING analysis_id, overexposed
                """,
            arguments: [time.archiveText, set.placementSetID, radius, countNeighbours, acrossSessions, exposures])
        guard let row else { return nil }
        let causes = try Row.fetchAll(
            db, sql: "SELECT cause, count(*) FROM overlap WHERE analysis_id = ? GROUP BY cause",
            arguments: [row["analysis_id"] as Int64]
        ).compactMap { row in OverlapCause(rawValue: row[0]).map { ($0, row[1] as Int) } }
        return try result(
            row["analysis_id"], exposures: exposures, overexposed: row["overexposed"],
            causes: Dictionary(uniqueKeysWithValues: causes), db)
    }

    /// Whether the distance of two exposures follows from their calibrations.
    private func isKnown(_ a: StoredCalibration, _ b: StoredCalibration) -> Bool {
        guard a.verdict != .undetermined, b.verdict != .undetermined else { return false }
        // Where the beam was never shifted the matrix is not known: it cancels within the session only.
        return a.calibrationID == b.calibrationID || (a.method != .stage && b.method != .stage)
    }

    /// Whether two exposures with one calibration overlap under any matrix of about its scale.
    private func isCertain(_ a: SessionExposure, _ b: SessionExposure, _ calibration: StoredCalibration) -> Bool {
        let reach = Self.scaleMargin * calibration.matrix.scale / cos(Double(a.condition.tiltDegrees) * .pi / 180)
        return a.stage.distance(to: b.stage) + reach * a.beamShift.distance(to: b.beamShift) <= radius
    }

    /// Scales of 20 to 30 um per unit, where 24.5 was taken.
    private static let scaleMargin = 1.25

    private func result(
        _ analysisID: Int64, exposures: Int, overexposed: Int, causes: [OverlapCause: Int], _ db: Database
    ) throws -> OverlapResult {
        OverlapResult(
            analysisID: analysisID, sessions: sessions.map(\.name),
            calibrations: calibrations.map(OverlapResult.Calibration.init), radiusUm: radius,
            exposures: exposures, pairs: causes.values.reduce(0, +), overexposed: overexposed,
            causes: Dictionary(uniqueKeysWithValues: causes.map { ($0.rawValue, $1) }),
            notJudged: try Self.notJudged(sessions, db))
    }

    private func begin(_ set: PlacementSet, exposures: Int, at time: Timestamp, _ db: Database) throws -> Int64 {
        let analysisID = try Int64.fetchOne(
            db,
            sql: """
                INSERT INTO analysis
                    (placement_set_id, radius_um, count_neighbours, across_sessions, exposures, pairs, overexposed,
                     created_at)
                VALUES (?, ?, ?, ?, ?, 0, 0, ?)
                ON CONFLICT (placement_set_id, radius_um, count_neighbours, across_sessions) DO UPDATE SET
                    exposures = excluded.exposures, created_at = excluded.created_at
                RETURNING analysis_id
                """,
            arguments: [
                set.placementSetID, radius, countNeighbours, acrossSessions, exposures, time.archiveText,
            ])
        guard let analysisID else { throw Failure("The archive did not return the id of the analysis.") }
        try db.execute(sql: "DELETE FROM overlap WHERE analysis_id = ?", arguments: [analysisID])
        for calibration in calibrations {
            try db.execute(
                sql: "INSERT OR IGNORE INTO analysis_session VALUES (?, ?, ?)",
                arguments: [analysisID, calibration.sessionID, calibration.calibrationID])
        }
        return analysisID
    }

    /// Exposures in the ledger that could not be read, and so were compared with nothing.
    private static func notJudged(_ sessions: [SessionRow], _ db: Database) throws -> Int {
        let list = sessions.map { String($0.sessionID) }.joined(separator: ", ")
        return try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM source_file f JOIN session_root r USING (session_root_id)
                WHERE r.session_id IN (\(list)) AND f.kind = 'exposure'
                    AND f.status IN ('unreadable', 'malformed', 'incomplete')
                """) ?? 0
    }
}

/// What an analysis found, as it is printed.
struct OverlapResult: Encodable {
    struct Calibration: Encodable {
        let calibrationID: Int64
        let matrix: [Double]
        let method: CalibrationMethod
        let verdict: Verdict

        enum CodingKeys: String, CodingKey {
            case calibrationID = "calibrationId"
            case matrix, method, verdict
        }

        init(_ stored: StoredCalibration) {
            calibrationID = stored.calibrationID
            matrix = stored.matrix.elements
            method = stored.method
            verdict = stored.verdict
        }

        var text: String {
            let numbers = matrix.map { $0.text() }
            let isScale = matrix[1] == 0 && matrix[2] == 0 && matrix[0] == matrix[3]
            let origin = method == .given ? "" : ", \(method.rawValue), \(verdict.rawValue)"
            return (isScale ? "k \(numbers[0])" : "matrix \(numbers.joined(separator: ","))")
                + " (calibration \(calibrationID)\(origin))"
        }
    }

    let analysisID: Int64
    let sessions: [String]
    let calibrations: [Calibration]
    let radiusUm: Double
    let exposures: Int
    let pairs: Int
    let overexposed: Int
    let causes: [String: Int]
    let notJudged: Int

    enum CodingKeys: String, CodingKey {
        case analysisID = "analysisId"
        case sessions, calibrations, radiusUm, exposures, pairs, overexposed, causes, notJudged
    }

    var text: String {
        var lines = [
            "\(sessions.joined(separator: ", ")): \(counted(exposures, "exposure")), "
                + "\(Set(calibrations.map(\.text)).sorted().joined(separator: "; ")), radius \(radiusUm.text()) um "
                + "(analysis \(analysisID))"
        ]
        if calibrations.contains(where: { $0.verdict == .undetermined }) {
            lines.append(
                "the calibration is undetermined (see `epu-analyze calibrate`): only overlaps within a stage stop, and those "
                    + "that any matrix would give")
        }
        if sessions.count > 1, calibrations.contains(where: { $0.method == .stage }) {
            lines.append("a session whose beam was never shifted has no matrix, and is not compared with the others")
        }
        if notJudged > 0 {
            lines.append("\(counted(notJudged, "exposure")) not judged: unreadable, see source_problems")
        }
        if pairs > 0 {
            let parts = causes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($1) \($0)" }
            lines.append("\(counted(pairs, "overlap pair")): \(parts.joined(separator: ", "))")
        }
        if overexposed > 0 {
            let share = 100 * Double(overexposed) / Double(exposures)
            lines.append("\(overexposed) of \(exposures) overexposed (\(share.text(decimals: 1)) %)")
        } else {
            lines.append("all unique within \(radiusUm.text()) um")
        }
        return lines.joined(separator: "\n")
    }
}
