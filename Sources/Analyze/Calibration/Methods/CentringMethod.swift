import EPUCore
import Foundation

/// EPU's own matrix, read from what it did: where it found holes in their images, and the beam shifts that it made of that.
enum CentringMethod {
    /// The error of the scale, as a part. The matrix is exact in the hole image's frame, which differs from the stage's by some
    /// per cent in scale, and by about a degree.
    static let scaleError = 0.03
    /// The error of the angle, radians.
    static let turnError = 1.0 * .pi / 180

    static func calibration(_ input: CalibrationInput) -> Calibration? {
        guard !input.holeImages.isEmpty else { return nil }
        let points = CentringPoints(input)
        guard let consensus = CentringConsensus(points.points) else { return nil }
        let found = Centring(input, points, consensus)
        // Areas alone are left to the template's own method.
        guard found.support > 0, found.holes > 1 else { return nil }
        let error = (scaleError * scaleError + turnError * turnError + consensus.fitError * consensus.fitError)
            .squareRoot()
        var result = Calibration(.centring, consensus.matrix, relativeError: error)
        let element = error * consensus.matrix.scale / 2.0.squareRoot()
        result.errors = Matrix2(element, element, element, element)
        result.residual = consensus.residual
        result.holes = found.holes
        result.centring = found
        return result
    }
}
