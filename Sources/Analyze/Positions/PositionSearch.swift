import EPUArchive
import EPUCore
import EPUDrawing
import GRDB

/// Finds the positions of AFIS in one session, under the condition with the most exposures.
struct PositionSearch {
    let session: SessionRow
    /// The positions that were found; nil where holes shot from one stage stop show no lattice.
    let found: FoundPositions?
    private let inputs: [CalibrationInput]

    /// - Parameter pitch: the pitch of the foil, as the user gave it, um; nil: the session's .dm files have it.
    init(_ session: SessionRow, pitch: Double?, _ reading: SessionReading, in archive: Archive) throws {
        self.session = session
        let inputs = try archive.read { db in
            try CalibrationInput.all(
                of: session, reading.exposures(of: session.sessionID, db), pitch: pitch, db)
        }
        self.inputs = inputs
        found = inputs.first.flatMap { input in
            BeamShiftPositions(input).map {
                FoundPositions(session: session, input: input, others: Array(inputs.dropFirst()), positions: $0)
            }
        }
    }

    /// A sentence that says which exposures are left out; nil: none.
    var leftOutText: String? {
        guard let first = inputs.first, inputs.count > 1 else { return nil }
        let others = inputs.dropFirst().reduce(0) { $0 + $1.exposures.count }
        return "\(session.name): positions of \(first.condition.text) only; \(counted(others, "exposure")) in another "
            + "probe mode or at another tilt are left out."
    }
}

/// The positions of AFIS that were found in a session.
struct FoundPositions {
    let session: SessionRow
    /// The exposures under the condition whose positions these are.
    let input: CalibrationInput
    /// The exposures under other conditions.
    let others: [CalibrationInput]
    let positions: BeamShiftPositions

    var plot: ClusterPlot {
        ClusterPlot(
            points: input.exposures.map(\.beamShift), cluster: positions.membership, centers: positions.centersByID,
            title: session.name,
            figures: "\(counted(input.exposures.count, "exposure")) at "
                + counted(positions.positions.count, "position"))
    }

    /// Stores the positions, and completes the optics groups of all the session's conditions.
    func store(in archive: Archive) throws -> PositionReport {
        try archive.write { db in
            try ClusterStore(session: session).replace(
                positions, of: input.exposures.map(\.exposureID), at: .now, db)
            try OpticsGroupStore(session: session).complete(
                [input] + others, [positions] + others.map { BeamShiftPositions($0) }, db)
        }
        return PositionReport(session.name, positions, input, scale: try archive.read { try scale($0) })
    }

    /// The scale from the session's calibration or the foil's pitch, um per unit; nil where neither is known.
    private func scale(_ db: Database) throws -> Double? {
        let chosen = try StoredCalibration.chosen(for: session.sessionID, db).first
        if let chosen, chosen.verdict.isFound { return chosen.matrix.scale }
        return input.pitch.flatMap { pitch in input.lattice?.scale(pitch: pitch) }
    }
}
