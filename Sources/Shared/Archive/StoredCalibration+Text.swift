public import EPUCore

/// How people read a calibration; the matrix itself stands in JSON and in the archive.
extension StoredCalibration {
    /// The matrix in words: `24.33 +- 0.02 um per unit, 26.78 +- 0.04 degrees, mirrored`, or `k 25`.
    public var shapeText: String { matrix.shapeText(errors: errors) }
}

extension Matrix2 {
    /// The matrix as people read it, with the errors that are known of it.
    /// - Parameter errors: The standard errors of the elements; nil where they are not known.
    public func shapeText(errors: Matrix2?) -> String {
        if let k { return "k \(k.text(significant: 4))" }
        let known = errors.map { self.errors($0) }
        return
            "\(scale.text(error: known?.scale)) um per unit, \(angleDegrees.text(error: known?.angleDegrees)) degrees, "
            + (isMirrored ? "mirrored" : "not mirrored")
    }
}
