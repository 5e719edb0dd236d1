import EPUCore

/// How far the stage's read-back is off in one session: the error is a new one after each move and stays until the next.
///
/// The beam is where it was aimed all the same: EPU aims by what it sees in the hole image, not by the read-back.
struct ReadBackError {
    private let options: SimulationOptions
    private let session: Int

    init(options: SimulationOptions, session: Int) {
        self.options = options
        self.session = session
    }

    /// The difference from where the stage is to where it says that it is, um, in the session's stage frame.
    /// - Parameters:
    ///   - move: The move that took the stage to where it is now, in the same frame.
    ///   - image: The hole image of the stop, 0 before the centring and 1 after it.
    func error(after move: Vector2, stop: Int, image: Int) -> Vector2 {
        // Each move has a random stream of its own: a stop whose errors are drawn again, to find room, keeps this one.
        var random = RandomSource(seed: options.seed, stream: "read-back \(session)", index: 2 * stop + image)
        let chance = Vector2(random.standardNormal(), random.standardNormal())
        return options.readBackError * chance - options.backlash / 2 * Vector2(sign(move.x), sign(move.y))
    }

    private func sign(_ value: Double) -> Double { value > 0 ? 1 : value < 0 ? -1 : 0 }
}
