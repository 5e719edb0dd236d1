import EPUArchive
import EPUCore
import GRDB

/// What places the exposures of one grid: calibrations, what these say of stage stops, and where the grid lay in each session.
struct ExposurePlacing {
    /// The calibrations of each session: one, or one for each condition.
    let calibrations: [StoredCalibration]
    /// What the calibrations say of the read-backs of stage stops.
    let stops: StopCorrections
    /// How each session's stage coordinates lie to those of `sessionID`.
    var moves: [Int64: GridMove] = [:]
    /// The session in whose stage coordinates positions are: the one that is judged.
    let sessionID: Int64

    /// - Parameters:
    ///   - exposures: the exposures of the calibrations' sessions, from their first on, in time order.
    ///   - moves: the moves by session; a session without a move lies as the judged one does.
    init(
        _ calibrations: [StoredCalibration], _ exposures: [SessionExposure], judging sessionID: Int64,
        moves: [Int64: GridMove] = [:], _ db: Database
    ) throws {
        self.init(
            calibrations: calibrations, stops: try StopCorrections(calibrations, exposures, db), moves: moves,
            sessionID: sessionID)
    }

    init(
        calibrations: [StoredCalibration], stops: StopCorrections, moves: [Int64: GridMove] = [:], sessionID: Int64
    ) {
        self.calibrations = calibrations
        self.stops = stops
        self.moves = moves
        self.sessionID = sessionID
    }

    /// For each calibration, the matrix from beam shift to the judged session's stage coordinates, um per unit.
    var matrices: [Matrix2] { calibrations.map { (moves[$0.sessionID] ?? .none).linear * $0.matrix } }

    /// The index of the calibration that places each exposure; nil: none is for it.
    func calibration(of exposures: [SessionExposure]) -> OptionalIndexColumn {
        let ofExposure = CalibrationOfExposure(calibrations)
        return OptionalIndexColumn(exposures.lazy.map { ofExposure[$0] })
    }

    /// The positions of the exposures, um; not finite for one that no calibration is for.
    /// - Parameter calibration: the index of each exposure's calibration, as `calibration(of:)` gives it.
    func positions(of exposures: [SessionExposure], calibration: OptionalIndexColumn) -> [Vector2] {
        zip(exposures, calibration).map { position(of: $0, calibration: $1) }
    }

    private func position(of exposure: SessionExposure, calibration: Int?) -> Vector2 {
        guard let calibration else { return Vector2(.nan, .nan) }
        let own = BeamPosition.onStage(
            stage: exposure.stage, readBackError: stops.correction(of: exposure.exposureID),
            beamShift: exposure.beamShift, matrix: calibrations[calibration].matrix)
        return moves[exposure.sessionID]?.place(own, in: exposure.gridSquare) ?? own
    }

    /// Whether the stored positions of a set are these, by one exposure of each square of the sessions that were moved: a set
    /// holds the moves, but not which squares lie aside of them.
    /// - Parameter exposures: the exposures of all sessions, in time order.
    func isStored(in placementSetID: Int64, _ exposures: [SessionExposure], _ db: Database) throws -> Bool {
        guard moves.values.contains(where: { $0.error != nil }) else { return true }
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT min(e.exposure_id), p.x_um, p.y_um FROM placement p JOIN exposure e USING (exposure_id)
                WHERE p.placement_set_id = ? AND e.session_id != ? GROUP BY e.session_id, e.grid_square
                """, arguments: [placementSetID, sessionID])
        let stored = Dictionary(
            rows.map { ($0[0] as Int64, Vector2($0[1], $0[2])) }, uniquingKeysWith: { first, _ in first })
        let sample = exposures.filter { stored[$0.exposureID] != nil }
        return zip(sample, positions(of: sample, calibration: calibration(of: sample))).allSatisfy { exposure, place in
            let aside = exposure.gridSquare.flatMap { moves[exposure.sessionID]?.asides[$0] }
            // A lost square is placed as if it lay as the others do, which its error does not excuse.
            let error = aside.map { $0.isLost ? 0 : $0.error } ?? 0
            return stored[exposure.exposureID]?.distance(to: place) ?? 0 <= max(Self.sameWithin, 2 * error)
        }
    }

    /// What a square may lie elsewhere before it is placed again, um: what moves may differ by, too.
    private static let sameWithin = 0.02
}
