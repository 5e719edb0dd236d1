/// How well a lattice holds the stage stops under a matrix.
struct LatticeQuality: Sendable {
    /// The least number of residuals of stops that no unknown takes up: with fewer, stops fit some lattice under any matrix.
    static let leastFreedom = 2

    /// The rms distance of stage stops from their sites, in parts of the pitch.
    var stopResidual: Double
    /// The foil's pitch under this matrix, um.
    var pitch: Double
    /// Whether the pitch is the one that the .dm files or the user give, within 13 %; true where none is given.
    var hasExpectedPitch: Bool
    var sites: Int
    var collisions: Int
    var numberingPairs: Int
    var numberingHits: Int
    /// The degrees of freedom that are left to the stops' residuals.
    var freedom: Int
    /// The log likelihood, up to a constant of the session.
    var evidence: Double
}
