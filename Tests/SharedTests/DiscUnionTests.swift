import EPUCore
import Foundation
import Testing

@Suite("What several beams cover of a camera field")
struct DiscUnionTests {
    /// Holds every disc that the closed forms below are for.
    private let wide = CameraField(width: 12, height: 10, axis: Vector2(3, 4))

    private func ring(_ count: Int, radius: Double, discRadius: Double) -> [Disc] {
        (0..<count).map { index in
            let angle = 2 * Double.pi * Double(index) / Double(count) + 0.1
            return Disc(center: radius * Vector2(cos(angle), sin(angle)), radius: discRadius)
        }
    }

    private func area(_ discs: [Disc]) -> Double { wide.share(coveredByAny: discs) * wide.area }

    private func lens(distance: Double) -> Double {
        Disc(center: .zero, radius: 1).overlap(with: Disc(center: Vector2(distance, 0), radius: 1))
    }

    // MARK: - Closed forms

    @Test("No beam, one without a size, one elsewhere or one that touches a side covers nothing; a wide one everything")
    func extremes() {
        let field = CameraField(width: 0.6, height: 0.4)
        let nothing = [
            Disc(center: .zero, radius: 0), Disc(center: Vector2(1, 0), radius: 0.7),
            Disc(center: Vector2(9, 9), radius: 1),
            Disc(center: Vector2(0.38, 0.28), radius: 0.1), Disc(center: Vector2(0, -0.5), radius: 0.3),
        ]
        #expect(field.share(coveredByAny: []) == 0)
        #expect(field.share(coveredByAny: nothing) < 1e-15)
        #expect(field.share(coveredByAny: nothing + [Disc(center: Vector2(0.1, 0), radius: 0.5)]) == 1)
        // Within rounding of a side, from both sides of it.
        let other = Disc(center: .zero, radius: 0.1)
        for step in -20...20 {
            let touching = Disc(center: Vector2(0.1, 0.4 + Double(step) * 0.4.ulp), radius: 0.2)
            let share = field.share(coveredByAny: [touching, other])
            #expect(abs(share - field.share(coveredBy: other)) < 1e-12)
        }
    }

    @Test("Beams that do not meet cover the sum of what each covers, however each lies in the field")
    func disjoint() {
        var random = RandomSource(seed: 1, stream: "unions")
        for _ in 0..<1000 {
            let angle = random.uniform(0, 2 * .pi)
            let field = CameraField(
                width: random.uniform(0.2, 2), height: random.uniform(0.2, 2), axis: Vector2(cos(angle), sin(angle)))
            var discs: [Disc] = []
            for _ in 0..<12 {
                let disc = Disc(
                    center: Vector2(random.uniform(-1.5, 1.5), random.uniform(-1.5, 1.5)),
                    radius: random.uniform(0.01, 1))
                if discs.allSatisfy({ $0.center.distance(to: disc.center) >= $0.radius + disc.radius }) {
                    discs.append(disc)
                }
            }
            let sum = discs.reduce(0) { $0 + field.area(coveredBy: $1) }
            #expect(abs(field.share(coveredByAny: discs) * field.area - sum) < 1e-12)
        }
    }

    @Test("One beam covers what the closed form says, with or without others within it")
    func single() {
        var random = RandomSource(seed: 2, stream: "unions")
        let field = CameraField(width: 0.6, height: 0.4, axis: Vector2(1, 2))
        for _ in 0..<1000 {
            let disc = Disc(
                center: Vector2(random.uniform(-1, 1), random.uniform(-1, 1)), radius: random.uniform(0.1, 1))
            let inner = (0..<5).map { _ in
                let radius = random.uniform(0, disc.radius)
                let (angle, distance) = (random.uniform(0, 2 * .pi), random.uniform(0, 1) * (disc.radius - radius))
                return Disc(center: disc.center + distance * Vector2(cos(angle), sin(angle)), radius: radius)
            }
            let expected = field.share(coveredBy: disc)
            #expect(field.share(coveredByAny: [disc]) == expected)
            #expect(abs(field.share(coveredByAny: inner + [disc] + inner) - expected) < 1e-12)
        }
    }

    @Test("Two beams cover the sum of both less their lens")
    func two() {
        var random = RandomSource(seed: 3, stream: "unions")
        for _ in 0..<1000 {
            let discs = (0..<2).map { _ in
                Disc(center: Vector2(random.uniform(-2, 2), random.uniform(-2, 2)), radius: random.uniform(0.1, 2))
            }
            let expected = discs[0].area + discs[1].area - discs[0].overlap(with: discs[1])
            #expect(abs(area(discs) - expected) < 1e-12)
        }
    }

    @Test("Three beams a radius apart cover three discs less three lenses, and the Reuleaux triangle once more")
    func three() {
        let discs = ring(3, radius: 1 / 3.squareRoot(), discRadius: 1)
        let reuleaux = (Double.pi - 3.squareRoot()) / 2
        #expect(abs(area(discs) - (3 * .pi - 3 * lens(distance: 1) + reuleaux)) < 1e-12)
    }

