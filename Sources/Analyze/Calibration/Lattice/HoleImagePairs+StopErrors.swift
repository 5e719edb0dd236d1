import EPUCore

extension HoleImagePairs {
    /// What is known of so many stops where no lattice tells more; empty if there are no pairs.
    func stops(_ count: Int) -> [StopErrors.Stop] {
        guard let error = stageError else { return [] }
        return (0..<count).map { stop in
            StopErrors.Stop(pair: expectedError(ofStop: stop), stage: error, isKnownWithout: true)
        }
    }
}

extension StopErrors.Stop {
    /// A stop of which the lattice tells nothing.
    /// - Parameters:
    ///   - pair: the error of its read-backs that its pair of hole images makes likely, um; nil: it has no pair.
    ///   - stage: the standard deviation of a read-back's error, um; a pair leaves half of its variance.
    ///   - isKnownWithout: whether a stop without a pair is as well known as a read-back.
    init(pair: Vector2?, stage: Double, isKnownWithout: Bool = false) {
        let error = pair == nil ? (isKnownWithout ? stage : nil) : stage / 2.0.squareRoot()
        self.init(correction: pair, error: error, aside: nil)
    }
}
