import EPUCore
import GRDB

/// One pass over the exposures of a session, with what an analysis says of each.
///
/// It touches no row of `exposure`: these are wide, and the index in time order has all that is asked for. It takes four look-ups
/// by key for each exposure.
struct ExposureScan {
    /// The times of the exposures, ascending.
    private(set) var times: [Timestamp] = []
    private(set) var areas = ExposedAreas()
    /// The number of exposures that the analysis has placed.
    private(set) var placed = 0
    private(set) var overexposed = 0
    /// The doses that fields had received before, e/A^2, where they are known; without what overlaps by design.
    private(set) var unplannedDoses: [Double] = []
    /// The doses that fields had received before, e/A^2, where they are known; with what overlaps by design.
    private(set) var doses: [Double] = []

    init(of session: SessionRow, _ analysis: ComparedAnalysis?, _ db: Database) throws {
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
        statement.bind(session.sessionID)
        statement.bind(analysis?.analysisID)
        try statement.forEachRow { row in
            times.append(row.string(0).flatMap { Timestamp(archiveText: $0) } ?? Timestamp(ticks: 0))
            if let name = row.string(1) { areas.add(name) }
            if !row.isNull(2) { placed += 1 }
            if !row.isNull(3) { overexposed += 1 }
            if let dose = row.optionalDouble(4) { unplannedDoses.append(dose) }
            if let dose = row.optionalDouble(5) { doses.append(dose) }
        }
    }
}
