import Foundation

/// Gauss-Legendre quadrature: exact for polynomials up to degree 2n - 1, and nearly exact for smooth functions.
public struct GaussLegendre: Sendable {
    /// The points at which a function is evaluated, in (-1, 1).
    private let nodes: [Double]
    private let weights: [Double]

    /// Finds the nodes, which are the roots of the Legendre polynomial, by Newton's method from Tricomi's estimate
    /// (Abramowitz and Stegun, 25.4.29 and 22.16.6).
    public init(nodes count: Int) {
        var nodes: [Double] = []
        var weights: [Double] = []
        for k in 1...max(1, count) {
            var x = cos(.pi * (Double(k) - 0.25) / (Double(count) + 0.5))
            var slope = 0.0
            // Newton's method doubles the digits each time.
            for _ in 0..<6 {
                let (value, derivative) = Self.legendre(count, x)
                slope = derivative
                x -= value / derivative
            }
            nodes.append(x)
            weights.append(2 / ((1 - x * x) * slope * slope))
        }
        (self.nodes, self.weights) = (nodes, weights)
    }

    public func integral(from low: Double, to high: Double, of function: (Double) -> Double) -> Double {
        let (middle, half) = ((low + high) / 2, (high - low) / 2)
        var sum = 0.0
        for (node, weight) in zip(nodes, weights) { sum += weight * function(middle + half * node) }
        return half * sum
    }

    /// The Legendre polynomial of a degree of at least 1, and its derivative, by the recurrence in the degree.
    private static func legendre(_ degree: Int, _ x: Double) -> (value: Double, derivative: Double) {
        var (before, value) = (1.0, x)
        for n in stride(from: 2, through: degree, by: 1) {
            (before, value) = (value, (Double(2 * n - 1) * x * value - Double(n - 1) * before) / Double(n))
        }
        return (value, Double(degree) * (x * value - before) / (x * x - 1))
    }
}
