/// xoshiro256** (Blackman and Vigna, https://prng.di.unimi.it), seeded by SplitMix64: the same numbers on every machine
/// and with every version of Swift, which the standard library does not promise for its own shuffles and ranges.
public struct RandomSource: Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameter stream: A name that separates uses of one seed, so that a change in one does not move the others.
    public init(seed: UInt64, stream: String, index: Int = 0) {
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

    public mutating func next() -> UInt64 {
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

    /// A number drawn evenly from [low, high).
    public mutating func uniform(_ low: Double, _ high: Double) -> Double {
        low + (high - low) * Double(next() >> 11) * 0x1p-53
    }

    /// A whole number drawn evenly from 0 ..< count; `count` must be positive.
    public mutating func index(below count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }
}
