import EPUShared
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
        let rules = CauseRules(exposures: exposures, visits: Visits(exposures))
        let order = Dictionary(uniqueKeysWithValues: exposures.enumerated().map { ($1.exposureID, $0) })
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO overlap (analysis_id, later_id, earlier_id, distance_um, cause) VALUES (?, ?, ?, ?, ?)
                """)
        var causes: [OverlapCause: Int] = [:]
        var isOverexposed = [Bool](repeating: false, count: exposures.count)
        try set.forEachPair(within: radius, db) { first, second, distance in
            guard let a = order[first], let b = order[second] else { return }
            let (earlier, later) = (min(a, b), max(a, b))
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
        return OverlapResult(
            analysisID: analysisID, sessions: sessions.map(\.name),
            calibrations: calibrations.map(OverlapResult.Calibration.init), radiusUm: radius,
            exposures: exposures.count, pairs: causes.values.reduce(0, +), overexposed: overexposed,
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

        enum CodingKeys: String, CodingKey {
            case calibrationID = "calibrationId"
            case matrix
        }

        init(_ stored: StoredCalibration) {
            calibrationID = stored.calibrationID
            matrix = [stored.matrix.m11, stored.matrix.m12, stored.matrix.m21, stored.matrix.m22]
        }

        var text: String {
            let numbers = matrix.map { $0.text() }
            let isScale = matrix[1] == 0 && matrix[2] == 0 && matrix[0] == matrix[3]
            return (isScale ? "k \(numbers[0])" : "matrix \(numbers.joined(separator: ","))")
                + " (calibration \(calibrationID))"
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
