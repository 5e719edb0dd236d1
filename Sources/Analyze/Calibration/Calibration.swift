import EPUCore

/// A matrix from beam shift to stage, and what speaks for it.
struct Calibration: Sendable {
    var method: CalibrationMethod
    /// The matrix that takes beam shift to the stage, um per beam-shift unit.
    var matrix: Matrix2
    /// The standard error of each element, um per unit; nil where unknown.
    var errors: Matrix2?
    /// The standard error of the whole matrix, as a part of it; systematic errors are included.
    var relativeError: Double
    /// The rms distance of what was fitted from where the fit puts it, um; nil where nothing was fitted.
    var residual: Double?
    var stops: Int?
    var holes: Int?
    /// How well the lattice holds the stage stops; nil where no lattice was fitted.
    var lattice: LatticeQuality?
    /// The errors of the stage stops and holes; nil where no lattice tells them.
    var stopErrors: StopErrors?
    /// By how much this calibration is ahead of the next candidate of the same method, log likelihood.
    var margin: Double?
    /// The other methods that found the same matrix, within both uncertainties.
    var agrees: [CalibrationMethod] = []
    /// What was assumed to find the matrix, in words; nil: nothing.
    var note: String?
    /// What hole images told; nil where the matrix does not come from them.
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
    /// The scale of the Krios microscopes that were measured, in nanoprobe at 300 kV: 24.3, 26.0, 24 to 25 um per unit.
    static let typicalScale = 24.5
    /// A usual matrix: mirrored, with the angle of 24.8 to 26.8 degrees of the two microscopes that were measured well. It only
    /// puts candidates in order and decides nothing.
    static let typical = Matrix2(scale: typicalScale, angleDegrees: 27, isMirrored: true)
    /// The scales that a microscope can have, um per beam-shift unit.
    static let plausibleScales = 15.0...40.0
    /// How far the beam is shifted without AFIS, where it reaches the areas of one hole only, um.
    static let reachWithoutAFIS = 2.0

    /// The matrices that the camera's orientation makes likely. On the three microscopes that could be measured the beam shift's
    /// mirror stands 22 degrees beyond the camera's, or opposite. Three are no law: these matrices put candidates in order, as
    /// `typical` does, and decide nothing.
    /// - Parameter cameraAngle: the angle of the reflection that takes the camera's pixels to the stage, degrees.
    static func likely(cameraAngle: Double) -> [Matrix2] {
        [22.0, 202.0].map { Matrix2(scale: typicalScale, angleDegrees: cameraAngle + $0, isMirrored: true) }
    }

    static func isPlausible(_ matrix: Matrix2) -> Bool {
        matrix.isFinite && plausibleScales.contains(matrix.scale)
            && matrix.singularRatio < LatticeSearch.greatestRatio
    }
}
