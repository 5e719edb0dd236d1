import EPUCore

/// What `epu-analyze sweep` prints of one session.
struct SweepReport: Encodable {
    struct Setting: Encodable {
        let scale: Double
        let radiusUm: Double
        let overexposed: Int
        let share: Double
    }

    let session: String
    let exposures: Int
    /// The scale of the session's own calibration, um per unit.
    let ownScale: Double
    let settings: [Setting]
    /// The gap in the distances; nil: there is none, or distances are not known.
    let gap: DistanceGap?
    private let sweep: RadiusSweep
    private let limits: SweepLimits

    enum CodingKeys: String, CodingKey {
        case session, exposures, ownScale, settings, gap
    }

    init(session: String, _ sweep: RadiusSweep, _ limits: SweepLimits) {
        self.session = session
        self.sweep = sweep
        self.limits = limits
        exposures = sweep.exposures
        ownScale = sweep.ownScale
        settings = zip(sweep.scales, sweep.overexposed).flatMap { scale, counts in
            zip(sweep.radii, counts).map { radius, count in
                Setting(
                    scale: scale, radiusUm: radius, overexposed: count,
                    share: Double(count) / Double(max(1, sweep.exposures)))
            }
        }
        gap = limits.isUndetermined ? nil : DistanceGap(sweep.distances, reach: sweep.reach)
    }

    /// The greatest numbers of rows and columns that are printed: --json has all.
    private static let most = (radii: 40, scales: 9)

    var text: String {
        let (radii, scales) = (
            Self.thinned(sweep.radii.count, to: Self.most.radii), Self.thinned(sweep.scales.count, to: Self.most.scales)
        )
        var table = TextTable(["radius um"] + scales.map { "scale " + sweep.scales[$0].text(significant: 4) })
        for radius in radii {
            table.add(
                [sweep.radii[radius].text(significant: 4)]
                    + scales.map { scale in
                        let count = sweep.overexposed[scale][radius]
                        let share = 100 * Double(count) / Double(max(1, exposures))
                        return "\(count) (\(share.text(decimals: 2)) %)"
                    })
        }
        var lines = ["\(session): \(counted(exposures, "exposure")), overexposed by radius and scale", table.text]
        if radii.count < sweep.radii.count || scales.count < sweep.scales.count {
            lines.append("(some of \(sweep.radii.count) radii and \(sweep.scales.count) scales: --json has all)")
        }
        return (lines + (limits.isUndetermined ? [] : [gapText]) + limits.lines).joined(separator: "\n")
    }

    private var gapText: String {
        guard let gap else {
            return "no gap parts exposures shot again from neighbours: look at the pictures before you choose a radius"
        }
        let end = gap.toUm < (sweep.distances.byDesign.first ?? .infinity) ? "other exposures" : "the template's areas"
        let beyond = gap.toUm >= sweep.reach ? "as far as was looked" : "where \(end) begin"
        let nearer =
            gap.below == 0
            ? "no exposure lies nearer to an earlier one than \(gap.toUm.text(decimals: 3)) um"
            : "\(counted(gap.below, "exposure")) up to \(gap.fromUm.text(decimals: 3)) um from an earlier one, then none up to "
                + "\(gap.toUm.text(decimals: 3)) um"
        return "\(nearer), \(beyond): --radius \(gap.radiusUm.text(decimals: 2)) parts them best"
    }

    /// The indices of evenly spread items, the first and the last among them.
    private static func thinned(_ count: Int, to most: Int) -> [Int] {
        guard count > most else { return Array(0..<count) }
        return (0..<most).map { Int((Double($0) / Double(most - 1) * Double(count - 1)).rounded()) }
    }
}
