import ArgumentParser

/// How far foil and stage are from a flat foil on a perfect stage.
struct DistortionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Standard deviation of the angle by which each grid square's foil is turned about its centre, degrees, 0 to 10.",
            valueName: "degrees"))
    var squareTurn = 0.0
    @Option(
        help: ArgumentHelp(
            "Standard deviation of each grid square's pitch, per cent, 0 to 5.", valueName: "percent"))
    var squareStretch = 0.0
    @Option(
        help: ArgumentHelp(
            "Rms distance of holes from their square's lattice by wrinkles of 20 to 60 um, um, 0 to 0.2.",
            valueName: "um"))
    var wrinkle = 0.0
    @Option(
        help: ArgumentHelp(
            "Standard deviation of what the stage's read-back is off by at a stop, um in x and in y, 0 to 0.5; the beam is "
                + "where it was aimed.", valueName: "um"))
    var readbackError = 0.0
    @Option(
        help: ArgumentHelp(
            "Read-backs are off by half of this against the direction of the last move, in x and in y, um, 0 to 0.5.",
            valueName: "um"))
    var backlash = 0.0
    @Option(
        help: ArgumentHelp(
            "Part of the holes that are not centred but shot with the last centred hole's beam shift, 0 to 0.9. Needs "
                + "--cluster-radius 0.", valueName: "part"))
    var reuseCentring = 0.0

    func apply(to options: inout SimulationOptions) {
        options.squareTurnDegrees = squareTurn
        options.squareStretchPercent = squareStretch
        options.wrinkle = wrinkle
        options.readBackError = readbackError
        options.backlash = backlash
        options.reusedCentring = reuseCentring
    }
}
