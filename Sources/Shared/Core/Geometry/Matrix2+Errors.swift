extension Matrix2 {
    /// The standard errors of scale and angle (degrees) that follow from those of the elements, taken as independent of each
    /// other: both are differentiated by each element, and what each adds is summed up in squares.
    /// - Parameter errors: The standard errors of the elements.
    public func errors(_ errors: Matrix2) -> (scale: Double, angleDegrees: Double) {
        // scale = sqrt|m11 m22 - m12 m21|
        let bySide = [m22, -m21, -m12, m11].map { $0 / (2 * scale) }
        // angle = atan2(s, c), with s and c as `angleDegrees` has them.
        let sign = isMirrored ? 1.0 : -1.0
        let (s, c) = (m21 + sign * m12, m11 - sign * m22)
        let squares = s * s + c * c
        let byAngle = [-s / squares, sign * c / squares, c / squares, sign * s / squares]
        func sum(_ parts: [Double]) -> Double {
            zip(parts, errors.elements).reduce(0) { $0 + $1.0 * $1.0 * $1.1 * $1.1 }.squareRoot()
        }
        return (sum(bySide), sum(byAngle) * 180 / .pi)
    }
}
