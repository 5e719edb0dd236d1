/// How well a lattice holds the stage stops under a matrix.
struct LatticeQuality: Sendable {
    /// Residuals of stops that no unknown takes up: with fewer, stops fit some lattice by any matrix.
    static let leastFreedom = 2

    /// The rms distance of stage stops from their sites, parts of the pitch.
    var stopResidual: Double
    /// The foil's pitch under this matrix, um.
    var pitch: Double
    /// Whether this is the pitch that the .dm files or the user give, to 13 %; true where none do.
    var hasExpectedPitch: Bool
    var sites: Int
    var collisions: Int
    var numberingPairs: Int
    var numberingHits: Int
    /// Degrees of freedom that are left to the stops' residuals.
    var freedom: Int
    /// Log likelihood, up to a constant of the session.
    var evidence: Double
}
