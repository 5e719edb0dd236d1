import EPUCore
import Foundation

/// A stage that is tilted about its x axis moves along the specimen, the beam does not: what the beam moves
/// perpendicularly to the axis is longer on the specimen by 1 / cos(alpha).
struct Tilt {
    private let stretch: Double

    init(_ condition: Condition) { stretch = 1 / cos(Double(condition.tiltDegrees) * .pi / 180) }

    /// The matrix from the tilted specimen to a flat one.
    var flattening: Matrix2 { Matrix2(1, 0, 0, 1 / stretch) }

    func applied(_ calibration: Calibration) -> Calibration {
        var tilted = calibration
        tilted.matrix = Matrix2(1, 0, 0, stretch) * calibration.matrix
        return tilted
    }
}
