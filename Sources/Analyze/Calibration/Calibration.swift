import EPUCore

/// A matrix from beam shift to stage, and what speaks for it.
struct Calibration: Sendable {
    var method: CalibrationMethod
    /// um per beam-shift unit.
    var matrix: Matrix2
    /// Standard error of each element, um per unit; nil where unknown.
    var errors: Matrix2?
    /// Standard error of the whole, as a part; systematic errors included.
    var relativeError: Double
    /// Rms of the fit, um.
    var residual: Double?
    var stops: Int?
    var holes: Int?
    /// Where a lattice was fitted.
    var lattice: LatticeQuality?
    /// Of the stops and holes, where the lattice tells them.
    var stopErrors: StopErrors?
    /// Log likelihood ahead of the next candidate of the same method.
    var margin: Double?
    /// Other methods that found the same, within both uncertainties.
    var agrees: [CalibrationMethod] = []
    /// What was assumed.
    var note: String?
    /// Where hole images gave it.
    var centring: Centring?

    init(_ method: CalibrationMethod, _ matrix: Matrix2, relativeError: Double) {
        self.method = method
        self.matrix = matrix
        self.relativeError = relativeError
    }

    /// Whether two calibrations differ by no more than their uncertainties explain. One that is very uncertain agrees with
    /// anything, which says nothing: it counts as no less certain than the template.
    func isConsistent(with other: Calibration) -> Bool {
        if other.centring != nil { return isNear(centring: other.matrix) }
        if centring != nil { return other.isNear(centring: matrix) }
        let (own, others) = (min(relativeError, Self.greatestError), min(other.relativeError, Self.greatestError))
        return matrix.difference(from: other.matrix) <= 0.005 + 3 * (own * own + others * others).squareRoot()
    }

    private static let greatestError = 0.04
}

extension Calibration {
    /// Of the Krios that were measured, in nanoprobe at 300 kV: 24.3, 26.0, 24 to 25 um per unit.
    static let typicalScale = 24.5
    /// Mirrored, 24.8 to 26.8 degrees on the two that were measured well: orders candidates, decides nothing.
    static let typical = Matrix2(scale: typicalScale, angleDegrees: 27, isMirrored: true)
    static let plausibleScales = 15.0...40.0
    /// Without AFIS the beam reaches the areas of one hole only, um.
    static let reachWithoutAFIS = 2.0

    /// On the three microscopes that could be measured the beam shift's mirror stands 22 degrees beyond the camera's, or
    /// opposite. Three are no law: this orders candidates, as `typical` does, and decides nothing.
    /// - Parameter cameraAngle: of the reflection that takes the camera's pixels to the stage, degrees.
    static func likely(cameraAngle: Double) -> [Matrix2] {
        [22.0, 202.0].map { Matrix2(scale: typicalScale, angleDegrees: cameraAngle + $0, isMirrored: true) }
    }

    static func isPlausible(_ matrix: Matrix2) -> Bool {
        matrix.isFinite && plausibleScales.contains(matrix.scale)
            && matrix.singularRatio < LatticeSearch.greatestRatio
    }
}
