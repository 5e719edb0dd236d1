import Foundation

/// The rectangle of the specimen that the camera sees, as one that every exposure of a session shares: it has a size and
/// a direction but no centre, and discs are given relative to its centre. Lengths are um.
///
///     let field = CameraField(width: 0.5, height: 0.4, axis: Vector2(0, 1))
///     let earlier = Disc(center: Vector2(0, 0.25), radius: 0.2)  // on the middle of a side
///     field.share(coveredBy: earlier)  // 0.314: half the disc
public struct CameraField: Hashable, Sendable {
    /// Half of the width, um; like `halfHeight` it is never negative and always finite.
    public let halfWidth: Double
    public let halfHeight: Double
    /// The direction of the width, of length 1. The height's is a quarter turn anticlockwise from it.
    public let axis: Vector2
    /// Whether the direction is known; if not, `axis` means nothing, and only `knownShare` tells what a disc covers.
    public let isDirectionKnown: Bool

    /// - Parameters:
    ///   - width: The width, um; if it or the height is negative or not finite, it counts as 0.
    ///   - height: The height, um.
    ///   - axis: The direction of the width, of any length; nil if it is not known. A vector without direction counts as
    ///     (1, 0).
    public init(width: Double, height: Double, axis: Vector2? = Vector2(1, 0)) {
        halfWidth = width > 0 && width.isFinite ? width / 2 : 0
        halfHeight = height > 0 && height.isFinite ? height / 2 : 0
        isDirectionKnown = axis != nil
        let axis = axis ?? Vector2(1, 0)
        let length = axis.length
        self.axis = length > 0 && length.isFinite ? Vector2(axis.x / length, axis.y / length) : Vector2(1, 0)
    }

    /// The area of the field, um^2.
    public var area: Double { 4 * halfWidth * halfHeight }

    /// The distance from the centre to a corner, um: what is farther away than this is not in the field.
    public var reach: Double { Vector2(halfWidth, halfHeight).length }

    /// The four corners, relative to the centre, anticlockwise.
    public var corners: [Vector2] {
        let (u, v) = (halfWidth * axis, halfHeight * Vector2(-axis.y, axis.x))
        return [-u - v, u - v, u + v, v - u]
    }

    /// The share of the field, 0...1, that a disc covers: 0 for a field without area.
    /// - Parameter disc: The disc, relative to the field's centre.
    public func share(coveredBy disc: Disc) -> Double { share(ofArea: area(coveredBy: disc)) }

    /// The area of the field that a disc covers, um^2, to some 1e-15 of the disc's area. Constant time; no memory.
    /// - Parameter disc: The disc, relative to the field's centre.
    public func area(coveredBy disc: Disc) -> Double {
        let disc = inOwnFrame(disc)
        guard reaches(disc) else { return 0 }
        return isWithin(disc) ? area : areaInOwnFrame(coveredBy: disc)
    }
}

// MARK: - In the field's own frame, where its sides are parallel to x and y

extension CameraField {
    func inOwnFrame(_ disc: Disc) -> Disc {
        Disc(center: Vector2(axis.dot(disc.center), axis.cross(disc.center)), radius: disc.radius)
    }

    /// The area, um^2, that a disc covers.
    func areaInOwnFrame(coveredBy disc: Disc) -> Double {
        // The area is a sum over the rectangle's corners with alternating signs, as for any integral over a rectangle: each term
        // is the area below and left of a corner.
        let (left, right) = (-halfWidth - disc.center.x, halfWidth - disc.center.x)
        let (bottom, top) = (-halfHeight - disc.center.y, halfHeight - disc.center.y)
        return max(
            0,
            disc.areaFromCenter(toX: right, y: top) - disc.areaFromCenter(toX: left, y: top)
                - disc.areaFromCenter(toX: right, y: bottom) + disc.areaFromCenter(toX: left, y: bottom))
    }

    /// Whether a disc covers more than a point of the field or of its rim.
    func reaches(_ disc: Disc) -> Bool {
        let beyond = Vector2(max(0, abs(disc.center.x) - halfWidth), max(0, abs(disc.center.y) - halfHeight))
        return disc.center.isFinite && beyond.squaredLength < disc.radius * disc.radius
    }

    /// Whether a disc holds all four corners and so the whole field.
    func isWithin(_ disc: Disc) -> Bool {
        let farthest = Vector2(abs(disc.center.x) + halfWidth, abs(disc.center.y) + halfHeight)
        return farthest.squaredLength <= disc.radius * disc.radius
    }

    func share(ofArea covered: Double) -> Double {
        let area = self.area
        return area > 0 && covered > 0 ? min(1, covered / area) : 0
    }
}

extension Disc {
    /// The area, um^2, of this disc within the rectangle that has the disc's centre and the corner (x, y), relative to
    /// it, as opposite corners. It is an integral from 0 to x and from 0 to y: negative where one of them is.
    fileprivate func areaFromCenter(toX x: Double, y: Double) -> Double {
        if x * x + y * y <= radius * radius { return x * y }
        // In the first quadrant: two right triangles, from the centre to where the rim meets the rectangle's two far
        // sides, and the sector between them.
        let (x1, y2) = (min(abs(x), radius), min(abs(y), radius))
        let y1 = ((radius - x1) * (radius + x1)).squareRoot()
        let x2 = ((radius - y2) * (radius + y2)).squareRoot()
        let angle = atan2(x1 * y2 - y1 * x2, x1 * x2 + y1 * y2)
        let area = (x1 * y1 + x2 * y2 + radius * radius * angle) / 2
        return (x < 0) == (y < 0) ? area : -area
    }
}
