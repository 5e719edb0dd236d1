import EPUArchive
import EPUCore
import GRDB

/// Values of a calibration that plots show.
extension StoredCalibration {
    /// The number of exposures that a session got after it was calibrated.
    static func exposuresSince(_ session: SessionRow, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT (SELECT count(*) FROM exposure WHERE session_id = ?1) - min(exposures)
                FROM calibration WHERE session_id = ?1 AND chosen
                """,
            arguments: [session.sessionID]) ?? 0
    }

    /// The lattice on which holes lie, in beam-shift units; nil if none was found.
    var lattice: PlottedLattice? {
        latticeVectors.flatMap { vectors in
            PlottedLattice(
                a: Vector2(vectors.m11, vectors.m21), b: Vector2(vectors.m12, vectors.m22),
                isHexagonal: foil == "hexagonal")
        }
    }

    /// The condition in words, by which the calibrations of a session differ, as `NanoProbe, 30 degrees`.
    var conditionWords: String {
        let words = [condition?.probeMode, condition.map { "\($0.tiltDegrees) degrees" }].compactMap { $0 }
        return words.isEmpty ? "calibration \(calibrationID)" : words.joined(separator: ", ")
    }
}
