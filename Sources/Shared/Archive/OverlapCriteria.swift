import EPUCore
public import GRDB

/// What makes a pair of exposures an overlap, and an exposure overexposed. A criterion that is nil asks nothing; those that
/// are not must all be met.
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

    /// - Parameter row: of `analysis` or of the view `analyses`.
    public init(_ row: Row) {
        radius = row["radius_um"]
        minFieldOverlap = row["min_field_overlap"]
        minPreDose = row["min_pre_dose_e_per_a2"]
        countNeighbours = row["count_neighbours"]
        certainty = row["certainty"] ?? Self.defaultCertainty
    }

    /// Whether camera fields decide, so that pairs are to be sought as far as beams reach.
    public var needsFields: Bool { minFieldOverlap != nil || minPreDose != nil }

    /// As `radius 0.3735 um`.
    public var text: String {
        [
            radius.map { "radius \($0.text()) um" },
            minFieldOverlap.map { "at least \((100 * $0).text()) % of the field" },
            minPreDose.map { "at least \($0.text()) e/A^2 before" },
            countNeighbours ? "neighbours counted" : nil,
            certainty == Self.defaultCertainty ? nil : "certainty \(certainty.text())",
        ].compactMap { $0 }.joined(separator: ", ")
    }

    /// The same with what it was compared with, where that is the session alone: as `radius 0.3735 um, within the session`.
    public func text(acrossSessions: Bool) -> String { acrossSessions ? text : text + ", within the session" }

    /// As `all unique within 0.3735 um`.
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

    /// As `all unique within 0.3735 um`, or `none of 90 overexposed as far as could be compared; what bb had exposed before is
    /// not known`.
    /// - Parameter unknown: the text of `Unknowns`.
    public func noneText(of exposures: Int, butFor unknown: String?) -> String {
        unknown.map { "none of \(exposures) overexposed as far as could be compared; \($0)" } ?? noneText
    }
}
