import EPUCore
import GRDB

extension ExposureFigures {
    /// Goes through the exposures of a session once.
    ///
    /// It touches no row of `exposure`: these are wide, and the index in time order has all that is asked for. It takes four
    /// look-ups by key for each exposure.
    init(scanning sessionID: Int64, _ analysisID: Int64?, _ db: Database) throws {
        self.init()
        self.analysisID = analysisID
        var times: [Timestamp] = []
        var exposed = ExposedAreas()
        var (all, unplanned): ([Double], [Double]) = ([], [])
        var statement = try RowStatement(
            db,
            """
            SELECT e.acquired_at, e.name, p.placement_id, o.exposure_id, d.unplanned_dose_e_per_a2, d.dose_e_per_a2
            FROM exposure e
            LEFT JOIN analysis a ON a.analysis_id = ?2
            LEFT JOIN placement p ON \(JudgedPlacement.sql)
            LEFT JOIN pre_exposure d ON d.placement_id = p.placement_id
            LEFT JOIN overexposure o ON o.analysis_id = a.analysis_id AND o.exposure_id = e.exposure_id
            WHERE e.session_id = ?1
            ORDER BY e.acquired_at, e.name
            """)
        statement.bind(sessionID)
        statement.bind(analysisID)
        try statement.forEachRow { row in
            times.append(row.string(0).flatMap { Timestamp(archiveText: $0) } ?? Timestamp(ticks: 0))
            if let name = row.string(1) { exposed.add(name) }
            if !row.isNull(2) { placed += 1 }
            if !row.isNull(3) { overexposed += 1 }
            if let dose = row.optionalDouble(4) { unplanned.append(dose) }
            if let dose = row.optionalDouble(5) { all.append(dose) }
        }
        let reviews = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(*) FILTER (WHERE verdict = 'keep'), count(*) FILTER (WHERE verdict = 'bad')
                    FROM review r JOIN exposure e ON e.exposure_id = r.exposure_id WHERE e.session_id = ?
                    """), arguments: [sessionID])
        (reviewedKeep, reviewedBad) = (reviews?[0] ?? 0, reviews?[1] ?? 0)
        if let analysisID {
            undecided = try Unknowns.undecided(analysisID, sessionID, db)
            let counts = try UncertainCounts(
                of: analysisID, judging: sessionID, certainty: OverlapCriteria.defaultCertainty, db)
            (uncertain, ofUnknownCertainty, possible) = (counts.uncertain, counts.ofUnknownCertainty, counts.possible)
        }
        exposures = times.count
        (foilHoles, areas) = exposed.counts
        (startedAt, endedAt) = (times.first?.archiveText, times.last?.archiveText)
        rate = AcquisitionRate(times)
        (doses, unplannedDoses) = (Distribution(all), Distribution(unplanned))
    }
}
