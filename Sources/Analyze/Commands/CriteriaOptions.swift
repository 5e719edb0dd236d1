import ArgumentParser
import EPUArchive
import EPUCore

/// The criteria of `overlaps`: an option for each `OverlapCriterion`.
struct CriteriaOptions: ParsableArguments {
    @Option(
        name: [.long, .customLong("rad")], parsing: .unconditional,
        help: ArgumentHelp(
            "Greatest distance of beam centres, um. Default, where no other criterion is given: 0.9 x half the commonest beam "
                + "diameter; where none is recorded, half the shorter side of the camera field.", valueName: "um"))
    var radius: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Least share of the later camera field that the earlier beam covered, 0 to 1.", valueName: "share"))
    var minFieldOverlap: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Least dose that the later camera field had received before, e/A^2; what areas of one pass give each other "
                + "is left out, unless --count-neighbours.", valueName: "dose"))
    var minPreDose: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Least probability of a pair that counts, between 0 and 1, where it is known how well positions are known. "
                + "Default: 0.5. --min-pre-dose takes positions as they are.", valueName: "p"))
    var certainty: Double?

    @Flag(help: "Count areas of one pass through a hole, too, where they are within the radius, as find_dupl does.")
    var countNeighbours = false

    /// The greatest radius that may be given, um; beams have 0.3 to 2. A slip of the decimal point must not ask for every pair of
    /// a session.
    private static let greatestRadius = 100.0

    func validate() throws {
        if let radius, !(radius > 0 && radius <= Self.greatestRadius) {
            throw ValidationError("--radius takes um, greater than 0 and at most 100, not \(radius.text()).")
        }
        if let share = minFieldOverlap, !(share > 0 && share <= 1) {
            throw ValidationError(
                "--min-field-overlap takes a share, greater than 0 and at most 1, not \(share.text()).")
        }
        if let certainty, !(certainty > 0 && certainty < 1) {
            throw ValidationError("--certainty takes a probability between 0 and 1, as 0.9, not \(certainty.text()).")
        }
        if let dose = minPreDose, !(dose > 0 && dose <= BeamOptions.greatestDose) {
            throw ValidationError("--min-pre-dose takes e/A^2, greater than 0, not \(dose.text()).")
        }
    }

    /// The criteria that the options ask for; what no option asks for has its default.
    var criteria: OverlapCriteria {
        OverlapCriteria(
            radius: radius, minFieldOverlap: minFieldOverlap, minPreDose: minPreDose, countNeighbours: countNeighbours,
            certainty: certainty ?? OverlapCriteria.defaultCertainty)
    }

    /// Whether no option was given.
    var isEmpty: Bool { criteria == OverlapCriteria() && certainty == nil }
}
