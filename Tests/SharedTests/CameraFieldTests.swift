import EPUCore
import Foundation
import Testing

@Suite("Camera fields")
struct CameraFieldTests {
    /// 4096 x 4096 pixels of 1.5 A are 0.6 um wide; this one is not square, so that the sides are told apart.
    private let field = CameraField(width: 0.6, height: 0.4, axis: Vector2(3, 4))
    /// The directions of its sides.
    private let along = Vector2(0.6, 0.8)
    private let up = Vector2(-0.8, 0.6)

    private func covered(_ u: Double, _ v: Double, radius: Double) -> Double {
        field.area(coveredBy: Disc(center: u * along + v * up, radius: radius))
    }

    @Test("A field has its size, its corners anticlockwise and its reach")
    func shape() {
        #expect(abs(field.area - 0.24) < 1e-15)
        #expect(abs(field.reach - 0.13.squareRoot()) < 1e-15)
        #expect(field.axis == along)
        let expected = [(-0.3, -0.2), (0.3, -0.2), (0.3, 0.2), (-0.3, 0.2)]
        for (corner, (u, v)) in zip(field.corners, expected) {
            #expect(corner.distance(to: u * along + v * up) < 1e-15)
            #expect(abs(corner.length - field.reach) < 1e-15)
        }
    }

    @Test("Of a small beam the whole disc is covered, on a side half of it, on a corner a quarter, beyond nothing")
    func small() {
        let area = Double.pi * 0.01
        #expect(abs(covered(0.1, -0.05, radius: 0.1) - area) < 1e-15)
        #expect(abs(covered(0.2, 0.1, radius: 0.1) - area) < 1e-15, "touches two sides")
        for (u, v) in [(0.3, 0.05), (-0.3, 0), (0.1, 0.2), (-0.1, -0.2)] {
            #expect(abs(covered(u, v, radius: 0.1) - area / 2) < 1e-15)
        }
        for (u, v) in [(0.3, 0.2), (-0.3, 0.2), (0.3, -0.2), (-0.3, -0.2)] {
            #expect(abs(covered(u, v, radius: 0.1) - area / 4) < 1e-15)
        }
        #expect(covered(0.41, 0, radius: 0.1) == 0)
        #expect(covered(0, -0.31, radius: 0.1) == 0)
        // Within both sides' reach, but not within the corner's.
        #expect(covered(0.38, 0.28, radius: 0.1) == 0)
    }

    @Test("A beam that holds all corners covers the field whole, and one that does not leaves a rest")
    func large() {
        let disc = Disc(center: 0.1 * along, radius: (0.16 + 0.04).squareRoot() + 1e-12)
        #expect(field.area(coveredBy: disc) == field.area)
        #expect(field.share(coveredBy: disc) == 1)
        let smaller = field.share(coveredBy: Disc(center: 0.1 * along, radius: 0.44))
        #expect(smaller < 1 && smaller > 0.999)
    }

    @Test("What sticks out over a side is a circular segment")
    func segment() {
        let (radius, distance) = (0.15, 0.1)
        let root = (radius * radius - distance * distance).squareRoot()
        let segment = radius * radius * acos(distance / radius) - distance * root
        #expect(abs(covered(0.2, 0, radius: radius) - (.pi * radius * radius - segment)) < 1e-15)
        #expect(abs(covered(-0.4, 0, radius: radius) - segment) < 1e-15)
        #expect(abs(covered(0, 0.3, radius: radius) - segment) < 1e-15)
        // Over two opposite sides.
        let tall = 0.25 * 0.25 * acos(0.2 / 0.25) - 0.2 * 0.15
        #expect(abs(covered(0, 0, radius: 0.25) - (.pi * 0.0625 - 2 * tall)) < 1e-15)
    }

    @Test("Every beam covers what integration gives, whatever the sizes, to 1e-13 of the smaller area")
    func integration() {
        var random = RandomSource(seed: 1, stream: "camera fields")
        for _ in 0..<3000 {
            let angle = random.uniform(0, 2 * .pi)
            let field = CameraField(
                width: random.uniform(0.05, 2), height: random.uniform(0.05, 2), axis: Vector2(cos(angle), sin(angle)))
            let radius = exp(random.uniform(log(1e-3), log(5)))
            let far = field.reach + radius
            let disc = Disc(center: Vector2(random.uniform(-far, far), random.uniform(-far, far)), radius: radius)
            let expected = slabShare(of: field, coveredByAny: [disc])
            #expect(abs(field.area(coveredBy: disc) - expected * field.area) < 1e-13 * max(disc.area, field.area))
            #expect(abs(field.share(coveredBy: disc) - expected) < 1e-13 * max(1, disc.area / field.area))
        }
    }

    @Test("A field and a beam that turn together keep their share, and a greater beam covers no less")
    func turned() {
        var random = RandomSource(seed: 2, stream: "camera fields")
        let level = CameraField(width: 0.6, height: 0.4)
        for _ in 0..<1000 {
            let center = Vector2(random.uniform(-1, 1), random.uniform(-1, 1))
            let radius = random.uniform(0, 1)
            let share = level.share(coveredBy: Disc(center: center, radius: radius))
            let angle = random.uniform(0, 360)
            let turn = Matrix2(scale: 1, angleDegrees: angle, isMirrored: false)
            let turned = CameraField(width: 0.6, height: 0.4, axis: 17 * turn.firstColumn)
            #expect(abs(turned.share(coveredBy: Disc(center: turn * center, radius: radius)) - share) < 1e-13)
            #expect(level.share(coveredBy: Disc(center: center, radius: radius * 1.01)) >= share - 1e-15)
        }
    }

    @Test("Both halves of a field are covered as much as the field")
    func halves() {
        var random = RandomSource(seed: 3, stream: "camera fields")
        let half = CameraField(width: 0.3, height: 0.4, axis: along)
        for _ in 0..<1000 {
            let disc = Disc(center: Vector2(random.uniform(-1, 1), random.uniform(-1, 1)), radius: random.uniform(0, 1))
            let parts = [-0.15, 0.15].map { middle in
                half.area(coveredBy: Disc(center: disc.center - middle * along, radius: disc.radius))
            }
            #expect(abs(parts[0] + parts[1] - field.area(coveredBy: disc)) < 1e-14)
        }
    }

    @Test("A field without a size or an axis, and numbers that are none, give a share in 0...1")
    func hostile() {
        let numbers = [0, -1, 1, 1e-300, 1e-170, 1e170, 1e300, .infinity, -.infinity, .nan]
        for width in numbers {
            for x in numbers {
                let field = CameraField(width: width, height: 1, axis: Vector2(x, 0.5))
                #expect(abs(field.axis.length - 1) < 1e-15 && field.halfWidth >= 0 && field.halfWidth.isFinite)
                for radius in numbers {
                    for center in [Vector2(x, 0), Vector2(0.1, x), Vector2(x, x)] {
                        let share = field.share(coveredBy: Disc(center: center, radius: radius))
                        #expect(share >= 0 && share <= 1, "\(field) \(center) \(radius)")
                        if !center.isFinite || !(radius > 0) || !(width > 0 && width.isFinite) { #expect(share == 0) }
                    }
                }
            }
        }
        #expect(CameraField(width: 1, height: 1).share(coveredBy: Disc(center: .zero, radius: .infinity)) == 1)
        #expect(CameraField(width: 1, height: 1, axis: .zero).axis == Vector2(1, 0))
    }
}
