import EPUArchive
import EPUCore
import GRDB

/// What the result of an analysis rests on, as a text to compare: the sessions of the grid, how many exposures they had and what
/// places these. While it is the same, asking again gives the same. What changes within a file that is read again, ingest
/// tells by `analysis.rules`.
struct AnalysisBasis {
    let text: String

    init(_ scope: GridScope, _ calibrations: [StoredCalibration], _ assumptions: BeamAssumptions, _ db: Database) throws
    {
        var parts = try (scope.sessions + scope.strangers).map { session in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT (SELECT count(*) FROM exposure WHERE session_id = ?1 AND acquired_at <= (
                                SELECT max(acquired_at) FROM exposure WHERE session_id = ?2)),
                           (SELECT count(*) FROM grid_square WHERE session_id = ?1),
                           (SELECT count(stage_x_um) FROM foil_hole WHERE session_id = ?1),
                           (SELECT round(total(stage_x_um) + 2 * total(stage_y_um), 3) FROM foil_hole
                            WHERE session_id = ?1)
                    """, arguments: [session.sessionID, scope.session.sessionID])
            let numbers: [Double] = row.map { [$0[0], $0[1], $0[2], $0[3]] } ?? []
            let counts =
                numbers.map { $0.text(significant: 15) }.joined(separator: "/")
                + (scope.said.contains(session.sessionID) ? "/said" : "")
            let placing = try calibrations.filter { $0.sessionID == session.sessionID }.map { calibration in
                let corrections = try calibration.correctionsDigest(db).map { " " + $0 } ?? ""
                return BasisText.Placing(
                    calibrationID: calibration.calibrationID, state: calibration.verdict.rawValue + corrections)
            }
            return BasisText.part(of: session.sessionID, counts: counts, placing: placing)
        }
        for (name, value) in [
            ("dose", assumptions.dose), ("beam", assumptions.beamDiameter), ("spot", assumptions.spotDose),
        ] {
            if let value { parts.append("\(name) \(value)") }
        }
        text = BasisText.joined(parts)
    }

    /// The parts of the text that name the sessions, without what places the exposures and what was assumed.
    static func sessions(_ text: String) -> [String] {
        text.split(separator: "; ").map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
            .filter { $0.first?.isNumber ?? false }
    }
}
