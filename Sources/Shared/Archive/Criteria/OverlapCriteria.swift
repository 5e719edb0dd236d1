import EPUCore

/// What makes a pair of exposures an overlap, and an exposure overexposed. A criterion that is nil asks nothing; those that
/// are not must all be met.
///
/// `OverlapCriterion.all` lists the properties: what the archive, JSON, the command line and texts say of them follows from it.
public struct OverlapCriteria: Hashable, Sendable {
    /// The greatest distance of beam centres, um; nil where any distance counts.
    public var radius: Double?
    /// The least share of the later camera field that the earlier beam covered, 0 to 1; nil where any share counts.
    public var minFieldOverlap: Double?
    /// The least dose that the later camera field had received before, electrons per square Angstrom; without what overlaps by
    /// design, unless neighbours count. Nil where any dose counts.
    public var minPreDose: Double?
    /// Whether areas of one visit to a hole make each other overexposed, too.
    public var countNeighbours = false
    /// The least probability of a pair that counts, between 0 and 1. It is asked only where the error of the pair's distance is
    /// known.
    public var certainty = defaultCertainty

    public static let defaultCertainty = 0.5

    public init(
        radius: Double? = nil, minFieldOverlap: Double? = nil, minPreDose: Double? = nil, countNeighbours: Bool = false,
        certainty: Double = defaultCertainty
    ) {
        self.radius = radius
        self.minFieldOverlap = minFieldOverlap
        self.minPreDose = minPreDose
        self.countNeighbours = countNeighbours
        self.certainty = certainty
    }

    /// The criteria that ask for something, in the order of the list.
    var asked: [OverlapCriterion] { OverlapCriterion.all.filter { $0.value(self) != $0.value(OverlapCriteria()) } }

    /// These criteria without what camera fields decide.
    public var withoutFields: OverlapCriteria {
        var criteria = self
        (criteria.minFieldOverlap, criteria.minPreDose) = (nil, nil)
        return criteria
    }

    /// Whether camera fields decide, so that pairs are to be sought as far as beams reach.
    public var needsFields: Bool { self != withoutFields }
}

// MARK: - Whether they are met

extension OverlapCriteria {
    /// Whether the least field overlap is met.
    /// - Parameter fieldOverlap: The share of the later field that the earlier beam covered; nil where it is not known.
    public func isMet(fieldOverlap: Double?) -> Bool {
        guard needsFields else { return true }
        // Where only the dose is asked for, a pair must have added to it.
        guard let fieldOverlap, fieldOverlap > 0 else { return false }
        return fieldOverlap >= minFieldOverlap ?? 0
    }

    /// Whether a pair added to the dose, where that is asked for.
    /// - Parameter fieldOverlap: The share of the later field that the earlier beam covered; nil where it is not known.
    public func isAddition(fieldOverlap: Double?) -> Bool { minPreDose == nil || (fieldOverlap ?? 0) > 0 }
}

// MARK: - In words

extension OverlapCriteria {
    /// The criteria in words, for example `radius 0.3735 um`.
    public var text: String { asked.map { $0.words(self) }.joined(separator: ", ") }

    /// The criteria in words, and whether only the session itself was compared: `radius 0.3735 um, within the session`.
    public func text(acrossSessions: Bool) -> String { acrossSessions ? text : text + ", within the session" }

    /// The words for an analysis that found nothing, for example `all unique within 0.3735 um`.
    private var noneText: String {
        guard let radius, !needsFields else { return "none overexposed" }
        return "all unique within \(radius.text(significant: 4)) um"
    }

    /// The words for what is not known of a session without a matrix from beam shift to stage.
    public static let undeterminedText = "what lies on each other between stage stops is not known"

    /// The words for what is not known where the criteria ask for what was not recorded of some exposures.
    public static func undecidedText(_ exposures: Int) -> String {
        "\(exposures) could not be judged, as what their fields had received is not known"
    }

    /// The words for an analysis that found nothing, for example `all unique within 0.3735 um`, or `none of 90 overexposed as far
    /// as could be compared; what bb had exposed before is not known`.
    /// - Parameter unknown: The text of `Unknowns`; nil where all is known.
    public func noneText(of exposures: Int, butFor unknown: String?) -> String {
        unknown.map { "none of \(exposures) overexposed \(Unknowns.asFarAsCompared); \($0)" } ?? noneText
    }
}
