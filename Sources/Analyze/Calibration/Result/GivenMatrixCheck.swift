import EPUArchive
import EPUCore
import GRDB

/// Checks whether a matrix that a user gave suits a session: the stage stops fall on one lattice under it, and holes do not meet.
struct GivenMatrixCheck {
    /// What speaks against the matrix, in words; nil: nothing.
    let comment: String?

    /// The greatest residual of stops under a right matrix, in parts of the pitch: a right one leaves 0.02, chance 0.4.
    private static let greatestStopResidual = 0.1
    /// The greatest difference, as a part, from the matrix that the session shows by itself.
    private static let greatestDifference = 0.03

    init(_ matrix: Matrix2, _ session: SessionRow, _ reading: SessionReading, _ db: Database) throws {
        let exposures = try reading.exposures(of: session.sessionID, db)
        let condition = Dictionary(grouping: exposures, by: \.condition).max {
            ($0.value.count, $1.key.text) < ($1.value.count, $0.key.text)
        }
        var faults: [String] = []
        if let condition, condition.key.isTilted == false {
            let visits = HoleVisits(condition.value)
            if let lattice = FoilLattice(visits) {
                faults += Self.misfit(matrix, LatticeProblem(visits, lattice, mostStops: LatticeMethod.mostStops))
            }
        }
        if let found = try StoredCalibration.chosen(for: session.sessionID, db).first, found.verdict == .good,
            found.method != .stage, found.matrix.difference(from: matrix) > Self.greatestDifference
        {
            let shape = Calibration(found.method, found.matrix, relativeError: 0).shape
            faults.append("calibration \(found.calibrationID), found from the session itself, is \(shape)")
        }
        guard !faults.isEmpty else {
            comment = nil
            return
        }
        comment =
            "This matrix does not suit \(session.name): \(faults.joined(separator: "; ")). Across stage stops its "
            + "overlaps are not to be trusted. Leave it out, and the session's own calibration is used."
    }

    private static func misfit(_ matrix: Matrix2, _ problem: LatticeProblem) -> [String] {
        guard problem.stops > 3, let fit = LatticeFit(problem, given: matrix) else { return [] }
        let quality = LatticeMethod(problem).quality(fit)
        var faults: [String] = []
        if quality.stopResidual > greatestStopResidual {
            faults.append(
                "stage stops miss the foil's lattice by \((quality.stopResidual * quality.pitch).text(decimals: 2)) um")
        }
        if quality.collisions * 10 > quality.sites {
            faults.append("\(quality.collisions) lattice sites hold holes of several stage stops")
        }
        return faults
    }
}
