import EPUCore

/// How many of the truly overexposed exposures were found, and how many others.
struct OverlapCounts: Encodable {
    let sessions: Int
    let exposures: Int
    /// The number of certainly overexposed exposures; `found` of them were found. `invented` others were found
    /// although they are certainly not overexposed.
    let overexposed: Int
    let found: Int
    let invented: Int
    /// The number of exposures too near to the radius to be judged.
    let undecided: Int

    /// The share of what was found that is truly overexposed; nil where nothing was found.
    var precision: Double? { found + invented == 0 ? nil : Double(found) / Double(found + invented) }
    /// The share of what is truly overexposed that was found; nil where nothing is.
    var recall: Double? { overexposed == 0 ? nil : Double(found) / Double(overexposed) }

    /// - Parameter sessions: The sessions to count; those that were not analysed are left out.
    init(_ sessions: [JudgedSession]) {
        let analysed = sessions.compactMap { session in session.overexposed.map { (session.truth, $0) } }
        self.sessions = analysed.count
        exposures = sessions.reduce(0) { $0 + ($1.overexposed == nil ? 0 : $1.session.exposures) }
        overexposed = analysed.reduce(0) { $0 + $1.0.certain.count }
        undecided = analysed.reduce(0) { $0 + $1.0.undecided.count }
        found = analysed.reduce(0) { $0 + $1.1.intersection($1.0.certain).count }
        invented = analysed.reduce(0) { $0 + $1.1.subtracting($1.0.certain).subtracting($1.0.undecided).count }
    }

    var isExact: Bool { found == overexposed && invented == 0 }

    var cells: [String] {
        [sessions, exposures, overexposed, found, invented, undecided].map(\.description)
            + shares
    }

    /// Precision and recall as texts.
    var shares: [String] { [precision, recall].map { $0?.text(decimals: 4) ?? "" } }
}

/// Counts of overexposed exposures, for the sessions whose calibration was called good and for the others.
struct OverlapTable: Encodable {
    struct Line: Encodable {
        let kind: String
        let counts: OverlapCounts
    }

    let lines: [Line]

    init(_ sessions: [JudgedSession]) {
        let good = sessions.filter(\.isGood)
        lines = [
            Line(kind: "good, hole maps", counts: OverlapCounts(good.filter(\.session.plan.hasHoleMaps))),
            Line(kind: "good, none", counts: OverlapCounts(good.filter { !$0.session.plan.hasHoleMaps })),
            Line(kind: "good", counts: OverlapCounts(good)),
            Line(kind: "not good", counts: OverlapCounts(sessions.filter { !$0.isGood })),
        ]
    }

    var text: String {
        var table = TextTable([
            "overexposed exposures", "sessions", "exposures", "true", "found", "invented", "undecided", "precision",
            "recall",
        ])
        for line in lines { table.add([line.kind] + line.counts.cells) }
        return table.text
    }
}
