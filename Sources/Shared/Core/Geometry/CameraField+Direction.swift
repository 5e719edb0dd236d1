/// What is known of a field whose direction may not be known: what holds for every direction.
extension CameraField {
    /// The share of the field, 0...1, that a disc covers; nil where it depends on the field's direction, which is not known.
    /// - Parameter disc: The disc, relative to the field's centre.
    public func knownShare(coveredBy disc: Disc) -> Double? {
        guard !isDirectionKnown else { return share(coveredBy: disc) }
        let distance = disc.center.length
        // Turned about its centre the field sweeps a disc.
        if distance >= disc.radius + reach { return 0 }
        return distance + reach <= disc.radius ? share(coveredBy: disc) : nil
    }

    /// The share of the field, 0...1, that several discs cover together; nil where it depends on the direction, which is
    /// not known.
    public func knownShare(coveredByAny discs: [Disc]) -> Double? {
        guard !isDirectionKnown else { return share(coveredByAny: discs) }
        let shares = discs.map(knownShare)
        if let whole = shares.compactMap({ $0 }).max(), whole > 0 { return whole }
        return shares.contains(nil) ? nil : 0
    }
}
