import EPUCore

/// What makes a pair of exposures an overlap, and an exposure overexposed. A criterion that is nil asks nothing; those that
/// are not must all be met.
///
/// `OverlapCriterion.all` lists the properties: what the archive, JSON, the command line and texts say of them follows from it.
public struct OverlapCriteria: Hashable, Sendable {
    /// Greatest distance of beam centres, um.
    public var radius: Double?
    /// Least share of the later camera field that the earlier beam covered, 0 to 1.
    public var minFieldOverlap: Double?
    /// Least dose that the later camera field had received before, electrons per square Angstrom; without what overlaps by
    /// design, unless neighbours count.
    public var minPreDose: Double?
    /// Whether areas of one visit to a hole make each other overexposed, too.
    public var countNeighbours = false
    /// The least probability of a pair that counts, between 0 and 1, where how well its distance is known is known.
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

    /// Those that ask for something, in the order of the list.
    var asked: [OverlapCriterion] { OverlapCriterion.all.filter { $0.value(self) != $0.value(OverlapCriteria()) } }

    /// Whether camera fields decide, so that pairs are to be sought as far as beams reach.
    public var needsFields: Bool { minFieldOverlap != nil || minPreDose != nil }

    /// The same without what camera fields decide.
    public var withoutFields: OverlapCriteria {
        var criteria = self
        (criteria.minFieldOverlap, criteria.minPreDose) = (nil, nil)
        return criteria
    }
}

// MARK: - Whether they are met

extension OverlapCriteria {
    /// - Parameter fieldOverlap: the share of the later field that the earlier beam covered; nil where it is not known.
    public func isMet(fieldOverlap: Double?) -> Bool {
        guard needsFields else { return true }
        // Where only the dose is asked for, a pair must have added to it.
        guard let fieldOverlap, fieldOverlap > 0 else { return false }
        return fieldOverlap >= minFieldOverlap ?? 0
    }

    /// Whether a pair added to the dose, where that is asked for.
    /// - Parameter fieldOverlap: the share of the later field that the earlier beam covered; nil where it is not known.
    public func isAddition(fieldOverlap: Double?) -> Bool { minPreDose == nil || (fieldOverlap ?? 0) > 0 }
}

// MARK: - In words

extension OverlapCriteria {
    /// What they ask for, as `radius 0.3735 um`.
    public var text: String { asked.map { $0.words(self) }.joined(separator: ", ") }

    /// The same with what it was compared with, where that is the session alone: as `radius 0.3735 um, within the session`.
    public func text(acrossSessions: Bool) -> String { acrossSessions ? text : text + ", within the session" }

    /// That nothing was found, as `all unique within 0.3735 um`.
    private var noneText: String {
        guard let radius, !needsFields else { return "none overexposed" }
        return "all unique within \(radius.text()) um"
    }

    /// What is not known of a session without a matrix from beam shift to stage.
    public static let undeterminedText = "what lies on each other between stage stops is not known"

    /// What is not known where the criteria ask for what is not known of some exposures.
    public static func undecidedText(_ exposures: Int) -> String {
        "\(exposures) could not be judged, as what their fields had received is not known"
    }

    /// That nothing was found, as `all unique within 0.3735 um`, or `none of 90 overexposed as far as could be compared; what bb
    /// had exposed before is not known`.
    /// - Parameter unknown: the text of `Unknowns`.
    public func noneText(of exposures: Int, butFor unknown: String?) -> String {
        unknown.map { "none of \(exposures) overexposed as far as could be compared; \($0)" } ?? noneText
    }
}
