import EPUArchive
import EPUCore
import GRDB

/// What places the exposures of a run: each session's own calibration, or a matrix that a person gave.
struct CalibrationSource {
    enum Choice {
        /// The chosen calibrations of each session.
        case own
        /// The matrix that a person gave for all sessions, um per beam-shift unit.
        case given(Matrix2)
        /// A calibration of the archive, by its id.
        case stored(Int64)
    }

    let choice: Choice
    /// The foil's pitch, as a person gave it, um; nil: each session's own.
    let pitch: Double?

    init(_ choice: Choice, pitch: Double?) {
        self.choice = choice
        self.pitch = pitch
    }

    private var usesOwn: Bool { if case .own = choice { true } else { false } }

    /// Why the calibration that was asked for cannot place these sessions; nil: it can.
    func refusal(of sessions: [SessionRow], _ db: Database) throws -> String? {
        guard case .stored(let id) = choice else { return nil }
        let stored = try StoredCalibration.stored(id, db)
        guard stored.method == .none, !sessions.allSatisfy({ $0.sessionID == stored.sessionID }) else { return nil }
        return "Calibration \(id) is undetermined, a scale for its own session only. Name that session with "
            + "--session, or give another --calibration."
    }

    /// Finds the session's own calibration where that is to be used and not found yet, or may have become better.
    func calibrateIfNeeded(_ session: SessionRow, _ reading: SessionReading, in archive: Archive) throws {
        guard usesOwn else { return }
        let age = try archive.read { try CalibrationAge(session, $0) }
        guard pitch != nil || !age.isUpToDate else { return }
        _ = try SessionCalibration(
            session, reading, in: archive, method: age.askedMethod, keepsGood: true, pitch: pitch ?? age.givenPitch)
    }

    /// What places the exposures of a session; a matrix that a person gave is stored.
    func calibrations(for sessionID: Int64, at time: Timestamp, _ db: Database) throws -> [StoredCalibration] {
        try placing(sessionID, db).map { calibration in
            calibration.calibrationID == Self.notStored
                ? try .given(calibration.matrix, for: sessionID, at: time, db) : calibration
        }
    }

    /// The calibrations that place a session's exposures; nothing is stored.
    func placing(_ sessionID: Int64, _ db: Database) throws -> [StoredCalibration] {
        func given(_ matrix: Matrix2) -> [StoredCalibration] {
            [StoredCalibration(calibrationID: Self.notStored, sessionID: sessionID, matrix: matrix)]
        }
        switch choice {
        case .own: return try StoredCalibration.chosen(for: sessionID, db)
        case .given(let matrix): return given(matrix)
        case .stored(let id):
            var stored = try StoredCalibration.stored(id, db)
            // Another session's matrix is, for this one, a matrix that the user gave; a mere scale is none.
            guard stored.sessionID == sessionID else { return stored.method == .none ? [] : given(stored.matrix) }
            stored.condition = nil
            // A candidate that was not chosen is used as it is: the user wins.
            if stored.method != .none { stored.verdict = .given }
            return [stored]
        }
    }

    /// The id of a calibration that is not stored: none of the archive has it.
    private static let notStored: Int64 = 0

    /// Says where a matrix that a person gave does not suit a session.
    func misfits(of sessions: [SessionRow], _ reading: SessionReading, in archive: Archive) throws -> [String] {
        guard !usesOwn else { return [] }
        return try sessions.compactMap { session in
            try archive.read { db -> String? in
                let matrix: Matrix2
                switch choice {
                case .own: return nil
                case .given(let given): matrix = given
                case .stored(let id): matrix = try StoredCalibration.stored(id, db).matrix
                }
                return try GivenMatrixCheck(matrix, session, reading, db).comment
            }
        }
    }
}
