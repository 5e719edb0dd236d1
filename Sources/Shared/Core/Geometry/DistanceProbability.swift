import Foundation

/// How likely it is that two points lie within a radius, where their displacement was measured with a normal error that is
/// the same in x and in y and no displacement is likelier beforehand than another: the true distance then has a Rice
/// distribution.
public enum DistanceProbability {
    /// The probability that two points lie within a radius: the cumulative Rice distribution, 1 - Q1(distance / sigma,
    /// radius / sigma) with Marcum's Q (S. O. Rice, Bell System Technical Journal 24 (1945) 46, eq. 3.10-11), as the
    /// integral of its density
    ///
    ///     r / sigma^2 exp(-(r^2 + d^2) / (2 sigma^2)) I0(r d / sigma^2)
    ///
    /// to the radius. It is good to 1e-12.
    /// - Parameters:
    ///   - distance: The distance that was measured.
    ///   - sigma: The standard error of the displacement in x and in y; 0 if it is exact. All lengths have one unit.
    public static func within(_ radius: Double, distance: Double, sigma: Double) -> Double {
        guard distance - radius < reach * sigma else { return distance <= radius ? 1 : 0 }
        guard radius - distance < reach * sigma else { return 1 }
        // From here on, lengths are in units of sigma.
        let (d, r) = (distance / sigma, radius / sigma)
        let probability = quadrature.integral(from: max(0, d - reach), to: min(r, d + reach)) { x in
            x * exp(-(x - d) * (x - d) / 2) * scaledBesselI0(x * d)
        }
        return min(1, max(0, probability))
    }

    /// The least radius that holds two points of one place with a probability, for a sigma of 1.
    public static func leastRadius(of probability: Double) -> Double { (-2 * log(1 - probability)).squareRoot() }

    /// The number of sigma beyond which nothing is left (6e-16).
    private static let reach = 8.0
    private static let quadrature = GaussLegendre(nodes: 48)

    /// The value of exp(-x) I0(x) for x >= 0: by its power series (Abramowitz and Stegun, 9.6.10), of which no term is
    /// negative, and from 30 on by the asymptotic one (9.7.1), whose terms there fall to 1e-16.
    static func scaledBesselI0(_ x: Double) -> Double {
        var (term, sum) = (1.0, 1.0)
        if x < 30 {
            var k = 1.0
            while term > 1e-17 * sum {
                term *= x * x / (4 * k * k)
                sum += term
                k += 1
            }
            return exp(-x) * sum
        }
        for k in 1...24 {
            term *= Double((2 * k - 1) * (2 * k - 1)) / (8 * Double(k) * x)
            sum += term
        }
        return sum / (2 * .pi * x).squareRoot()
    }
}
