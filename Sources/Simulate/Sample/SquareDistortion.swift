import EPUCore
import Foundation

/// How the foil of one grid square lies to the lattice that all squares share: turned and stretched about the square's
/// centre, and wrinkled.
struct SquareDistortion: Sendable {
    /// The angle by which the foil is turned, degrees anticlockwise.
    let turnDegrees: Double
    /// The part by which the pitch is longer.
    let stretch: Double
    private let centre: Vector2
    /// The turn and the stretch less the identity: zero without them, so that rounding changes no place.
    private let change: Matrix2
    private let waves: [Wave]

    /// A displacement of `amplitude` times the cosine of the phase, um.
    private struct Wave {
        let amplitude: Vector2
        /// The wave vector, radians per um.
        let frequency: Vector2
        let phase: Double
    }

    /// The number of waves: so many that a square looks like no single wave.
    private static let waveCount = 8
    /// The shortest and the longest wavelength, um.
    private static let wavelengths = (shortest: 20.0, longest: 60.0)

    init(options: SimulationOptions, square: Int, centre: Vector2) {
        var random = RandomSource(seed: options.seed, stream: "distortion of grid squares", index: square)
        turnDegrees = options.squareTurnDegrees * random.standardNormal()
        stretch = options.squareStretchPercent / 100 * random.standardNormal()
        self.centre = centre
        change = Matrix2(scale: 1 + stretch, angleDegrees: turnDegrees, isMirrored: false) - .identity
        waves = options.wrinkle == 0 ? [] : Self.waves(rms: options.wrinkle, random: &random)
    }

    /// The true place, um, of what lies at `flat` on a flat foil that fits the other squares.
    func place(of flat: Vector2) -> Vector2 {
        let fromCentre = flat - centre
        return waves.reduce(flat + change * fromCentre) { place, wave in
            place + cos(wave.frequency.dot(fromCentre) + wave.phase) * wave.amplitude
        }
    }

    /// The axes of the square's own lattice, without its wrinkles.
    func axes(of shared: LatticeAxes) -> LatticeAxes {
        LatticeAxes(i: shared.i + change * shared.i, j: shared.j + change * shared.j)
    }

    /// Waves that together have the mean square of `rms`: that of each wave is half of the square of its amplitude.
    private static func waves(rms: Double, random: inout RandomSource) -> [Wave] {
        let amplitude = rms * (2 / Double(waveCount)).squareRoot()
        return (0..<waveCount).map { _ in
            let (way, direction) = (random.uniform(0, 2 * .pi), random.uniform(0, 2 * .pi))
            let frequency = 2 * .pi / random.uniform(wavelengths.shortest, wavelengths.longest)
            return Wave(
                amplitude: amplitude * Vector2(cos(way), sin(way)),
                frequency: frequency * Vector2(cos(direction), sin(direction)), phase: random.uniform(0, 2 * .pi))
        }
    }
}
