import EPUArchive
import EPUCore
import GRDB

/// A calibration that the archive holds for a session.
struct FoundCalibration {
    let method: String
    /// The matrix; nil where the data gave none.
    let matrix: Matrix2?
    let verdict: String
    /// Whether analyses of the session use it.
    let isChosen: Bool
}

/// What epu-analyze found in the archive of a study, by the names of sessions.
struct StudyFindings {
    let calibrations: [String: [FoundCalibration]]
    /// The names of overexposed exposures; empty for a session in which none was found, absent for one that was not analysed.
    let overexposed: [String: Set<String>]
    /// The radius of the latest analysis, um.
    let radius: [String: Double]
    /// The beam shifts of all exposures, in beam-shift units.
    let beamShifts: [String: [Vector2]]
    /// The positions of the exposures that are in the study's pairs.
    let positions: FoundPositions

    init(archive path: String, of study: StudyFile) throws {
        let archive = try Archive(path, access: .read)
        let wanted = Dictionary(
            study.sessions.map { session in
                (session.name, Set((session.nearPairs + session.sampledPairs).flatMap { [$0.earlier, $0.later] }))
            }
        ) { $0.union($1) }
        (calibrations, overexposed, radius, beamShifts, positions) = try archive.read { db in
            (
                try Self.calibrations(db), try Self.overexposed(db), try Self.radii(db), try Self.beamShifts(db),
                try FoundPositions(db, wanted: wanted)
            )
        }
    }

    private static func beamShifts(_ db: Database) throws -> [String: [Vector2]] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT s.name, e.beam_shift_x, e.beam_shift_y FROM exposure e JOIN session s USING (session_id)
                WHERE e.beam_shift_x IS NOT NULL AND e.beam_shift_y IS NOT NULL
                """)
        var shifts: [String: [Vector2]] = [:]
        while let row = try rows.next() { shifts[row[0], default: []].append(Vector2(row[1], row[2])) }
        return shifts
    }

    private static func calibrations(_ db: Database) throws -> [String: [FoundCalibration]] {
        // An archive whose sessions have no calibration to choose from has none that is chosen.
        guard try db.columns(in: "calibrations").contains(where: { $0.name == "chosen" }) else { return [:] }
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT session, method, m11, m12, m21, m22, verdict, coalesce(chosen, 0) AS chosen
                FROM calibrations ORDER BY session, calibration_id
                """)
        var found: [String: [FoundCalibration]] = [:]
        while let row = try rows.next() {
            let numbers = ["m11", "m12", "m21", "m22"].compactMap { row[$0] as Double? }
            let matrix =
                numbers.count == 4 ? Matrix2(numbers[0], numbers[1], numbers[2], numbers[3]) : nil
            found[row["session"], default: []].append(
                FoundCalibration(
                    method: row["method"], matrix: matrix, verdict: row["verdict"], isChosen: row["chosen"]))
        }
        return found
    }

    private static func overexposed(_ db: Database) throws -> [String: Set<String>] {
        var found: [String: Set<String>] = [:]
        let analysed = try String.fetchAll(db, sql: "SELECT name FROM latest_analysis JOIN session USING (session_id)")
        for session in analysed { found[session] = [] }
        let rows = try Row.fetchCursor(db, sql: "SELECT session, name FROM overexposed")
        while let row = try rows.next() { found[row[0], default: []].insert(row[1]) }
        return found
    }

    private static func radii(_ db: Database) throws -> [String: Double] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT s.name, a.radius_um
                FROM latest_analysis JOIN analysis a USING (analysis_id) JOIN session s USING (session_id)
                """)
        return Dictionary(rows.map { ($0[0], $0[1]) }) { $1 }
    }
}
