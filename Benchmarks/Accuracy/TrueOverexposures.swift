/// Which exposures of a session an earlier one overlaps, from their true positions, as far as what is said of the
/// uncertainty of positions lets it be asked: a pair that is within two standard errors of the radius counts neither way.
struct TrueOverexposures {
    /// The exposures with an earlier one clearly within the radius.
    let certain: Set<String>
    /// The exposures with an earlier one near the radius, and none clearly within it.
    let undecided: Set<String>

    /// - Parameter sigma: The standard error of a pair's distance, um.
    init(_ pairs: [TruePair], radius: Double, sigma: (TruePair) -> Double) {
        var (certain, undecided) = (Set<String>(), Set<String>())
        for pair in pairs {
            let doubt = 2 * sigma(pair)
            if pair.distance <= radius - doubt {
                certain.insert(pair.later)
            } else if pair.distance <= radius + doubt {
                undecided.insert(pair.later)
            }
        }
        self.certain = certain
        self.undecided = undecided.subtracting(certain)
    }
}
