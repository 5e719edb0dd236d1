import Foundation

/// A 2x2 matrix, row by row. As a calibration it takes beam shift to stage, in um per beam-shift unit.
public struct Matrix2: Hashable, Sendable {
    public var m11: Double
    public var m12: Double
    public var m21: Double
    public var m22: Double

    /// The greatest scale that a calibration may have, um per beam-shift unit; microscopes have 24 to 26.
    public static let greatestScale = 1000.0

    public init(_ m11: Double, _ m12: Double, _ m21: Double, _ m22: Double) {
        self.m11 = m11
        self.m12 = m12
        self.m21 = m21
        self.m22 = m22
    }

    /// Makes a matrix of its four elements, row by row; nil where there are not four.
    public init?(_ elements: [Double]) {
        guard elements.count == 4 else { return nil }
        self.init(elements[0], elements[1], elements[2], elements[3])
    }

    /// Makes `scale` times the identity: what find_dupl calls k.
    public init(scale: Double) { self.init(scale, 0, 0, scale) }

    /// Makes the matrix whose columns are the images of (1, 0) and (0, 1).
    public init(columns first: Vector2, _ second: Vector2) { self.init(first.x, second.x, first.y, second.y) }

    /// Makes `scale` times a rotation by `angleDegrees` or, if mirrored, times the reflection [[cos, sin], [sin, -cos]].
    public init(scale: Double, angleDegrees: Double, isMirrored: Bool) {
        let (c, s) = (scale * cos(angleDegrees * .pi / 180), scale * sin(angleDegrees * .pi / 180))
        self = isMirrored ? Matrix2(c, s, s, -c) : Matrix2(c, -s, s, c)
    }

    public static let identity = Matrix2(scale: 1)

    public var firstColumn: Vector2 { Vector2(m11, m21) }
    public var secondColumn: Vector2 { Vector2(m12, m22) }

    /// The four elements, row by row.
    public var elements: [Double] { [m11, m12, m21, m22] }

    /// The scale of a matrix that is a scale alone, as find_dupl's k is; nil if it turns, mirrors or stretches.
    public var k: Double? { m12 == 0 && m21 == 0 && m11 == m22 ? m11 : nil }

    /// The matrix as `k 25` or `21.7,11.1,10.8,-21.7`, which the options --k and --matrix take.
    public var text: String {
        k.map { "k \($0.text())" } ?? elements.map { $0.text() }.joined(separator: ",")
    }

    public var determinant: Double { m11 * m22 - m12 * m21 }

    /// sqrt|det|: the scale of the nearest similarity, up to the anisotropy.
    public var scale: Double { abs(determinant).squareRoot() }

    public var isMirrored: Bool { determinant < 0 }

    /// The angle, in degrees in (-180, 180], of the similarity nearest in the least-squares sense:
    /// k[[cos, sin], [sin, -cos]] for a mirrored matrix, k[[cos, -sin], [sin, cos]] for a proper one.
    public var angleDegrees: Double {
        let angle = isMirrored ? atan2(m12 + m21, m11 - m22) : atan2(m21 - m12, m11 + m22)
        let degrees = angle * 180 / .pi
        return degrees <= -180 ? 180 : degrees
    }

    public var transposed: Matrix2 { Matrix2(m11, m21, m12, m22) }

    public var isFinite: Bool { m11.isFinite && m12.isFinite && m21.isFinite && m22.isFinite }

    public var inverse: Matrix2? {
        let d = determinant
        guard d != 0, d.isFinite else { return nil }
        return Matrix2(m22 / d, -m12 / d, -m21 / d, m11 / d)
    }

    /// The singular values, from s^2 + t^2 = sum of squares and s t = |det|.
    public var singularValues: (greater: Double, smaller: Double) {
        let squares = m11 * m11 + m12 * m12 + m21 * m21 + m22 * m22
        let (sum, difference) = (squares + 2 * abs(determinant), max(0, squares - 2 * abs(determinant)))
        return ((sum.squareRoot() + difference.squareRoot()) / 2, (sum.squareRoot() - difference.squareRoot()) / 2)
    }

    /// The greater singular value over the smaller one: 1 for a similarity, infinite where there is no inverse.
    public var singularRatio: Double {
        let (greater, smaller) = singularValues
        return smaller > 0 ? greater / smaller : .infinity
    }

    public static func * (a: Matrix2, b: Matrix2) -> Matrix2 {
        Matrix2(columns: a * b.firstColumn, a * b.secondColumn)
    }

    public static func * (factor: Double, m: Matrix2) -> Matrix2 {
        Matrix2(factor * m.m11, factor * m.m12, factor * m.m21, factor * m.m22)
    }

    public static func + (a: Matrix2, b: Matrix2) -> Matrix2 {
        Matrix2(a.m11 + b.m11, a.m12 + b.m12, a.m21 + b.m21, a.m22 + b.m22)
    }

    public static func - (a: Matrix2, b: Matrix2) -> Matrix2 {
        Matrix2(a.m11 - b.m11, a.m12 - b.m12, a.m21 - b.m21, a.m22 - b.m22)
    }

    @inlinable public static func * (m: Matrix2, v: Vector2) -> Vector2 {
        Vector2(m.m11 * v.x + m.m12 * v.y, m.m21 * v.x + m.m22 * v.y)
    }
}
