import EPUCore
import Foundation

/// A square of grain, made once and laid under every picture from another corner: to draw new noise for each picture
/// would take longer than everything else.
struct NoiseTile: Sendable {
    static let side = 1024

    /// The grey levels, about zero, row by row.
    let levels: [Float]

    /// - Parameters:
    ///   - deviation: The standard deviation of the grain, grey levels.
    ///   - particles: The number of protein-like rings in the tile.
    init(seed: UInt64, stream: String, deviation: Double, particles: Int = 0) {
        var random = RandomSource(seed: seed, stream: stream)
        let side = Self.side
        var white = [Float](repeating: 0, count: side * side)
        for index in white.indices {
            // The sum of bytes of one number: near enough to normal, and quick.
            var bits = random.next()
            var sum: Float = 0
            for _ in 0..<8 {
                sum += Float(bits & 0xff)
                bits >>= 8
            }
            white[index] = (sum - 1020) / 209
        }
        // A camera smears each electron over its neighbours; the grain keeps its strength.
        var levels = [Float](repeating: 0, count: side * side)
        let strength = Float(deviation) / 1.42
        for y in 0..<side {
            let above = ((y + side - 1) % side) * side
            let row = y * side
            for x in 0..<side {
                let left = (x + side - 1) % side
                levels[row + x] =
                    strength
                    * (white[row + x] + 0.6 * white[row + left] + 0.6 * white[above + x] + 0.5 * white[above + left])
            }
        }
        for _ in 0..<particles { Self.addParticle(to: &levels, random: &random) }
        self.levels = levels
    }

    private static func addParticle(to levels: inout [Float], random: inout RandomSource) {
        let side = Self.side
        let (cx, cy) = (random.index(below: side), random.index(below: side))
        let radius = random.uniform(8, 11)
        for dy in -14...14 {
            for dx in -14...14 {
                let distance = (Double(dx * dx + dy * dy)).squareRoot() - radius
                let ring = -13 * exp(-distance * distance / 5) + (distance < -3 ? -4 : 0)
                levels[((cy + dy + side) % side) * side + (cx + dx + side) % side] += Float(ring)
            }
        }
    }
}
