import EPUShared

/// What a report says of a session, in a sentence.
struct SessionVerdict {
    enum Kind: String {
        case good, bad
        /// Not all could be looked for.
        case unknown
    }

    let kind: Kind
    let sentence: String

    /// - Parameter judged: exposures that the analysis placed.
    init(_ summary: SessionSummary, _ analysis: SessionSummary.Analysis, judged: Int) {
        let isUndetermined = summary.calibrations.contains { $0.verdict == "undetermined" }
        let caution =
            isUndetermined
            ? " How beam shift maps to the stage is not determined, so overlaps between stage stops were looked for only where "
                + "any matrix would give them." : ""
        guard analysis.overexposed > 0 else {
            kind = isUndetermined ? .unknown : .good
            sentence =
                "None of \(counted(judged, "micrograph")) was shot where the grid had been exposed before." + caution
            return
        }
        kind = .bad
        let share = (100 * Double(analysis.overexposed) / Double(max(1, judged))).text(decimals: 1)
        let costliest = analysis.incidents.max { ($0.micrographs, $1.incident) < ($1.micrographs, $0.incident) }
        var text =
            "\(analysis.overexposed) of \(counted(judged, "micrograph")) (\(share) %) \(analysis.overexposed == 1 ? "was" : "were") "
            + "shot where the grid had been exposed before"
        if let costliest {
            text +=
                analysis.incidents.count == 1
                ? ", all in one incident: \(costliest.cause) at \(costliest.time)"
                : ", in \(counted(analysis.incidents.count, "incident")). The costliest, \(costliest.cause) at "
                    + "\(costliest.time), spoiled \(costliest.micrographs)"
        }
        sentence = text + "." + caution
    }
}
