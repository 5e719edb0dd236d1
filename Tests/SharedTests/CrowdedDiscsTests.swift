import EPUCore
import Foundation
import Testing

@Suite("What many beams at one place cover of a camera field")
struct CrowdedDiscsTests {
    @Test("Beams within 1 nm count as one, the greatest; those farther apart do not")
    func raster() {
        let field = CameraField(width: 0.6, height: 0.4)
        func disc(_ x: Double, radius: Double = 0.25) -> Disc { Disc(center: Vector2(x, 0.1002), radius: radius) }
        let alone = field.share(coveredBy: disc(0.1002))
        #expect(field.share(coveredByAny: [disc(0.1002), disc(0.1006), disc(0.1009)]) == alone)
        #expect(field.share(coveredByAny: [disc(0.1002), disc(0.1012)]) > alone + 1e-4)
        // In two cells, but nearer than rounding.
        #expect(abs(field.share(coveredByAny: [disc(0), disc(-1e-200)]) - field.share(coveredBy: disc(0))) < 1e-12)
        for smaller in [disc(0.1003, radius: 0.2), disc(0.1003, radius: 0.2499)] {
            #expect(field.share(coveredByAny: [smaller, disc(0.1002)]) == alone)
            #expect(field.share(coveredByAny: [disc(0.1002), smaller]) == alone)
        }
    }

    @Test("A hundred and twenty-one beams in rows that do not meet are all counted")
    func rows() {
        let field = CameraField(width: 2, height: 2)
        for pitch in [0.004, 0.05, 0.1, 0.128] {
            let discs = (0..<121).map { index in
                let (column, row) = (Double(index % 11 - 5), Double(index / 11 - 5))
                return Disc(center: pitch * Vector2(column, row), radius: 0.4 * pitch)
            }
            #expect(abs(field.share(coveredByAny: discs) * field.area - 121 * discs[0].area) < 1e-12)
        }
    }

    @Test(
        "Ten thousand beams at a hundred places, near or far, cover what the hundred cover, to the last bit",
        arguments: [(0.5, 0.06), (0.02, 0.25)])
    func copies(spread: Double, radius: Double) {
        var random = RandomSource(seed: 8, stream: "unions")
        let field = CameraField(width: 0.6, height: 0.4, axis: Vector2(1, 3))
        let places = (0..<100).map { _ in
            Disc(
                center: Vector2(random.uniform(-spread, spread), random.uniform(-spread, spread)), radius: radius)
        }
        let share = field.share(coveredByAny: places)
        #expect(share > 0.3 && share < 1)
        #expect(abs(share - slabShare(of: field, coveredByAny: field.distinct(places))) < 1e-12)
        let many = places + (0..<9900).map { _ in places[random.index(below: 100)] }
        #expect(field.share(coveredByAny: many) == share)
    }

    @Test("Ten thousand beams within some nanometres of one place are wrong by less than those nanometres")
    func jitter() {
        var random = RandomSource(seed: 9, stream: "unions")
        let field = CameraField(width: 0.6, height: 0.4, axis: Vector2(1, 3))
        let place = Vector2(0.05, -0.1)
        for jitter in [0.002, 0.01, 0.05] {
            let discs = (0..<10_000).map { _ in
                let (angle, distance) = (random.uniform(0, 2 * .pi), jitter * random.uniform(0, 1).squareRoot())
                return Disc(center: place + distance * Vector2(cos(angle), sin(angle)), radius: 0.25)
            }
            // So many fill a disc except for a few percent of the jitter. A square around it has at most 128 cells from a
            // pitch of a fifth of the jitter on, and the raster is at most twice as coarse.
            let filled = field.share(coveredBy: Disc(center: place, radius: 0.25 + jitter))
            let diagonal = max(0.001, 0.4 * jitter) * 2.squareRoot()
            let inner = Disc(center: place, radius: 0.25 + 0.95 * jitter - diagonal)
            let share = field.share(coveredByAny: discs)
            #expect(share <= filled)
            #expect(share >= field.share(coveredBy: inner))
        }
    }

    @Test("Of hundreds of scattered beams never too much is found, and too little by no more than the raster")
    func scattered() {
        var random = RandomSource(seed: 10, stream: "unions")
        let points = SampledField(pointCount: 4000)
        let field = CameraField(width: 3, height: 3)
        // A square of 1 um has 64 to 81 cells of 128 nm, and more than 128 of the next smaller ones.
        let diagonal = 0.128 * 2.squareRoot()
        for _ in 0..<5 {
            let discs = (0..<300).map { _ in
                Disc(
                    center: Vector2(random.uniform(-0.5, 0.5), random.uniform(-0.5, 0.5)),
                    radius: random.uniform(0.4, 0.5))
            }
            let smaller = discs.map { Disc(center: $0.center, radius: $0.radius - diagonal) }
            let share = field.share(coveredByAny: discs)
            let most = points.share(of: field, coveredByAny: discs, random: &random)
            let least = points.share(of: field, coveredByAny: smaller, random: &random)
            #expect(share <= most + 5 * points.standardError)
            #expect(share >= least - 5 * points.standardError)
        }
    }
}
