/// The gap between the distances of exposures shot again and those of neighbours: the widest interval without any distance, below
/// the least distance that the template has.
struct DistanceGap: Encodable {
    /// The lower end of the gap, um; 0: there is nothing below it.
    let fromUm: Double
    /// The upper end of the gap, um: the least distance of neighbours, or as far as was looked.
    let toUm: Double
    /// The number of exposures whose nearest earlier one lies below the gap.
    let below: Int

    /// A radius in the middle of the gap, um.
    var radiusUm: Double { (fromUm + toUm) / 2 }

    enum CodingKeys: String, CodingKey {
        case fromUm, toUm, below, radiusUm
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(fromUm, forKey: .fromUm)
        try values.encode(toUm, forKey: .toUm)
        try values.encode(below, forKey: .below)
        try values.encode(radiusUm, forKey: .radiusUm)
    }

    /// The least width of a gap, um: positions are known to about half of this.
    private static let leastWidth = 0.1

    /// Finds the gap; nil where distances leave no clear one.
    /// - Parameter reach: how far distances were looked at, um.
    init?(_ distances: RadiusSweep.Distances, reach: Double) {
        let end = min(distances.byDesign.first ?? reach, reach)
        let below = [0] + distances.nearest.prefix { $0 < end } + [end]
        let widest = below.indices.dropFirst().max { below[$0] - below[$0 - 1] < below[$1] - below[$1 - 1] }
        guard let widest, below[widest] - below[widest - 1] >= Self.leastWidth else { return nil }
        fromUm = below[widest - 1]
        toUm = below[widest]
        self.below = widest - 1
    }
}
