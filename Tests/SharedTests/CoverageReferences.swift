import EPUCore
import Foundation

/// The share of a field that some discs cover, by looking at points of it: the plainest way, to some 0.002.
struct SampledField {
    private let points: [Vector2]

    /// Halton's sequence in bases 2 and 3 (Numerische Mathematik 2, 1960): points in the unit square, spread evenly.
    init(pointCount: Int) {
        func reflected(_ number: Int, base: Int) -> Double {
            var (rest, digit, sum) = (number, 1.0, 0.0)
            while rest > 0 {
                digit /= Double(base)
                sum += digit * Double(rest % base)
                rest /= base
            }
            return sum
        }
        points = (1...pointCount).map { Vector2(reflected($0, base: 2), reflected($0, base: 3)) }
    }

    /// The standard error of as many independent points, which the shifted ones do not exceed.
    var standardError: Double { 0.5 / Double(points.count).squareRoot() }

    /// - Parameter random: shifts all points, around the square's rims (Cranley and Patterson, 1976), so that the error is
    ///   another one each time and 0 on average.
    func share(of field: CameraField, coveredByAny discs: [Disc], random: inout RandomSource) -> Double {
        let (shiftX, shiftY) = (random.uniform(0, 1), random.uniform(0, 1))
        let (axisX, axisY) = (field.axis.x, field.axis.y)
        let (width, height) = (2 * field.halfWidth, 2 * field.halfHeight)
        let circles = discs.map { (x: $0.center.x, y: $0.center.y, square: $0.radius * $0.radius) }
        var covered = 0
        for point in points {
            let across = point.x + shiftX
            let along = point.y + shiftY
            let u = ((across >= 1 ? across - 1 : across) - 0.5) * width
            let v = ((along >= 1 ? along - 1 : along) - 0.5) * height
            let (x, y) = (u * axisX - v * axisY, u * axisY + v * axisX)
            for circle in circles {
                let (dx, dy) = (x - circle.x, y - circle.y)
                if dx * dx + dy * dy <= circle.square {
                    covered += 1
                    break
                }
            }
        }
        return Double(covered) / Double(points.count)
    }
}

/// The share of a field that some discs cover, exactly but slowly: in slabs between all places where an outline starts,
/// ends, crosses another or a side, the covered parts keep their order, and each is bounded by two arcs or sides.
func slabShare(of field: CameraField, coveredByAny discs: [Disc]) -> Double {
    let (halfWidth, halfHeight) = (field.halfWidth, field.halfHeight)
    let circles = discs.map { disc in
        Circle(x: field.axis.dot(disc.center), y: field.axis.cross(disc.center), radius: disc.radius)
    }
    var cuts = [-halfWidth, halfWidth]
    for (index, circle) in circles.enumerated() {
        cuts += [circle.x - circle.radius, circle.x + circle.radius]
        for side in [-halfHeight, halfHeight] {
            let half = circle.halfChord(atOffset: side - circle.y)
            cuts += [circle.x - half, circle.x + half]
        }
        for other in circles[..<index] { cuts += circle.crossings(other) }
    }
    cuts = cuts.filter { abs($0) <= halfWidth }.sorted()
    var area = 0.0
    for (left, right) in zip(cuts, cuts.dropFirst()) where left < right {
        let middle = (left + right) / 2
        var parts: [(low: Double, high: Double, lowArc: Circle?, highArc: Circle?)] = []
        for circle in circles {
            let half = circle.halfChord(atOffset: middle - circle.x)
            let (low, high) = (circle.y - half, circle.y + half)
            guard half > 0, low < halfHeight, high > -halfHeight else { continue }
            parts.append(
                (
                    max(low, -halfHeight), min(high, halfHeight), low > -halfHeight ? circle : nil,
                    high < halfHeight ? circle : nil
                ))
        }
        parts.sort { $0.low < $1.low }
        var reached = -Double.infinity
        var arc: Circle?
        func top() -> Double { arc?.integralOfTop(left, right) ?? halfHeight * (right - left) }
        for part in parts where part.high > reached {
            if part.low > reached {
                if reached > -.infinity { area += top() }
                area -= part.lowArc?.integralOfBottom(left, right) ?? -halfHeight * (right - left)
            }
            (reached, arc) = (part.high, part.highArc)
        }
        if reached > -.infinity { area += top() }
    }
    return area / field.area
}

extension CameraField {
    /// Of discs of one radius with their centres in one cell of 1 nm the first, as the union takes them.
    func distinct(_ discs: [Disc]) -> [Disc] {
        var seen: Set<Vector2> = []
        return discs.filter { disc in
            let (u, v) = (axis.dot(disc.center), axis.cross(disc.center))
            return seen.insert(Vector2((u * 1000).rounded(.down), (v * 1000).rounded(.down))).inserted
        }
    }
}

private struct Circle {
    let x: Double
    let y: Double
    let radius: Double

    func halfChord(atOffset offset: Double) -> Double {
        max(0, (radius - offset) * (radius + offset)).squareRoot()
    }

    /// Where the circles cross or touch, along x.
    func crossings(_ other: Circle) -> [Double] {
        let offset = Vector2(other.x - x, other.y - y)
        let distance = offset.length
        // A little more than a touch, so that rounding does not hide one.
        guard distance > 0, distance <= (radius + other.radius) * (1 + 1e-9),
            distance >= abs(radius - other.radius) * (1 - 1e-9)
        else { return [] }
        let along = (distance + (radius - other.radius) * (radius + other.radius) / distance) / 2
        let half = halfChord(atOffset: along)
        let middle = x + along * offset.x / distance
        return [middle, middle - half * offset.y / distance, middle + half * offset.y / distance]
    }

    func integralOfTop(_ left: Double, _ right: Double) -> Double { y * (right - left) + halfIntegral(left, right) }
    func integralOfBottom(_ left: Double, _ right: Double) -> Double { y * (right - left) - halfIntegral(left, right) }

    private func halfIntegral(_ left: Double, _ right: Double) -> Double {
        func primitive(_ offset: Double) -> Double {
            let half = halfChord(atOffset: offset)
            return (offset * half + radius * radius * atan2(offset, half)) / 2
        }
        return primitive(right - x) - primitive(left - x)
    }
}