    /// Six unit discs around a hexagon of centres that is covered as well: two thirds of each disc lie outside it, and so
    /// does half of each lens of neighbours.
    private func filledRing(radius: Double) -> Double {
        1.5 * 3.squareRoot() * radius * radius + 4 * .pi - 3 * lens(distance: radius)
    }

    @Test("A ring of beams leaves its middle uncovered, until one more covers that")
    func ringWithHole() {
        let discs = ring(6, radius: 1.8, discRadius: 1)
        #expect(abs(area(discs) - 6 * (.pi - lens(distance: 1.8))) < 1e-12)
        #expect(abs(area(discs + [Disc(center: .zero, radius: 1.5)]) - filledRing(radius: 1.8)) < 1e-12)
    }

    @Test("Beams that touch each other, the sides or all in one point are counted once each")
    func touching() {
        #expect(abs(area(ring(6, radius: 2, discRadius: 1)) - 6 * .pi) < 1e-12)
        let square = CameraField(width: 4, height: 4)
        let four = [Vector2(1, 1), Vector2(-1, 1), Vector2(-1, -1), Vector2(1, -1)].map { Disc(center: $0, radius: 1) }
        #expect(abs(square.share(coveredByAny: four) - .pi / 4) < 1e-13)
        #expect(abs(area(ring(6, radius: 1, discRadius: 1)) - filledRing(radius: 1)) < 1e-12, "all through the middle")
    }

    @Test("What beams that all but touch share, or stick out of each other, counts to 1e-12")
    func almostTouching() {
        for depth in [1e-9, 1e-7, 1e-5] {
            for center in [Vector2(2 - depth, 0), Vector2(0.6 + depth, 0)] {
                let discs = [Disc(center: .zero, radius: 1), Disc(center: center, radius: center.x > 1 ? 1 : 0.4)]
                let expected = discs[0].area + discs[1].area - discs[0].overlap(with: discs[1])
                #expect(abs(area(discs) - expected) < 1e-12)
            }
        }
    }

    @Test("Beams of several sizes that all touch in one point cover what the greatest on each side does")
    func touchingInOnePoint() {
        var random = RandomSource(seed: 11, stream: "unions")
        for _ in 0..<1000 {
            let angle = random.uniform(0, 2 * .pi)
            let direction = Vector2(cos(angle), sin(angle))
            let point = Vector2(random.uniform(-1, 1), random.uniform(-1, 1))
            var discs: [Disc] = []
            var expected = 0.0
            for side in [direction, -direction] {
                let radii = (0..<4).map { _ in random.uniform(0.05, 1) }
                discs += radii.map { Disc(center: point + $0 * side, radius: $0) }
                expected += Disc(center: .zero, radius: radii.max() ?? 0).area
            }
            #expect(abs(area(discs) - expected) < 1e-12)
        }
    }

    @Test("Beams of several sizes that touch a side in one point cover the greatest from within, nothing from without")
    func touchingSide() {
        var random = RandomSource(seed: 12, stream: "unions")
        for _ in 0..<1000 {
            let angle = random.uniform(0, 2 * .pi)
            let (along, up) = (Vector2(cos(angle), sin(angle)), Vector2(-sin(angle), cos(angle)))
            let field = CameraField(width: 6, height: 5, axis: along)
            let point = 3 * along + random.uniform(-1, 1) * up
            let radii = (0..<4).map { _ in random.uniform(0.05, 1) }
            let inside = field.share(coveredByAny: radii.map { Disc(center: point - $0 * along, radius: $0) })
            #expect(abs(inside * field.area - Disc(center: .zero, radius: radii.max() ?? 0).area) < 1e-12)
            let outside = field.share(coveredByAny: radii.map { Disc(center: point + $0 * along, radius: $0) })
            #expect(outside < 1e-12)
        }
    }

    // MARK: - Other ways of computing

    /// A field and up to a dozen beams at it: scattered, at nearly one place, or in rings that leave a hole or do not.
    private func configuration(_ number: Int, _ random: inout RandomSource) -> (field: CameraField, discs: [Disc]) {
        let angle = random.uniform(0, 2 * .pi)
        let field = CameraField(
            width: random.uniform(0.2, 2), height: random.uniform(0.2, 2), axis: Vector2(cos(angle), sin(angle)))
        let place = Vector2(random.uniform(-0.8, 0.8), random.uniform(-0.8, 0.8))
        let radius = random.uniform(0.05, 1)
        let count = 1 + random.index(below: 12)
        var discs: [Disc]
        switch number % 3 {
        case 0:
            discs = (0..<count).map { _ in
                Disc(
                    center: Vector2(random.uniform(-1.5, 1.5), random.uniform(-1.5, 1.5)),
                    radius: random.uniform(0.02, 0.8))
            }
        case 1:
            discs = (0..<count).map { _ in
                let jitter = Vector2(random.uniform(-0.02, 0.02), random.uniform(-0.02, 0.02))
                return Disc(center: place + jitter, radius: radius)
            }
        default:
            discs = ring(max(3, count), radius: radius, discRadius: radius * random.uniform(0.3, 1.3))
            discs = discs.map { Disc(center: $0.center + place, radius: $0.radius) }
        }
        return (field, discs)
    }

