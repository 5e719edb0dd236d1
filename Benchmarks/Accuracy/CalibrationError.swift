import EPUCore
import Foundation

/// How far a calibration is from the true one, both from beam shift to stage.
struct CalibrationError {
    /// The greatest deviation from 1 of a singular value of M Mtrue^-1: how much any distance is wrong, as a part of it.
    let scale: Double
    /// The angle of the rotation in the polar decomposition of M Mtrue^-1, degrees.
    let degrees: Double
    let isMirrored: Bool
    /// The greatest distance by which an exposure of the session is put wrong through the matrix, um.
    let position: Double

    static let greatestScale = 0.01
    static let greatestDegrees = 0.5
    static let greatestPosition = 0.1

    /// - Parameters:
    ///   - truth: The true matrix, which has an inverse.
    ///   - beamShifts: The beam shifts of the session's exposures.
    init(of found: Matrix2, from truth: Matrix2, beamShifts: [Vector2]) {
        position = beamShifts.map { ((found - truth) * $0).length }.max() ?? 0
        guard let inverse = truth.inverse, found.isFinite else {
            (scale, degrees, isMirrored) = (.infinity, 180, false)
            return
        }
        let (first, second) = (
            found * Vector2(inverse.m11, inverse.m21), found * Vector2(inverse.m12, inverse.m22)
        )
        let quotient = Matrix2(first.x, second.x, first.y, second.y)
        // The singular values of a 2x2 matrix are the sum and the difference of its proper and its mirrored part.
        let proper = Vector2(quotient.m11 + quotient.m22, quotient.m21 - quotient.m12).length / 2
        let mirrored = Vector2(quotient.m11 - quotient.m22, quotient.m21 + quotient.m12).length / 2
        scale = max(abs(proper + mirrored - 1), abs(abs(proper - mirrored) - 1))
        degrees = abs(quotient.angleDegrees)
        isMirrored = quotient.isMirrored
    }

    var isCorrect: Bool {
        !isMirrored && scale <= Self.greatestScale && degrees <= Self.greatestDegrees
            && position <= Self.greatestPosition
    }
}
