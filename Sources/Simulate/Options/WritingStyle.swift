import ArgumentParser

extension XMLForm: ExpressibleByArgument {}

/// How the files come to be.
struct WritingStyle: ParsableArguments {
    @Flag(name: .customLong("no-images"), help: "Write no JPG.")
    var noImages = false
    @Flag(name: .customLong("no-dm"), help: "Write neither EpuSession.dm nor Metadata/GridSquare_*.dm.")
    var noDM = false
    @Flag(
        help: ArgumentHelp(
            "Write into Metadata/GridSquare_*.dm, of each hole that was centred, where it was found then, as EPU 3.16 does."
        ))
    var refinedHoles = false
    @Flag(help: "Write an empty file for each movie, named as its camera's.")
    var movies = false
    @Option(
        help: ArgumentHelp(
            "Layout of XML and .dm: line, as EPU writes it; pretty, indented; bom, after a byte order mark; declared, after "
                + "an XML declaration.", valueName: "form"))
    var xmlForm = XMLForm.line
    @Flag(name: .customLong("prefixes"), help: "Rename namespace prefixes at random in each XML and .dm.")
    var renamesPrefixes = false
    @Flag(help: "Write files as a running session would, in time order and in their time.")
    var live = false
    @Option(help: ArgumentHelp("How many times faster than the microscope, with --live.", valueName: "factor"))
    var speed = 20.0
    @Flag(help: "Swap the order of files near each other in time.")
    var shuffle = false

    func apply(to options: inout SimulationOptions) {
        options.images = !noImages
        options.dm = !noDM
        options.movies = movies
        options.refinedHoles = refinedHoles
        options.xmlForm = xmlForm
        options.renamesPrefixes = renamesPrefixes
        options.live = live
        options.speed = speed
        options.shuffle = shuffle
    }
}