    @Test("Any beams cover the share of points of the field that lie in one of them")
    func sampling() {
        let points = SampledField(pointCount: 4000)
        var (random, shifts) = (RandomSource(seed: 4, stream: "unions"), RandomSource(seed: 4, stream: "shifts"))
        let count = 2000
        var (sum, squares) = (0.0, 0.0)
        for number in 0..<count {
            let (field, discs) = configuration(number, &random)
            let sampled = points.share(of: field, coveredByAny: discs, random: &shifts)
            let difference = field.share(coveredByAny: discs) - sampled
            // Five standard errors: one in a million, if the points were independent.
            #expect(abs(difference) < 5 * points.standardError, "\(field) \(discs)")
            sum += difference
            squares += difference * difference
        }
        // Errors of single shares are random, so their mean is smaller by the root of their number.
        #expect(abs(sum / Double(count)) < 5 * points.standardError / Double(count).squareRoot())
        #expect((squares / Double(count)).squareRoot() < points.standardError)
    }

    @Test("Any beams cover what integration from slab to slab gives, to 1e-12")
    func integration() {
        var random = RandomSource(seed: 5, stream: "unions")
        for number in 0..<2000 {
            let (field, discs) = configuration(number, &random)
            let expected = slabShare(of: field, coveredByAny: field.distinct(discs))
            let share = field.share(coveredByAny: discs)
            #expect(abs(share - expected) < 1e-12, "\(field) \(discs)")
        }
    }

    // MARK: - What must not matter, and what must

    @Test("The order of the beams, their copies and turning or moving everything do not change the share")
    func invariance() {
        var random = RandomSource(seed: 6, stream: "unions")
        for _ in 0..<500 {
            let field = CameraField(width: random.uniform(0.2, 1), height: random.uniform(0.2, 1))
            let discs = (0..<8).map { _ in
                Disc(center: Vector2(random.uniform(-1, 1), random.uniform(-1, 1)), radius: random.uniform(0.1, 0.5))
            }
            let share = field.share(coveredByAny: discs)
            #expect(field.share(coveredByAny: discs + discs.reversed()) == share)
            #expect(abs(field.share(coveredByAny: discs.reversed()) - share) < 1e-13)
            let turn = Matrix2(scale: 1, angleDegrees: random.uniform(0, 360), isMirrored: false)
            // A grid's corner is some 1000 um from the middle, where coordinates are rounded to 1e-13 um.
            let place = Vector2(random.uniform(-1500, 1500), 1234.5)
            let turned = CameraField(
                width: 2 * field.halfWidth, height: 2 * field.halfHeight, axis: turn.firstColumn)
            let moved = discs.map { Disc(center: (place + turn * $0.center) - place, radius: $0.radius) }
            #expect(abs(turned.share(coveredByAny: moved) - share) < 1e-11)
        }
    }

    @Test("One more beam never covers less, and never more than its own share in addition")
    func monotone() {
        var random = RandomSource(seed: 7, stream: "unions")
        for _ in 0..<200 {
            let field = CameraField(width: random.uniform(0.2, 2), height: random.uniform(0.2, 2), axis: Vector2(2, 1))
            var discs: [Disc] = []
            var share = 0.0
            for _ in 0..<20 {
                discs.append(
                    Disc(center: Vector2(random.uniform(-1, 1), random.uniform(-1, 1)), radius: random.uniform(0, 0.4)))
                let next = field.share(coveredByAny: discs)
                #expect(next >= share - 1e-13)
                #expect(next <= share + field.share(coveredBy: discs[discs.count - 1]) + 1e-13)
                share = next
            }
        }
    }

    @Test("Numbers that are none, or beyond all measure, give a share in 0...1")
    func hostile() {
        let numbers = [0, -1, 0.3, 1e-300, 1e-170, 1e9, 1e170, 1e300, .infinity, -.infinity, .nan]
        let usual = Disc(center: Vector2(0.2, 0.1), radius: 0.25)
        var all = [usual]
        for width in [0, 0.6, 1e300, .nan] {
            let field = CameraField(width: width, height: 0.4, axis: Vector2(1, 1))
            for x in numbers {
                for y in numbers {
                    for radius in numbers {
                        let disc = Disc(center: Vector2(x, y), radius: radius)
                        all.append(disc)
                        let share = field.share(coveredByAny: [usual, disc])
                        #expect(share >= 0 && share <= 1, "\(field) \(disc)")
                    }
                }
            }
            let share = field.share(coveredByAny: all.filter { $0.radius < 1 })
            #expect(share >= 0 && share <= 1)
            #expect(field.share(coveredByAny: all) >= 0)
        }
        let field = CameraField(width: 0.6, height: 0.4)
        #expect(field.share(coveredByAny: [usual, Disc(center: .zero, radius: .infinity)]) == 1)
        let nowhere = [
            Disc(center: Vector2(.nan, 0), radius: 1), Disc(center: Vector2(0, .infinity), radius: .infinity),
        ]
        #expect(field.share(coveredByAny: [usual] + nowhere) == field.share(coveredBy: usual))
    }
}
