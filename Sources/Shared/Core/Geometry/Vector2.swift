import Foundation

// The arithmetic is open to be compiled into other modules: a call for each length takes longer than the length.

/// A point or a difference of two points in the plane; the unit is the caller's, um unless a name says otherwise.
public struct Vector2: Hashable, Sendable {
    public var x: Double
    public var y: Double

    @inlinable public init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }

    public static let zero = Vector2(0, 0)

    @inlinable public var squaredLength: Double { x * x + y * y }
    @inlinable public var length: Double { squaredLength.squareRoot() }
    /// The angle of the vector, radians anticlockwise from x, in (-pi, pi].
    public var angle: Double { atan2(y, x) }
    public var isFinite: Bool { x.isFinite && y.isFinite }

    @inlinable public func distance(to other: Vector2) -> Double { (self - other).length }

    @inlinable public func dot(_ other: Vector2) -> Double { x * other.x + y * other.y }
    /// The area of the parallelogram of both vectors: positive where `other` lies anticlockwise of this one.
    @inlinable public func cross(_ other: Vector2) -> Double { x * other.y - y * other.x }

    @inlinable public static func + (a: Vector2, b: Vector2) -> Vector2 { Vector2(a.x + b.x, a.y + b.y) }
    @inlinable public static func - (a: Vector2, b: Vector2) -> Vector2 { Vector2(a.x - b.x, a.y - b.y) }
    @inlinable public static func * (factor: Double, a: Vector2) -> Vector2 { Vector2(factor * a.x, factor * a.y) }
    @inlinable public static prefix func - (a: Vector2) -> Vector2 { Vector2(-a.x, -a.y) }
}
