import EPUCore

extension Calibration {
    /// The matrix in words, such as `mirrored, scale 24.3, angle 26.8 degrees`.
    var shape: String {
        (matrix.isMirrored ? "mirrored" : "not mirrored")
            + ", scale \(matrix.scale.text(decimals: 2)), angle \(matrix.angleDegrees.text(decimals: 1)) degrees"
    }
}
