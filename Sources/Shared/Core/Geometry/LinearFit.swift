/// Least squares of `to = matrix x from` over pairs of vectors.
public struct LinearFit: Sendable {
    /// The sum of from x from^T, which is symmetric.
    public private(set) var normal = Matrix2(scale: 0)
    /// The sum of to x from^T.
    public private(set) var moment = Matrix2(scale: 0)

    public init() {}

    public mutating func add(_ from: Vector2, to: Vector2, weight: Double = 1) {
        normal.m11 += weight * from.x * from.x
        normal.m12 += weight * from.x * from.y
        normal.m21 += weight * from.x * from.y
        normal.m22 += weight * from.y * from.y
        moment.m11 += weight * to.x * from.x
        moment.m12 += weight * to.x * from.y
        moment.m21 += weight * to.y * from.x
        moment.m22 += weight * to.y * from.y
    }

    /// Adds the pairs of another fit.
    public mutating func add(_ other: LinearFit) {
        normal = normal - -1 * other.normal
        moment = moment - -1 * other.moment
    }

    /// Adds knowledge that the matrix is 0, as weak as `weight` is small against the sums.
    public mutating func holdAtZero(weight: Double) {
        normal.m11 += weight
        normal.m22 += weight
    }

    /// The matrix of least squares; nil where all `from` lie on one line.
    public var matrix: Matrix2? { normal.inverse.map { moment * $0 } }

    /// The sum of the variances of one row of the matrix for errors of variance 1 in `to`; nil where all `from` lie on
    /// one line.
    public var rowVariance: Double? { normal.inverse.map { $0.m11 + $0.m22 } }
}
