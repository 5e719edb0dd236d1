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
        zip(exposures, calibration).map { exposure, calibration in
            guard let calibration else { return Vector2(.nan, .nan) }
            let own = BeamPosition.onStage(
                stage: exposure.stage, readBackError: stops.correction(of: exposure.exposureID),
                beamShift: exposure.beamShift, matrix: calibrations[calibration].matrix)
            return moves[exposure.sessionID]?.place(own) ?? own
        }
    }
}
