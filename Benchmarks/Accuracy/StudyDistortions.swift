import EPUCore

/// How far one session of the study is from one flat foil on a perfect stage, drawn at random: standard deviations, as
/// epu-simulate takes them.
struct StudyDistortions: Codable, Sendable {
    /// The turn of each grid square's foil, degrees; in half of the sessions none is turned.
    let squareTurn: Double
    /// The stretch of each grid square's pitch, per cent; in half of the sessions there is none.
    let squareStretch: Double
    /// The error of the stage's read-back, um in x and in y; in a third of the sessions there is none.
    let readbackError: Double
    /// The difference between read-backs after moves to and fro, um; in three quarters of the sessions there is none.
    let backlash: Double
    /// The rms distance of holes from their lattice, smooth from hole to hole, um; in three quarters of the sessions
    /// there is none.
    let wrinkle: Double

    /// Draws the distortions from the study's seed and the session's index alone, so that a session that was drawn again,
    /// because it came to nothing, is distorted as much: none of these is made rarer by what epu-simulate refuses.
    init(study seed: UInt64, index: Int) {
        var random = RandomSource(seed: seed, stream: "accuracy distortions", index: index)
        func drawn(noneOf parts: Int, _ none: Int, _ low: Double, _ high: Double) -> Double {
            let isNone = random.index(below: parts) < none
            let value = random.uniform(low, high)
            return isNone ? 0 : value
        }
        squareTurn = drawn(noneOf: 2, 1, 0.3, 3)
        squareStretch = drawn(noneOf: 2, 1, 0.3, 2)
        readbackError = drawn(noneOf: 3, 1, 0.02, 0.15)
        backlash = drawn(noneOf: 4, 3, 0, 0.1)
        wrinkle = drawn(noneOf: 4, 3, 0, 0.05)
    }
}
