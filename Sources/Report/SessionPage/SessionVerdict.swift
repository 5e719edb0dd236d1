import EPUArchive
import EPUCore

/// What a report says of a session, in a few sentences.
struct SessionVerdict {
    enum Kind: String {
        case good, bad
        /// Not everything could be searched for.
        case unknown
    }

    let kind: Kind
    let sentence: String

    /// - Parameter placed: the number of exposures that the analysis placed, with those that its criteria could not judge.
    init(_ analysis: SessionSummary.Analysis, _ criteria: OverlapCriteria, placed: Int) {
        let unknowns = analysis.unknowns
        let judged = placed - unknowns.undecided
        kind = analysis.overexposed > 0 ? .bad : unknowns.isClean && judged > 0 ? .good : .unknown
        let sentences =
            if placed == 0 {
                "No micrograph could be placed on the stage, so none was judged."
            } else if judged == 0 {
                "Not known: none of \(counted(placed, "micrograph")) could be judged."
            } else if analysis.overexposed > 0 {
                Self.found(analysis, criteria, of: judged)
            } else {
                Self.none(unknowns, criteria, of: judged)
            }
        sentence = sentences + Self.reasons(unknowns, isFound: analysis.overexposed > 0)
    }

    /// What was asked for besides a distance.
    private static func demand(_ criteria: OverlapCriteria) -> String {
        criteria.needsFields ? " (\(criteria.text))" : ""
    }

    /// The sentence for a session without an overexposed exposure. A reader who stops after the first words must not take for
    /// clean what is not known.
    private static func none(_ unknowns: Unknowns, _ criteria: OverlapCriteria, of judged: Int) -> String {
        let none =
            "one of \(counted(judged, "micrograph")) "
            + (criteria.needsFields
                ? "meets the criteria\(demand(criteria))." : "was shot where the grid had been exposed before.")
        if unknowns.isClean { return "N" + none }
        if let ofJudged = unknowns.ofJudged { return "Not known: \(ofJudged). As far as could be compared, n" + none }
        return "Not known for all: n" + none
    }

    private static func found(_ analysis: SessionSummary.Analysis, _ criteria: OverlapCriteria, of judged: Int)
        -> String
    {
        let share = (100 * Double(analysis.overexposed) / Double(judged)).text(decimals: 1)
        var text =
            "\(analysis.overexposed) of \(counted(judged, "micrograph")) (\(share) %) \(analysis.overexposed == 1 ? "was" : "were") "
            + "shot where the grid had been exposed before\(demand(criteria))"
        let costliest = analysis.incidents.max { ($0.micrographs, $1.incident) < ($1.micrographs, $0.incident) }
        if let costliest {
            text +=
                analysis.incidents.count == 1
                ? ", all in one incident: \(costliest.cause.rawValue) at \(costliest.time)"
                : ", in \(counted(analysis.incidents.count, "incident")). The costliest, \(costliest.cause.rawValue) at "
                    + "\(costliest.time), cost \(costliest.micrographs)"
        }
        let uncertain = analysis.uncertain
        guard uncertain > 0 else { return text + "." }
        return text + ". \(uncertain) of these \(uncertain == 1 ? "is" : "are") uncertain (below 95 %)."
    }

    /// The reasons why not all is known, if the sentence before does not give them.
    private static func reasons(_ unknowns: Unknowns, isFound: Bool) -> String {
        var text = ""
        let unknown = unknowns.counts.ofUnknownCertainty
        if unknown > 0 {
            text +=
                " How certain \(unknown) of these \(unknown == 1 ? "is" : "are") is not known: the stage stop lies aside of the "
                + "foil's lattice."
        }
        if let possible = unknowns.counts.possibleText { text += " \(possible)." }
        if isFound, let imprecise = unknowns.precision.text { text += " P" + imprecise.dropFirst() + "." }
        if unknowns.undecided > 0 { text += " \(OverlapCriteria.undecidedText(unknowns.undecided))." }
        if isFound, let unknown = unknowns.notCompared.unknownText { text += " What" + unknown.dropFirst(4) + "." }
        if unknowns.isUndetermined {
            text +=
                " How beam shift maps to the stage is not determined, so overlaps between stage stops were looked for only "
                + "where any matrix would give them."
        }
        if unknowns.isDoubtful { text += " How beam shift maps to the stage is doubtful: see Calibration." }
        return text
    }
}
