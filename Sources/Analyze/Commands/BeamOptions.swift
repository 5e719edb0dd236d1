import ArgumentParser
import EPUCore

/// The options for beams of which EPU did not record everything.
struct BeamOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Dose of exposures without one, e/A^2. Default: what they gave is not known.", valueName: "dose"))
    var missingDose: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Beam diameter of exposures without one, um. Default: what they hit is not known.", valueName: "um"))
    var missingBeamDiameter: Double?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Count autofocus and drift measurements, where EpuSession.dm places them, with this dose each, e/A^2, in what "
                + "later exposures had received. Default: they are left out.", valueName: "dose"))
    var spotDose: Double?

    /// The greatest dose that may be given, electrons per square Angstrom.
    static let greatestDose = 1e6
    /// The greatest beam diameter that may be given, um.
    private static let greatestDiameter = 100.0

    func validate() throws {
        for (option, dose) in [("--missing-dose", missingDose), ("--spot-dose", spotDose)] {
            if let dose, !(dose >= 0 && dose <= Self.greatestDose) {
                throw ValidationError("\(option) takes e/A^2, about 40, not \(dose.text()).")
            }
        }
        if let diameter = missingBeamDiameter, !(diameter > 0 && diameter <= Self.greatestDiameter) {
            throw ValidationError(
                "--missing-beam-diameter takes um, greater than 0 and at most 100, not \(diameter.text()).")
        }
    }

    var assumptions: BeamAssumptions {
        BeamAssumptions(dose: missingDose, beamDiameter: missingBeamDiameter, spotDose: spotDose)
    }
}
