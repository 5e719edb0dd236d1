extension HoleImagePairs {
    /// What is known of so many stops where no lattice tells more: a correction where there is a pair, and an error of each;
    /// empty where there are no pairs.
    func stops(_ count: Int) -> [StopErrors.Stop] {
        guard let error = stageError else { return [] }
        return (0..<count).map { stop in
            let correction = expectedError(ofStop: stop)
            return StopErrors.Stop(
                correction: correction, error: correction == nil ? error : error / 2.0.squareRoot(), aside: nil)
        }
    }
}
