import Foundation

/// A disc in the plane, such as the area that a beam exposes; lengths are um.
public struct Disc: Hashable, Sendable {
    public let center: Vector2
    /// The radius, um; never negative and always finite.
    public let radius: Double

    /// - Parameter radius: The radius, um. One that is negative or no number counts as 0.
    public init(center: Vector2, radius: Double) {
        self.center = center
        self.radius = radius > 0 ? min(radius, .greatestFiniteMagnitude) : 0
    }

    /// The area of the disc, um^2.
    public var area: Double { .pi * radius * radius }

    /// The area of the lens that both discs cover, um^2: the smaller disc's where the other one holds it, 0 where they
    /// only touch or a centre is not finite.
    ///
    /// Two circular segments on one chord (https://mathworld.wolfram.com/Circle-CircleIntersection.html), but with
    /// angles and segments that keep their digits where the usual formula subtracts almost equal numbers: at a touch,
    /// and where one disc is nearly within the other. Constant time.
    public func overlap(with other: Disc) -> Double {
        let distance = center.distance(to: other.center)
        guard distance < radius + other.radius else { return 0 }
        if distance <= abs(radius - other.radius) { return min(area, other.area) }
        let lens =
            segmentArea(angle: 2 * halfAngle(within: other, distance: distance))
            + other.segmentArea(angle: 2 * other.halfAngle(within: self, distance: distance))
        return min(area, other.area, lens)
    }

    /// Half the angle, in 0...pi, that the part of this disc's rim within `other` spans, as seen from this disc's centre.
    ///
    /// W. Kahan's formula for the angle of a triangle of which the sides are known ("Miscalculating Area and Angles of a
    /// Needle-like Triangle", 2014). Its four factors are, to the last bit, also those of `other`'s angle within this disc, so
    /// that both angles end on the same two points even where the discs almost touch.
    ///
    /// - Parameters:
    ///   - other: A disc whose rim crosses this one's.
    ///   - distance: The distance of the centres, um.
    func halfAngle(within other: Disc, distance: Double) -> Double {
        let (sum, difference) = (radius + other.radius, radius - other.radius)
        return 2
            * atan2(
                ((sum - distance) * (distance - difference)).squareRoot(),
                ((sum + distance) * (distance + difference)).squareRoot())
    }

    /// The area between an arc of the rim and its chord, um^2.
    /// - Parameter angle: The angle of the arc, radians, in 0...2 pi.
    func segmentArea(angle: Double) -> Double { radius * radius / 2 * angleLessSine(angle) }
}

/// x - sin x for x >= 0, to nearly all digits: where x is small, by its series instead of by the difference.
private func angleLessSine(_ x: Double) -> Double {
    guard x < 0.7 else { return x - sin(x) }
    let square = x * x
    // x^3 / 3! - x^5 / 5! + x^7 / 7! - ..., up to x^15: what follows is below 1e-16 of the sum.
    var sum = 1.0
    for factor in stride(from: 14.0, through: 4, by: -2) { sum = 1 - square / (factor * (factor + 1)) * sum }
    return x * square / 6 * sum
}
