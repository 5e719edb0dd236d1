import EPUCore

/// How far the stage's read-back is off in one session: by another error after each move, and by the same until the next.
///
/// The beam is where it was aimed all the same: EPU aims by what it sees in the hole image, not by the read-back.
struct ReadBackError {
    private let options: SimulationOptions
    private let session: Int

    init(options: SimulationOptions, session: Int) {
        self.options = options
        self.session = session
    }

    /// From where the stage is to where it says that it is, um, in the session's stage frame.
    /// - Parameters:
    ///   - move: of the stage, to where it is now, in the same frame.
    ///   - image: of the stop, 0 before the centring and 1 after it.
    func error(after move: Vector2, stop: Int, image: Int) -> Vector2 {
        // A stream of its own for each move: a stop whose errors are drawn anew, to find room, keeps this one.
        var random = RandomSource(seed: options.seed, stream: "read-back \(session)", index: 2 * stop + image)
        let chance = Vector2(random.standardNormal(), random.standardNormal())
        return options.readBackError * chance - options.backlash / 2 * Vector2(sign(move.x), sign(move.y))
    }

    private func sign(_ value: Double) -> Double { value > 0 ? 1 : value < 0 ? -1 : 0 }
}
