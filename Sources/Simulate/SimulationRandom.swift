import EPUCore
import Foundation

/// The random draws of a simulation.
extension RandomSource {
    /// A normal number with this standard deviation, cut at 2.5 of them: a microscope that errs by more is repaired.
    mutating func normal(_ deviation: Double) -> Double {
        while true {
            let value = standardNormal()
            if abs(value) <= 2.5 { return deviation * value }
        }
    }

    /// A normal number with mean 0 and standard deviation 1, by the method of Box and Muller.
    mutating func standardNormal() -> Double {
        let radius = (-2 * log(1 - uniform(0, 1))).squareRoot()
        return radius * cos(2 * .pi * uniform(0, 1))
    }

    /// A vector in a random direction whose root mean square length is `rms` (a little less because of the cut).
    mutating func vector(rms: Double) -> Vector2 {
        Vector2(normal(rms / 2.0.squareRoot()), normal(rms / 2.0.squareRoot()))
    }

    mutating func shuffle<Element>(_ array: inout [Element]) {
        guard array.count > 1 else { return }
        for last in stride(from: array.count - 1, to: 0, by: -1) { array.swapAt(last, index(below: last + 1)) }
    }

    /// A version 4 GUID as .NET writes it.
    mutating func guid() -> String {
        let high = (next() & ~0xf000) | 0x4000
        let low = (next() & ~(0xc000 << 48)) | (0x8000 << 48)
        let digits = Array((hexadecimal(high) + hexadecimal(low)).utf8)
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32]
        return groups.map { String(decoding: digits[$0], as: UTF8.self) }.joined(separator: "-")
    }

    private func hexadecimal(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
