import EPUCore

extension Calibration {
    /// The method in words for the middle of a sentence, such as `the hole map`.
    var name: String {
        switch method {
        case .holes: "The hole map"
        case .template: "The template"
        case .history: "The microscope's history"
        case .centring: "What EPU saw in hole images"
        case .lattice: "The lattice"
        case .given, .stage, .none: "The given matrix"
        }
    }

    /// The matrix in words, such as `mirrored, scale 24.3, angle 26.8 degrees`.
    var shape: String {
        (matrix.isMirrored ? "mirrored" : "not mirrored")
            + ", scale \(matrix.scale.text(decimals: 2)), angle \(matrix.angleDegrees.text(decimals: 1)) degrees"
    }
}
