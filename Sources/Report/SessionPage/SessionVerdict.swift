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

    /// - Parameters:
    ///   - judged: exposures that the analysis placed.
    ///   - isComplete: whether all exposures were judged, and all that the criteria ask for is known.
    ///   - notCompared: earlier sessions of the grid of which it is not known what they had exposed.
    init(
        _ summary: SessionSummary, _ analysis: SessionSummary.Analysis, _ criteria: OverlapCriteria, judged: Int,
        isComplete: Bool, notCompared: [UncomparedSession]
    ) {
        let verdicts = Set(summary.calibrations.map(\.verdict))
        let caution =
            verdicts.contains("undetermined")
            ? " How beam shift maps to the stage is not determined, so overlaps between stage stops were looked for only where "
                + "any matrix would give them."
            : verdicts.contains("doubtful") ? " How beam shift maps to the stage is doubtful: see Calibration." : ""
        guard judged > 0 else {
            kind = .unknown
            sentence = "No micrograph could be placed on the stage, so none was judged." + caution
            return
        }
        // What else than a distance was asked for.
        let demand = criteria.needsFields ? " (\(criteria.text))" : ""
        guard analysis.overexposed > 0 else {
            kind = caution.isEmpty && isComplete && notCompared.isEmpty ? .good : .unknown
            let unknowns = [
                notCompared.unknownText, verdicts.contains("undetermined") ? OverlapCriteria.undeterminedText : nil,
            ].compactMap { $0 }
            guard unknowns.isEmpty else {
                sentence =
                    "Not known: \(unknowns.joined(separator: "; ")). As far as could be compared, none of \(counted(judged, "micrograph")) "
                    + (criteria.needsFields
                        ? "meets the criteria\(demand)." : "was shot where the grid had been exposed before.") + caution
                return
            }
            // A reader who stops after the first words must not take for clean what was not judged.
            sentence =
                (isComplete ? "N" : "Not known for all: n")
                + "one of \(counted(judged, "micrograph")) "
                + (criteria.needsFields
                    ? "meets the criteria\(demand)." : "was shot where the grid had been exposed before.") + caution
            return
        }
        kind = .bad
        let share = (100 * Double(analysis.overexposed) / Double(max(1, judged))).text(decimals: 1)
        let costliest = analysis.incidents.max { ($0.micrographs, $1.incident) < ($1.micrographs, $0.incident) }
        var text =
            "\(analysis.overexposed) of \(counted(judged, "micrograph")) (\(share) %) \(analysis.overexposed == 1 ? "was" : "were") "
            + "shot where the grid had been exposed before\(demand)"
        if let costliest {
            text +=
                analysis.incidents.count == 1
                ? ", all in one incident: \(costliest.cause) at \(costliest.time)"
                : ", in \(counted(analysis.incidents.count, "incident")). The costliest, \(costliest.cause) at "
                    + "\(costliest.time), cost \(costliest.micrographs)"
        }
        let unknown = notCompared.unknownText.map { " What" + $0.dropFirst(4) + "." } ?? ""
        sentence = text + "." + unknown + caution
    }
}
