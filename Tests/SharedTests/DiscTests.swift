import EPUCore
import Foundation
import Testing

@Suite("Discs")
struct DiscTests {
    private func lens(_ radius: Double, _ otherRadius: Double, distance: Double) -> Double {
        Disc(center: .zero, radius: radius).overlap(with: Disc(center: Vector2(distance, 0), radius: otherRadius))
    }

    @Test("Two beams of one radius, a radius apart, share a lens of 2 pi / 3 - sqrt 3 / 2 squared radii")
    func equalLens() {
        let expected = 2 * Double.pi / 3 - 3.squareRoot() / 2
        #expect(abs(lens(1, 1, distance: 1) - expected) < 1e-15)
        #expect(abs(lens(0.3, 0.3, distance: 0.3) - 0.09 * expected) < 1e-15)
    }

    @Test(
        "A disc within another, or the same one, is covered whole",
        arguments: [(0.5, 1.0, 0.2), (0.5, 1, 0.5), (1, 0.5, 0), (0.7, 0.7, 0), (1e-9, 1, 0.9)])
    func within(radius: Double, otherRadius: Double, distance: Double) {
        #expect(
            lens(radius, otherRadius, distance: distance) == Disc(center: .zero, radius: min(radius, otherRadius)).area)
    }

    @Test(
        "Discs that touch, lie apart or have no radius share nothing",
        arguments: [(1.0, 1.0, 2.0), (0.25, 0.5, 0.75), (1, 1, 3), (0, 1, 0.5), (1, 0, 1), (0, 0, 0), (0, 0, 1)])
    func apart(radius: Double, otherRadius: Double, distance: Double) {
        #expect(lens(radius, otherRadius, distance: distance) == 0)
    }

    @Test("The area keeps its digits where the discs all but touch, lie within each other or are the same")
    func digits() {
        // Leading terms of the lens for a small depth; what is left out is smaller by the depth.
        for depth in [0x1p-20, 0x1p-30, 0x1p-40] {
            let touching = lens(1, 1, distance: 2 - depth)
            #expect(abs(touching / (4.0 / 3 * depth * depth.squareRoot()) - 1) < 1e-6)
        }
        let outside = 0x1p-20
        let sickle = Disc(center: .zero, radius: 0.5).area - lens(0.5, 1, distance: 0.5 + outside)
        #expect(abs(sickle / (4.0 / 3 * outside * (2 * outside).squareRoot()) - 1) < 1e-5)
        for shift in [0x1p-20, 0x1p-30] {
            let lost = Disc(center: .zero, radius: 1).area - lens(1, 1, distance: shift)
            #expect(abs(lost / (2 * shift) - 1) < 1e-5)
        }
    }

    @Test("A lens is the same from both sides, of every size, in every place, and grows as the discs come nearer")
    func invariance() {
        var random = RandomSource(seed: 1, stream: "lenses")
        for _ in 0..<2000 {
            let (radius, otherRadius) = (random.uniform(0.1, 1), random.uniform(0.1, 1))
            let distance = random.uniform(0, radius + otherRadius)
            let area = lens(radius, otherRadius, distance: distance)
            #expect(abs(area - lens(otherRadius, radius, distance: distance)) < 1e-15)
            #expect(abs(area - lens(radius / 1000, otherRadius / 1000, distance: distance / 1000) * 1e6) < 1e-14)
            #expect(lens(radius, otherRadius, distance: distance * 0.999) > area - 1e-15)
            let almostWithin = abs(radius - otherRadius) + random.uniform(0, 1e-14)
            let smaller = Disc(center: .zero, radius: min(radius, otherRadius))
            #expect(lens(radius, otherRadius, distance: almostWithin) <= smaller.area)
            // A grid's corner is some 1000 um from the middle, where coordinates are rounded to 1e-13 um.
            let (angle, place) = (random.uniform(0, 2 * .pi), Vector2(random.uniform(-1500, 1500), 1234.5))
            let moved = Disc(center: place, radius: radius)
            let other = Disc(center: place + distance * Vector2(cos(angle), sin(angle)), radius: otherRadius)
            #expect(abs(moved.overlap(with: other) - area) < 1e-12)
        }
    }

    @Test("Every lens is as large as the integral of what both discs cover of lines across it")
    func integral() {
        var random = RandomSource(seed: 2, stream: "lenses")
        for _ in 0..<200 {
            let (radius, otherRadius) = (random.uniform(0.1, 1), random.uniform(0.1, 1))
            let distance = random.uniform(abs(radius - otherRadius), radius + otherRadius)
            let (left, right) = (max(-radius, distance - otherRadius), min(radius, distance + otherRadius))
            let count = 1000
            var integral = 0.0
            for step in 0..<count {
                // Denser at the ends, where the chords' lengths are roots: x = sin^2, so that the integrand is smooth.
                let angle = (Double(step) + 0.5) * .pi / 2 / Double(count)
                let x = left + (right - left) * sin(angle) * sin(angle)
                let chord =
                    2
                    * max(0, min(radius * radius - x * x, otherRadius * otherRadius - (x - distance) * (x - distance)))
                    .squareRoot()
                integral += chord * (right - left) * sin(2 * angle) * .pi / 2 / Double(count)
            }
            // The midpoint rule's error is about the square of its step, 2.5e-6, for the kink where the rims cross.
            #expect(abs(lens(radius, otherRadius, distance: distance) - integral) < 1e-5)
        }
    }

    @Test("A radius that is negative or no number is 0, and no number makes a lens more than the smaller disc")
    func hostile() {
        #expect(Disc(center: .zero, radius: -1).radius == 0)
        #expect(Disc(center: .zero, radius: .nan).radius == 0)
        let numbers = [0, -1, 1, 1e-300, 1e-170, 1e170, 1e300, .infinity, -.infinity, .nan]
        for x in numbers {
            for radius in numbers {
                for otherRadius in numbers {
                    let disc = Disc(center: Vector2(x, 0), radius: radius)
                    let other = Disc(center: Vector2(0.5, 0), radius: otherRadius)
                    let area = disc.overlap(with: other)
                    #expect(area >= 0 && area <= min(disc.area, other.area), "\(disc) \(other)")
                    if !x.isFinite { #expect(area == 0) }
                }
            }
        }
    }
}
