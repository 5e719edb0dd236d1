import ArgumentParser

/// What goes wrong, and how often.
struct IncidentCounts: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Stops at which the stage did not move: the next cluster is shot on the previous one.", valueName: "n"))
    var unmovedStage = 0
    @Option(
        help: ArgumentHelp(
            "Stops centred on a neighbouring hole: a whole cluster is shot one hole aside.", valueName: "n"))
    var wrongCentre = 0
    @Option(help: ArgumentHelp("Holes shot again later, all areas.", valueName: "n"))
    var repeatedHole = 0
    @Option(
        help:
            ArgumentHelp(
                "Holes missed for a neighbour, whose exposures are hit again in part; with as many areas as the margin allows.",
                valueName: "n")
    )
    var partialOverlap = 0
    @Option(
        help: ArgumentHelp(
            "Distance of a partial overlap, um; below the radius by the margin at least.", valueName: "um"))
    var partialDistance = 0.3
    @Option(
        help: ArgumentHelp(
            "Holes of which only the first areas are shot at their stop, and the others from a stop of their own, as where EPU "
                + "was paused: no fault, and nothing overlaps by it. Needs --areas 2 or more.",
            valueName: "n"))
    var interrupted = 0

    func apply(to options: inout SimulationOptions) {
        options.unmovedStages = unmovedStage
        options.wrongCentres = wrongCentre
        options.repeatedHoles = repeatedHole
        options.partialOverlaps = partialOverlap
        options.partialDistance = partialDistance
        options.interrupted = interrupted
    }
}
