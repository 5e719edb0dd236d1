import EPUCore
import Foundation
import Testing

@Suite("The probability that a distance is within a radius")
struct DistanceProbabilityTests {
    /// scipy.stats.rice.cdf(radius / sigma, distance / sigma), SciPy 1.17.
    private static let references: [(distance: Double, radius: Double, sigma: Double, probability: Double)] = [
        (0.001, 0.1, 0.5, 0.0198012874853),
        (0.001, 0.3, 0.1, 0.988888503859),
        (0.001, 0.4275, 2.0, 0.0225855678478),
        (0.001, 1.0, 0.2, 0.999996272765),
        (0.05, 0.1, 0.2, 0.114105851939),
        (0.05, 0.4275, 0.5, 0.304893583296),
        (0.05, 1.0, 0.5, 0.863311365808),
        (0.1, 0.1, 0.1, 0.267120196203),
        (0.158, 0.1, 0.058, 0.107756327064),
        (0.16, 0.1, 0.02, 0.00103959339886),
        (0.184, 0.3, 0.058, 0.969713009542),
        (0.2, 0.1, 0.02, 1.99363548104e-07),
        (0.2, 0.1, 0.1, 0.0818923036306),
        (0.2, 0.1, 0.5, 0.0182935066304),
        (0.2, 0.3, 0.02, 0.999999646463),
        (0.2, 0.4275, 0.2, 0.779548270056),
        (0.2, 0.4275, 0.5, 0.286519667357),
        (0.3, 0.3, 0.02, 0.486694517611),
        (0.3, 0.3, 0.1, 0.432520237709),
        (0.3, 0.3, 0.5, 0.13976760115),
        (0.30000000000000004, 0.1, 0.2, 0.0408356865892),
        (0.305, 0.3, 0.005, 0.15666362358),
        (0.315, 0.3, 0.005, 0.00131429445359),
        (0.32, 0.3, 0.02, 0.150967697617),
        (0.36, 0.3, 0.02, 0.0012211254619),
        (0.3875, 0.4275, 0.02, 0.97589034949),
        (0.4175, 0.4275, 0.005, 0.976928476287),
        (0.4225, 0.4275, 0.005, 0.839917153049),
        (0.4275, 0.4275, 0.005, 0.497666964313),
        (0.4325, 0.4275, 0.005, 0.157252489598),
        (0.4525, 0.4275, 0.005, 2.7832081974e-07),
        (0.474, 0.3, 0.058, 0.00104703069545),
        (0.8, 0.3, 0.5, 0.0511163769277),
        (0.942, 1.0, 0.058, 0.83400349905),
        (0.99, 1.0, 0.005, 0.977113869365),
        (0.995, 1.0, 0.005, 0.84073753938),
        (1.0, 1.0, 0.005, 0.499002641182),
        (1.0, 1.0, 0.058, 0.488425799729),
        (1.0, 1.0, 0.1, 0.48002781035),
        (1.0, 1.0, 0.5, 0.396499039388),
        (1.29, 1.0, 0.058, 2.51093165959e-07),
        (1.3, 1.0, 0.1, 0.00116810869028),
        (1.8, 0.3, 0.5, 0.000425759287331),
        (2.3, 0.3, 2.0, 0.00579623558163),
        (2.5, 1.0, 0.5, 0.000800729637114),
        (2.8, 0.3, 0.5, 8.10199073213e-08),
        (3.0, 1.0, 2.0, 0.0408356865892),
        (10.1, 0.1, 2.0, 3.65003404286e-09),
    ]

    @Test("It is SciPy's cumulative Rice distribution to 1e-9")
    func rice() {
        for reference in Self.references {
            let found = DistanceProbability.within(
                reference.radius, distance: reference.distance, sigma: reference.sigma)
            #expect(abs(found - reference.probability) < 1e-9, "\(reference)")
        }
    }

