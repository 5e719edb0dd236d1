import EPUCore

/// How the errors of distances compare with their stated uncertainty: normal errors are within one standard error in 68 %
/// of the cases, and within two in 95 %.
struct CoverageCounts: Encodable {
    /// The number of pairs with a stated uncertainty.
    let pairs: Int
    let withinOne: Int
    let withinTwo: Int
    /// The rms of the stated standard errors, um, as `rmsError` of the errors; nil without pairs.
    let rmsSigma: Double?
    let rmsError: Double?

    init(_ errors: [DistanceError]) {
        pairs = errors.count
        withinOne = errors.count { $0.error <= $0.sigma }
        withinTwo = errors.count { $0.error <= 2 * $0.sigma }
        rmsSigma = Self.rms(errors.map(\.sigma))
        rmsError = Self.rms(errors.map(\.error))
    }

    private static func rms(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }

    private func share(_ count: Int) -> String { pairs == 0 ? "" : (Double(count) / Double(pairs)).text(decimals: 3) }

    var cells: [String] {
        ["\(pairs)", share(withinOne), share(withinTwo)] + [rmsError, rmsSigma].map { $0?.text(decimals: 4) ?? "" }
    }
}

/// The error of the distance of two exposures of a grid square, shot from different stops.
struct DistanceError {
    /// The difference of the found distance from the true one, without sign, um.
    let error: Double
    /// The standard error that the archive states, um.
    let sigma: Double
}

/// The coverage, one row for each kind of session.
struct CoverageTable: Encodable {
    struct Line: Encodable {
        let kind: String
        let sessions: Int
        let counts: CoverageCounts
    }

    let lines: [Line]

    init(_ sessions: [JudgedSession]) {
        let good = sessions.filter(\.isGood)
        let byReadback = DistortionBand.readbackErrors.map { band in
            ("good, " + band.name, good.filter { band.holds($0.session.plan.distortions) })
        }
        let kinds =
            [
                ("good", good), ("good, hole maps", good.filter(\.session.plan.hasHoleMaps)),
                ("good, none", good.filter { !$0.session.plan.hasHoleMaps }),
            ] + byReadback + [("not good", sessions.filter { !$0.isGood })]
        lines = kinds.map { kind, sessions in
            Line(kind: kind, sessions: sessions.count, counts: CoverageCounts(sessions.flatMap(\.distanceErrors)))
        }
    }

    var text: String {
        guard lines.contains(where: { $0.counts.pairs > 0 }) else {
            return "No uncertainties of positions are stored: nothing is known of their coverage."
        }
        var table = TextTable([
            "errors of distances", "sessions", "pairs", "within 1 sigma", "within 2 sigma", "rms error", "rms sigma",
        ])
        for line in lines { table.add([line.kind, "\(line.sessions)"] + line.counts.cells) }
        return table.text
    }
}
