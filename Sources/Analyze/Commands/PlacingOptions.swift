import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import GRDB

/// How beam shift is taken to the stage: as each session's own calibration has it, or as the user says.
struct PlacingOptions: ParsableArguments {
    @Option(
        parsing: .unconditional, help: "Scale without rotation or mirror, um per beam-shift unit, as find_dupl has it.")
    var k: Double?

    @Option(
        parsing: .unconditional, help: "Beam shift to stage, um per beam-shift unit, as M11,M12,M21,M22 (row by row).")
    var matrix: MatrixArgument?

    @Option(help: "A calibration of the archive, by its id in the view calibrations.")
    var calibration: Int64?

    @OptionGroup var foil: FoilOptions

    func validate() throws {
        let given = [k != nil, matrix != nil, calibration != nil].count { $0 }
        guard given <= 1 else {
            throw ValidationError("--k, --matrix and --calibration exclude each other: give one.")
        }
        if let k, !(k > 0 && k <= Matrix2.greatestScale) {
            throw ValidationError("--k takes um per beam-shift unit, about 25, not \(k.text()).")
        }
        _ = try matrix?.matrix()
    }

    /// Whether the archive's own calibrations are used.
    var usesOwn: Bool { k == nil && matrix == nil && calibration == nil }

    func warn() {
        if let k, !isPlausibleScale(k) {
            Console.message("Warning: k = \(k.text()) is outside 15 to 40, where microscopes lie.")
        }
    }

    /// - Throws: where the calibration that was asked for is none, or not for these sessions.
    func check(_ sessions: [SessionRow], _ db: Database) throws {
        guard let calibration else { return }
        let stored = try StoredCalibration.stored(calibration, db)
        guard stored.method != .none || sessions.allSatisfy({ $0.sessionID == stored.sessionID }) else {
            throw ValidationError(
                "Calibration \(calibration) is undetermined, a scale for its own session only. Name that session with "
                    + "--session, or give another --calibration.")
        }
    }

    /// Finds the session's own calibration where that is to be used and not found yet, or may have become better.
    func calibrateIfNeeded(_ session: SessionRow, _ reading: SessionReading, in archive: Archive) throws {
        guard usesOwn else { return }
        let age = try archive.read { try CalibrationAge(session, $0) }
        guard foil.pitch != nil || !age.isUpToDate else { return }
        _ = try SessionCalibration(
            session, reading, in: archive, method: age.askedMethod, keepsGood: true,
            pitch: foil.pitch ?? age.givenPitch)
    }

    /// What places the exposures of a session; a matrix that the user gave is stored.
    func calibrations(for sessionID: Int64, at time: Timestamp, _ db: Database) throws -> [StoredCalibration] {
        try placing(sessionID, db).map { calibration in
            calibration.calibrationID == Self.notStored
                ? try .given(calibration.matrix, for: sessionID, at: time, db) : calibration
        }
    }

    /// The same without storing anything.
    func placing(_ sessionID: Int64, _ db: Database) throws -> [StoredCalibration] {
        func given(_ matrix: Matrix2) -> [StoredCalibration] {
            [StoredCalibration(calibrationID: Self.notStored, sessionID: sessionID, matrix: matrix)]
        }
        if let calibration {
            var stored = try StoredCalibration.stored(calibration, db)
            // Another session's matrix is, for this one, a matrix that the user gave; a mere scale is none.
            guard stored.sessionID == sessionID else { return stored.method == .none ? [] : given(stored.matrix) }
            stored.condition = nil
            // A candidate that was not chosen is used as it is: the user wins.
            if stored.method != .none { stored.verdict = .given }
            return [stored]
        }
        if let matrix = try matrix?.matrix() ?? k.map({ Matrix2(scale: $0) }) { return given(matrix) }
        return try StoredCalibration.chosen(for: sessionID, db)
    }

    /// No calibration of the archive has this id.
    private static let notStored: Int64 = 0

    /// Says where a matrix that the user gave does not suit a session.
    func comment(on sessions: [SessionRow], _ reading: SessionReading, in archive: Archive) throws {
        guard !usesOwn else { return }
        for session in sessions {
            let check = try archive.read { db in
                let used = try calibration.map { try StoredCalibration.stored($0, db).matrix }
                return try GivenMatrixCheck(
                    used ?? matrix?.matrix() ?? Matrix2(scale: k ?? Calibration.typicalScale), session, reading, db)
            }
            if let comment = check.comment { Console.message("Warning: " + comment) }
        }
    }
}
