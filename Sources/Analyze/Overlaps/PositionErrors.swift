import EPUArchive
import EPUCore

/// How well positions, and the distances of two exposures, are known: standard errors in x and in y, um; nil: not known.
///
/// An exposure lies at stage - correction + M b. The correction is of its stage stop, whose error e all exposures of the stop
/// share. An error dM of the matrix moves it by dM b; the elements of dM are taken as independent, with the standard errors of
/// the calibration. A shift that all exposures have in common matters to no distance, so that M counts from the mean beam shift on.
struct PositionErrors {
    /// The error of each exposure among those of its session and square, um.
    private let errors: OptionalNumberColumn
    private let exposures: [SessionExposure]
    private let calibration: OptionalIndexColumn
    private let matrices: [MatrixError?]
    /// The stop of each exposure; nil: none.
    private let stop: OptionalIndexColumn
    /// The error of each stop, um; nil: not known.
    private let stopErrors: [Double?]
    private let moves: [Int64: GridMove]
    /// The session to whose stage coordinates the moves lead.
    private let sessionID: Int64

    /// - Parameter calibration: the index of each exposure's calibration, as the placing has it.
    init(_ exposures: [SessionExposure], _ placing: ExposurePlacing, calibration: OptionalIndexColumn) {
        self.exposures = exposures
        self.calibration = calibration
        let matrices = placing.calibrations.map(MatrixError.init)
        self.matrices = matrices
        let stopErrors = placing.stops.stops.map(\.error)
        self.stopErrors = stopErrors
        moves = placing.moves
        sessionID = placing.sessionID
        guard !stopErrors.isEmpty else {
            (errors, stop) = (OptionalNumberColumn([]), OptionalIndexColumn([]))
            return
        }
        let stop = OptionalIndexColumn(exposures.lazy.map { placing.stops.index(of: $0.exposureID) })
        self.stop = stop
        let means = Self.meanShifts(exposures, calibration, of: placing.calibrations.count)
        errors = OptionalNumberColumn(
            exposures.indices.lazy.map { index in
                guard let calibration = calibration[index], let stop = stop[index], let own = stopErrors[stop],
                    let matrix = matrices[calibration]?.spread(of: exposures[index].beamShift - means[calibration])
                else { return nil }
                return Vector2(own, matrix).length
            })
    }

    /// The mean beam shift under each calibration, beam-shift units.
    private static func meanShifts(_ exposures: [SessionExposure], _ calibration: OptionalIndexColumn, of count: Int)
        -> [Vector2]
    {
        var sums = [(shift: Vector2, count: Int)](repeating: (.zero, 0), count: count)
        for (exposure, calibration) in zip(exposures, calibration) {
            guard let calibration else { continue }
            sums[calibration].shift = sums[calibration].shift + exposure.beamShift
            sums[calibration].count += 1
        }
        return sums.map { 1 / Double(max(1, $0.count)) * $0.shift }
    }

    /// The error of an exposure among those of its session and square, um.
    func error(of exposure: Int) -> Double? { errors.isEmpty ? nil : errors[exposure] }

    /// The error of the displacement of two exposures, um.
    func ofDisplacement(_ a: Int, _ b: Int) -> Double? {
        guard !stop.isEmpty, let first = calibration[a], let second = calibration[b] else { return nil }
        guard first == second else {
            guard let own = error(of: a), let other = error(of: b), let offset = offsetError(a, b) else { return nil }
            return Vector2(Vector2(own, other).length, offset).length
        }
        guard let matrix = matrices[first]?.spread(of: exposures[a].beamShift - exposures[b].beamShift) else {
            return nil
        }
        // Both exposures have the error of the stop in common.
        if let stop = stop[a], stop == self.stop[b] { return matrix }
        guard let own = stopError(a), let other = stopError(b) else { return nil }
        return Vector2(Vector2(own, other).length, matrix).length
    }

    /// How much farther apart than a radius two exposures may be found that lie within it with some probability, um; 0 where
    /// nothing is known.
    /// - Parameter probability: the least probability of interest.
    func reach(downTo probability: Double) -> Double {
        guard let greatest = errors.lazy.compactMap({ $0 }).max() else { return 0 }
        let offset = exposures.indices.lazy.compactMap { moveError($0) }.max() ?? 0
        // In a normal distribution 2.3 % lie beyond two standard deviations on one side. The errors of the matrix may add up.
        return (probability >= 0.023 ? 2 : 6) * (2 * greatest + offset)
    }

    /// The median error of the exposures of a session, um; nil where it is not known for most.
    func typical(of sessionID: Int64) -> Double? {
        guard !errors.isEmpty else { return nil }
        let members = exposures.indices.filter { exposures[$0].sessionID == sessionID }
        let known = members.compactMap { errors[$0] }
        return 2 * known.count > members.count ? known.median : nil
    }

    private func stopError(_ exposure: Int) -> Double? {
        stop.isEmpty ? nil : stop[exposure].flatMap { stopErrors[$0] }
    }

    /// The error of where one exposure's session lies against the other's, um.
    private func offsetError(_ a: Int, _ b: Int) -> Double? {
        let sessions = (exposures[a].sessionID, exposures[b].sessionID)
        guard sessions.0 != sessions.1 else { return 0 }
        guard let first = moveError(a), let second = moveError(b) else { return nil }
        return Vector2(first, second).length
    }

    /// The error of where an exposure's session lies against the judged one's, at the exposure, um; nil: not measured.
    private func moveError(_ exposure: Int) -> Double? {
        let id = exposures[exposure].sessionID
        return id == sessionID
            ? 0 : moves[id]?.error(at: exposures[exposure].stage, in: exposures[exposure].gridSquare)
    }
}

/// The standard errors of a matrix, um per beam-shift unit.
private struct MatrixError {
    private let squared: Matrix2

    /// Takes the errors from a calibration; nil: they are not known.
    init?(_ calibration: StoredCalibration) {
        // A matrix that may be another one altogether has errors that nobody knows.
        guard calibration.verdict == .good else { return nil }
        // Where the beam was never shifted the matrix adds nothing.
        guard let errors = calibration.method == .stage ? Matrix2(scale: 0) : calibration.errors else { return nil }
        squared = Matrix2(
            errors.m11 * errors.m11, errors.m12 * errors.m12, errors.m21 * errors.m21, errors.m22 * errors.m22)
    }

    /// The standard error of matrix x shift, rms of x and y, um.
    func spread(of shift: Vector2) -> Double {
        let variances = squared * Vector2(shift.x * shift.x, shift.y * shift.y)
        return ((variances.x + variances.y) / 2).squareRoot()
    }
}
