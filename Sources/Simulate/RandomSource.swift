import EPUShared
import Foundation

/// xoshiro256** (Blackman and Vigna, https://prng.di.unimi.it), seeded by SplitMix64: the same numbers on every machine
/// and with every version of Swift, which the standard library does not promise for its own shuffles and ranges.
struct RandomSource {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameter stream: separates uses of one seed, so that a change in one does not move the others.
    init(seed: UInt64, stream: String, index: Int = 0) {
        // FNV-1a of the stream's name.
        var mixer = stream.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        mixer ^= seed &* 0x9e37_79b9_7f4a_7c15
        mixer &+= UInt64(truncatingIfNeeded: index) &* 0xd134_2543_de82_ef95
        func next() -> UInt64 {
            mixer &+= 0x9e37_79b9_7f4a_7c15
            var z = mixer
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
        state = (next(), next(), next(), next())
    }

    mutating func next() -> UInt64 {
        func rotated(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotated(state.1 &* 5, 7) &* 9
        let t = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= t
        state.3 = rotated(state.3, 45)
        return result
    }

    /// Evenly in [low, high).
    mutating func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * Double(next() >> 11) * 0x1p-53
    }

    /// 0 ..< count; `count` must be positive.
    mutating func index(below count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

    /// Normal with this standard deviation, cut at 2.5 of them: a microscope that errs by more is mended.
    mutating func normal(_ deviation: Double) -> Double {
        while true {
            let radius = (-2 * log(1 - uniform(0, 1))).squareRoot()
            let value = radius * cos(2 * .pi * uniform(0, 1))
            if abs(value) <= 2.5 { return deviation * value }
        }
    }

    /// A vector in a random direction whose length is `rms` in the quadratic mean (a little less for the cut).
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
