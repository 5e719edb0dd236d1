import EPUCore

/// What keeps exposures apart in optics groups, beside the position of the beam.
struct Optics: Hashable, Sendable {
    let condition: Condition
    /// The high tension, kV, to the six decimals of a STAR file: jitter of the last bits parts no groups. Nil: not recorded.
    let highTension: Double?
    /// The pixel size of the movie, Angstrom, to six decimals; nil: not recorded.
    let pixelSize: Double?

    init(_ condition: Condition, highTension: Double?, pixelSize: Double?) {
        self.condition = condition
        self.highTension = highTension?.rounded(decimals: 6)
        self.pixelSize = pixelSize?.rounded(decimals: 6)
    }
}
