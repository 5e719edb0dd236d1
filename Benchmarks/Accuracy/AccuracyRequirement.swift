import EPUCore

/// What the study must show, and whether it does.
struct AccuracyRequirement: Encodable {
    let wording: String
    /// The share that was counted; nil where no session could show it.
    let number: Double?
    let isMet: Bool
    /// The counts from which the number comes.
    let detail: String

    private init(atMost bound: Double, _ wording: String, _ part: Int, of whole: Int) {
        self.wording = wording
        number = whole == 0 ? nil : Double(part) / Double(whole)
        isMet = number.map { $0 <= bound } ?? false
        detail = "\(part) of \(whole)"
    }

    private init(atLeast bound: Double, _ wording: String, _ part: Int, of whole: Int) {
        self.wording = wording
        number = whole == 0 ? nil : Double(part) / Double(whole)
        isMet = number.map { $0 >= bound } ?? false
        detail = "\(part) of \(whole)"
    }

    private init(within bounds: ClosedRange<Double>, _ wording: String, _ part: Int, of whole: Int) {
        self.wording = wording
        number = whole == 0 ? nil : Double(part) / Double(whole)
        isMet = number.map(bounds.contains) ?? false
        detail = "\(part) of \(whole)"
    }

    static func all(_ sessions: [JudgedSession]) -> [AccuracyRequirement] {
        // Without hole maps the lattice is all there is, and a fault breaks it.
        let rich = sessions.filter { session in
            session.session.plan.hasHoleMaps || (session.session.stops >= 14 && session.session.faults == 0)
        }
        let few = sessions.filter { !$0.session.plan.hasHoleMaps && $0.stops == .few }
        let good = sessions.filter(\.isGood)
        let overlaps = OverlapCounts(good)
        let coverage = CoverageCounts(good.flatMap(\.distanceErrors))
        return [
            AccuracyRequirement(
                atMost: 0, "called good but wrong: no session",
                sessions.count { $0.isGood && !$0.isCorrect }, of: sessions.count),
            AccuracyRequirement(
                atLeast: 0.95, "hole maps, or 14 stops and no fault: at least 95 % correct and called good",
                rich.count { $0.isGood && $0.isCorrect }, of: rich.count),
            AccuracyRequirement(
                atLeast: 0.6, "6 to 13 stops without hole maps: at least 60 % correct", few.count { $0.isCorrect },
                of: few.count),
            AccuracyRequirement(
                atLeast: 0.995, "overexposed where called good: precision of at least 0.995", overlaps.found,
                of: overlaps.found + overlaps.invented),
            AccuracyRequirement(
                atLeast: 0.995, "overexposed where called good: recall of at least 0.995", overlaps.found,
                of: overlaps.overexposed),
            AccuracyRequirement(
                within: 0.63...0.73, "distances within 1 sigma where called good: 63 to 73 %", coverage.withinOne,
                of: coverage.pairs),
            AccuracyRequirement(
                within: 0.9...1, "distances within 2 sigma where called good: at least 90 %", coverage.withinTwo,
                of: coverage.pairs),
        ]
    }

    var text: String {
        "\(isMet ? "met    " : "NOT MET") \(wording): \(number.map { $0.text(decimals: 4) } ?? "none") (\(detail))"
    }
}
