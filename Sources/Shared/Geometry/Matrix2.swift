import Foundation

/// A 2x2 matrix, row by row. As a calibration it takes beam shift to stage, in um per beam-shift unit.
public struct Matrix2: Hashable, Sendable {
    public var m11: Double
    public var m12: Double
    public var m21: Double
    public var m22: Double

    public init(_ m11: Double, _ m12: Double, _ m21: Double, _ m22: Double) {
        self.m11 = m11
        self.m12 = m12
        self.m21 = m21
        self.m22 = m22
    }

    /// `scale` times the identity: what find_dupl calls k.
    public init(scale: Double) { self.init(scale, 0, 0, scale) }

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

    public var isFinite: Bool { m11.isFinite && m12.isFinite && m21.isFinite && m22.isFinite }

    public var inverse: Matrix2? {
        let d = determinant
        guard d != 0, d.isFinite else { return nil }
        return Matrix2(m22 / d, -m12 / d, -m21 / d, m11 / d)
    }

    public static func * (m: Matrix2, v: Vector2) -> Vector2 {
        Vector2(m.m11 * v.x + m.m12 * v.y, m.m21 * v.x + m.m22 * v.y)
    }
}
