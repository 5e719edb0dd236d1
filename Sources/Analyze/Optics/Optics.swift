import EPUShared

/// What keeps exposures apart in optics groups, beside the position of the beam.
struct Optics: Hashable, Sendable {
    let condition: Condition
    /// kV; nil: not recorded.
    let highTension: Double?
    /// Angstrom per pixel of the stored image, to the six decimals of a STAR file; nil: not recorded.
    let pixelSize: Double?

    init(_ condition: Condition, highTension: Double?, pixelSize: Double?) {
        self.condition = condition
        self.highTension = highTension
        self.pixelSize = pixelSize.map { ($0 * 1e6).rounded() / 1e6 }
    }
}
