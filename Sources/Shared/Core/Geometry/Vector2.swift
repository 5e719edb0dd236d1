import Foundation

/// A point or a difference of two points in the plane; the unit is the caller's, um unless a name says otherwise.
public struct Vector2: Hashable, Sendable {
    public var x: Double
    public var y: Double

    public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }

    public static let zero = Vector2(0, 0)

    public var squaredLength: Double { x * x + y * y }
    public var length: Double { squaredLength.squareRoot() }
    /// The angle of the vector, radians anticlockwise from x, in (-pi, pi].
    public var angle: Double { atan2(y, x) }
    public var isFinite: Bool { x.isFinite && y.isFinite }

    public func distance(to other: Vector2) -> Double { (self - other).length }

    public func dot(_ other: Vector2) -> Double { x * other.x + y * other.y }
    /// The area of the parallelogram of both vectors: positive where `other` lies anticlockwise of this one.
    public func cross(_ other: Vector2) -> Double { x * other.y - y * other.x }

    public static func + (a: Vector2, b: Vector2) -> Vector2 { Vector2(a.x + b.x, a.y + b.y) }
    public static func - (a: Vector2, b: Vector2) -> Vector2 { Vector2(a.x - b.x, a.y - b.y) }
    public static func * (factor: Double, a: Vector2) -> Vector2 { Vector2(factor * a.x, factor * a.y) }
    public static prefix func - (a: Vector2) -> Vector2 { Vector2(-a.x, -a.y) }
}