    @Test("At a distance of 0 it is Rayleigh's, in closed form")
    func rayleigh() {
        for ratio in [1e-3, 0.1, 0.5, 1, 2, 5, 7.9, 8.1, 100] {
            let found = DistanceProbability.within(ratio * 0.3, distance: 0, sigma: 0.3)
            #expect(abs(found - (1 - exp(-ratio * ratio / 2))) < 1e-12, "\(ratio)")
        }
        for probability in [0.05, 0.5, 0.95] {
            let radius = DistanceProbability.leastRadius(of: probability)
            #expect(abs(DistanceProbability.within(radius, distance: 0, sigma: 1) - probability) < 1e-12)
        }
    }

    @Test("An exact distance is within or not, and so is one that is all but exact")
    func exact() {
        for sigma in [0, 1e-300, 1e-12] {
            #expect(DistanceProbability.within(0.3, distance: 0.299, sigma: sigma) == 1)
            #expect(DistanceProbability.within(0.3, distance: 0.301, sigma: sigma) == 0)
        }
        #expect(DistanceProbability.within(0.3, distance: 0.3, sigma: 0) == 1)
        #expect(DistanceProbability.within(0.3, distance: .nan, sigma: 0.1) == 0)
    }

    @Test(
        "On a wide circle's edge it is a half, less what the circle's curvature takes: sigma / (2 radius) of a deviation"
    )
    func edge() {
        for ratio in [50.0, 1e3, 1e5] {
            let found = DistanceProbability.within(ratio, distance: ratio, sigma: 1)
            // The circle bends away by sigma^2 / (2 radius) on the average, where the normal density is 0.3989.
            #expect(abs(found - (0.5 - 0.398942 / (2 * ratio))) < 0.1 / (ratio * ratio), "\(ratio)")
        }
    }

    @Test("Of pairs that were measured with an error, of each probability such a share is within the radius")
    func coverage() {
        var random = RandomSource(seed: 5, stream: "coverage")
        // Box and Muller.
        func normal() -> Vector2 {
            let length = (-2 * log(1 - random.uniform(0, 1))).squareRoot()
            let angle = random.uniform(0, 2 * .pi)
            return Vector2(length * cos(angle), length * sin(angle))
        }
        var expected = [Double](repeating: 0, count: 5)
        var found = expected
        for _ in 0..<50_000 {
            // Any displacement is as likely as any other.
            let truth = Vector2(random.uniform(-1.5, 1.5), random.uniform(-1.5, 1.5))
            let measured = (truth + 0.15 * normal()).length
            let probability = DistanceProbability.within(0.3, distance: measured, sigma: 0.15)
            let bin = min(4, Int(5 * probability))
            expected[bin] += probability
            if truth.length <= 0.3 { found[bin] += 1 }
        }
        for (expected, found) in zip(expected, found) {
            #expect(found > 50 && abs(found - expected) < 4 * expected.squareRoot())
        }
    }

    @Test("It falls with the distance, and rises with the radius")
    func monotonous() {
        for sigma in [0.02, 0.1, 0.5] {
            let byDistance = (0..<200).map {
                DistanceProbability.within(0.3, distance: 0.005 * Double($0), sigma: sigma)
            }
            #expect(zip(byDistance, byDistance.dropFirst()).allSatisfy { $0 >= $1 - 1e-13 })
            let byRadius = (0..<200).map {
                DistanceProbability.within(0.005 * Double($0), distance: 0.3, sigma: sigma)
            }
            #expect(zip(byRadius, byRadius.dropFirst()).allSatisfy { $0 <= $1 + 1e-13 })
        }
    }

    @Test("Quadrature by n nodes is exact for polynomials of degree 2n - 1, and not beyond")
    func quadrature() {
        for nodes in [1, 2, 5, 16, 48] {
            let rule = GaussLegendre(nodes: nodes)
            for degree in [0, 1, 2 * nodes - 2, 2 * nodes - 1] {
                let found = rule.integral(from: 0, to: 2) { pow($0, Double(degree)) }
                let exact = pow(2, Double(degree + 1)) / Double(degree + 1)
                #expect(abs(found / exact - 1) < 1e-11, "\(nodes) nodes, degree \(degree)")
            }
        }
        let two = GaussLegendre(nodes: 2).integral(from: -1, to: 1) { pow($0, 4) }
        #expect(abs(two - 2.0 / 9) < 1e-14, "of 2 / 5")
    }
}
