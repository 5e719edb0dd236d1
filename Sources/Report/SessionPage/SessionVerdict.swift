import EPUArchive
import EPUCore

/// What a page says of a session, in a few sentences: how many micrographs to drop, what cost most of them, and what is not known.
struct SessionVerdict {
    enum Kind: String {
        case good, bad
        /// Not everything could be searched for.
        case unknown
    }

    let kind: Kind
    let sentence: HTML

    /// - Parameters:
    ///   - placed: the number of exposures that the analysis placed, with those that its criteria could not judge.
    ///   - day: the date of the first exposure, as `2025-01-08`, which times of that day leave out.
    init(
        _ analysis: SessionSummary.Analysis, _ criteria: OverlapCriteria, placed: Int,
        reviews: PageReviews, day: String
    ) {
        let unknowns = analysis.unknowns
        let judged = placed - unknowns.undecided
        kind = reviews.drop > 0 ? .bad : unknowns.isClean && judged > 0 ? .good : .unknown
        let sentences: HTML =
            if placed == 0 {
                "No micrograph could be placed on the stage, so none was judged."
            } else if judged == 0 {
                "Not known: none of \(counted(placed, "micrograph")) could be judged."
            } else if analysis.overexposed > 0 {
                Self.found(analysis, criteria, reviews)
                    + (reviews.drop > 0 ? Self.losses(analysis.incidents, day) : "")
                    + Self.uncertain(analysis.uncertain)
            } else {
                "\(PageUnits.typeset(Self.none(unknowns, criteria, of: judged, reviews)))"
            }
        let unseen = Self.unseen(unknowns)
        sentence =
            sentences + "\(PageUnits.typeset(unseen))"
            + "\(PageUnits.typeset(Self.reasons(unknowns, isFound: analysis.overexposed > 0)))"
    }

    /// What was asked for besides a distance.
    private static func demand(_ criteria: OverlapCriteria) -> String {
        criteria.needsFields ? " (\(PageUnits.typeset(criteria.text)))" : ""
    }

    /// How many are to be dropped, of those of which something is said.
    private static func share(_ reviews: PageReviews) -> String {
        let judged = reviews.drop + reviews.keep
        let share = 100 * Double(reviews.drop) / Double(max(judged, 1))
        return "\(reviews.drop) of \(counted(judged, "micrograph")) (\(share.text(decimals: 1)) %)"
    }
}

// MARK: - Nothing found

extension SessionVerdict {
    /// The sentence for a session without an overexposed exposure. A reader who stops after the first words must not take for
    /// clean what is not known.
    private static func none(
        _ unknowns: Unknowns, _ criteria: OverlapCriteria, of judged: Int, _ reviews: PageReviews
    ) -> String {
        let marked =
            reviews.bad > 0 ? "\(share(reviews)) should be dropped, as a person marked them bad. " : ""
        let asFar = Unknowns.asFarAsCompared
        let beginning = asFar.prefix(1).uppercased() + asFar.dropFirst()
        let none =
            "one of \(counted(judged, "micrograph")) "
            + (criteria.needsFields
                ? "meets the criteria\(demand(criteria))." : "was shot where the grid had been exposed before.")
        if unknowns.isClean {
            return marked + "N" + none + (marked.isEmpty ? " Nothing is to be dropped." : "")
        }
        if let ofPlaces = unknowns.ofPlaces {
            return marked + "Not known: \(ofPlaces). \(beginning), n\(none)"
        }
        // What is not known of the beam is a sentence of its own.
        if unknowns.fieldRadius != nil { return "\(marked)\(beginning), n\(none)" }
        return marked + "Not known for all: n" + none
    }
}

// MARK: - Something found

extension SessionVerdict {
    private static func found(
        _ analysis: SessionSummary.Analysis, _ criteria: OverlapCriteria, _ reviews: PageReviews
    ) -> HTML {
        let found = analysis.overexposed
        let place = "shot where the grid had been exposed before\(demand(criteria))"
        let drop: HTML = "<strong>\(share(reviews)) should be dropped</strong>"
        guard reviews.kept + reviews.bad > 0 else {
            return drop + ": \(found == 1 ? "it was" : "they were") \(place). "
        }
        var reasons = ["\(found) \(found == 1 ? "was" : "were") \(place)"]
        if reviews.kept > 0 { reasons.append("a person keeps \(reviews.kept) of these") }
        if reviews.bad > 0 { reasons.append("a person marked \(reviews.bad) more bad") }
        return drop + ": \(reasons.joined(separator: "; ")). "
    }

    /// The greatest number of incidents that the verdict names.
    private static let mostNamed = 3

    /// What cost most, with links to the incidents: `51 were lost at 16:32 when the stage did not move (incident 5).`
    private static func losses(_ incidents: [IncidentRow], _ day: String) -> HTML {
        let named = incidents.byCost.prefix(mostNamed)
        guard !named.isEmpty else { return "" }
        var parts = named.map { incident -> HTML in
            let cause = incident.cause
            let time =
                incident.time.hasPrefix(day + " ") ? incident.time.dropFirst(11).prefix(5) : incident.time.prefix(16)
            return """
                at \(String(time)) <span title="\(cause.rawValue)">\(cause.circumstance)</span> \
                (<a href="#incident-\(incident.incident)">incident \(incident.incident)</a>)
                """
        }
        if incidents.count == 1 { return "All were lost " + parts[0] + "." }
        parts = zip(named, parts).enumerated().map { index, part in
            "\(part.0.micrographs) \(index > 0 ? "" : part.0.micrographs == 1 ? "was lost " : "were lost ")" + part.1
        }
        let others = Array(incidents.byCost.dropFirst(mostNamed))
        if !others.isEmpty {
            let cost = others.reduce(0) { $0 + $1.micrographs }
            let place = others.count == 1 ? "incident-\(others[0].incident)" : "incidents"
            parts.append("\(cost) in <a href=\"#\(place)\">\(counted(others.count, "other incident"))</a>")
        }
        return parts.dropLast().joined(separator: ", ") + " and " + parts[parts.count - 1] + "."
    }

    private static func uncertain(_ count: Int) -> HTML {
        .when(count > 0, " \(count) of these \(count == 1 ? "is" : "are") uncertain (below 95 %).")
    }
}

// MARK: - What is not known

extension SessionVerdict {
    /// How wide the beam was taken to be, where no diameter is recorded.
    private static func unseen(_ unknowns: Unknowns) -> String {
        guard let radius = unknowns.fieldRadius else { return "" }
        return
            " No beam diameter is recorded: looked for was what lies within \(radius.text(decimals: 3)) um, half the shorter side "
            + "of the camera field; what a wider beam hit is not known."
    }

    /// The reasons why not all is known, if the sentence before does not give them.
    private static func reasons(_ unknowns: Unknowns, isFound: Bool) -> String {
        var text = ""
        let unknown = unknowns.counts.ofUnknownCertainty
        if unknown > 0 {
            text +=
                " It is not known how certain \(unknown) of these \(unknown == 1 ? "is" : "are"): the stage stop lies aside of the "
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
