import Foundation

extension CameraField {
    /// The share of the field, 0...1, that any of the discs covers: what more than one covers counts once.
    ///
    /// Exact where the discs' centres differ by 1 nm or more in a coordinate; of nearer ones the greatest, or of several
    /// the first, stands for all. Of more than 128 that differ, one also stands for those within 2 nm, 4 nm, ... until 128
    /// are left. So the share is never too great, and what it lacks lies within that raster's diagonal of the true
    /// outline: a few nm for beams that were meant for one place, far below the 50 nm to which positions are known, but
    /// some 100 nm for hundreds of beams that are scattered evenly over a micrometre.
    ///
    /// O(n) for n discs, and O(m^2 log m) for the m <= 128 that are left and reach into the field.
    /// - Parameter discs: The discs, relative to the field's centre, in any order; their radii may differ.
    public func share(coveredByAny discs: [Disc]) -> Double {
        var distinct = DistinctDiscs()
        for disc in discs {
            let disc = inOwnFrame(disc)
            guard reaches(disc) else { continue }
            if isWithin(disc) { return share(ofArea: area) }
            distinct.insert(disc)
        }
        if distinct.discs.count == 1 { return share(ofArea: areaInOwnFrame(coveredBy: distinct.discs[0])) }
        var boundary = UnionBoundary(of: distinct.discs, within: self)
        return share(ofArea: boundary.enclosedArea())
    }
}

/// The boundary of what some discs cover of a field: arcs of their rims and pieces of the field's sides.
private struct UnionBoundary {
    /// The discs in the field's frame; none lies within another.
    private let discs: [Disc]
    private let sides: [FieldSide]
    private var spans = CoveredSpans()

    init(of discs: [Disc], within field: CameraField) {
        // From the greatest on, so that none lies within a later one.
        var outermost: [Disc] = []
        for disc in discs.sorted(by: { $0.radius > $1.radius }) where !outermost.contains(where: disc.isWithin) {
            outermost.append(disc)
        }
        self.discs = outermost
        sides = FieldSide.all(of: field)
    }

    /// The area that is covered, um^2, by Green's theorem: half the integral of x dy - y dx along the boundary,
    /// anticlockwise around what is covered and so clockwise around holes in it.
    mutating func enclosedArea() -> Double {
        var area = 0.0
        for index in discs.indices { area += integralAlongRim(of: index) }
        for side in sides { area += integralAlong(side) }
        return area
    }

    /// The integral over the arcs that lie in the field and in no other disc: for each, the triangle from the field's
    /// centre to its ends, and the segment between chord and arc.
    private mutating func integralAlongRim(of index: Int) -> Double {
        let disc = discs[index]
        spans.removeAll()
        for side in sides {
            let chord = side.chord(of: disc)
            spans.cover(around: side.direction, halfAngle: atan2(chord.halfLength, chord.distance))
        }
        for other in discs.indices where other != index {
            let offset = discs[other].center - disc.center
            let distance = offset.length
            let reach = disc.radius + discs[other].radius
            guard distance < reach - touch * reach else { continue }
            spans.cover(around: offset.angle, halfAngle: disc.halfAngle(within: discs[other], distance: distance))
            // Most discs end here where many lie at nearly one place.
            if spans.isKnownToCover(-.pi, .pi) { return 0 }
        }
        var area = 0.0
        spans.forEachGap(from: -.pi, to: .pi) { start, end in
            let triangle = disc.rim(at: start).cross(disc.rim(at: end)) / 2
            area += triangle + disc.segmentArea(angle: end - start)
        }
        return area
    }

    /// The integral over the pieces that lie in some disc: triangles, all as high as the side is far from the field's centre.
    private mutating func integralAlong(_ side: FieldSide) -> Double {
        spans.removeAll()
        for disc in discs {
            let chord = side.chord(of: disc)
            spans.cover(from: chord.middle - chord.halfLength, to: chord.middle + chord.halfLength)
        }
        var length = 2 * side.halfLength
        spans.forEachGap(from: -side.halfLength, to: side.halfLength) { start, end in length -= end - start }
        return side.distance * length / 2
    }
}

/// A side of a field, in the field's frame.
private struct FieldSide {
    /// The direction outwards, of length 1; `direction` is its angle, radians.
    let normal: Vector2
    let direction: Double
    /// The distance of the side from the field's centre, um.
    let distance: Double
    /// Half of the side's length, um.
    let halfLength: Double

    static func all(of field: CameraField) -> [FieldSide] {
        let (width, height) = (field.halfWidth, field.halfHeight)
        return [
            FieldSide(normal: Vector2(1, 0), direction: 0, distance: width, halfLength: height),
            FieldSide(normal: Vector2(0, 1), direction: .pi / 2, distance: height, halfLength: width),
            FieldSide(normal: Vector2(-1, 0), direction: .pi, distance: width, halfLength: height),
            FieldSide(normal: Vector2(0, -1), direction: -.pi / 2, distance: height, halfLength: width),
        ]
    }

    /// The chord that a disc cuts from the side's line: the distance from the disc's centre outwards to the line, um; the
    /// chord's middle on the side, anticlockwise from the side's middle; and half the chord's length, 0 where the line
    /// misses the disc.
    func chord(of disc: Disc) -> (distance: Double, middle: Double, halfLength: Double) {
        let distance = distance - normal.dot(disc.center)
        let square = max(0, (disc.radius - distance) * (disc.radius + distance))
        return (distance, normal.cross(disc.center), square.squareRoot())
    }
}

extension Disc {
    fileprivate func rim(at angle: Double) -> Vector2 { center + radius * Vector2(cos(angle), sin(angle)) }

    fileprivate func isWithin(_ other: Disc) -> Bool {
        center.distance(to: other.center) <= other.radius - radius + touch * other.radius
    }
}

/// Circles nearer to a touch than this share of their radii count as touching: more than rounding can make of a touch.
/// Otherwise three in one point could each be found on the wrong side of another, and an arc be counted that no other
/// continues. What lies between such circles is at most this share of their areas, and mostly far less.
private let touch = 1e-12
