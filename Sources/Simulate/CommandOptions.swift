import ArgumentParser
import EPUCore

/// How much is collected, and when.
struct SessionShape: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Data exposures of the session, planted ones included; a second session comes on top.", valueName: "n"))
    var exposures = 1000
    @Option(help: ArgumentHelp("Areas exposed in each hole, 1 to 17.", valueName: "n"))
    var areas = 3
    @Option(
        help: ArgumentHelp(
            "Part of the holes chosen for the session that it has shot when it ends, 0.01 to 1.", valueName: "part"))
    var finished = 1.0
    @Option(
        help: ArgumentHelp(
            "EPU version: 1.2, 1.10, 2.3 or 2.6 (Falcon 3), 3.4, 3.7 or 3.9 (K3), 3.8 or 3.11 (Falcon 4i).",
            valueName: "version"))
    var epuVersion = EPUVersion.epu39
    @Option(help: ArgumentHelp("Seed of all that is random.", valueName: "n"))
    var seed: UInt64 = 1
    @Option(
        help: ArgumentHelp(
            "Start, as 2025-01-08T15:10:39Z or with another offset. Default: 2025-01-08T15:10:39Z.", valueName: "time"),
        transform: { try readTime($0) })
    var start: Timestamp = SimulationOptions().start
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Minutes that the microscope's clock is ahead of UTC.", valueName: "minutes"))
    var utcOffset = 0
    @Flag(help: "Add a second session on the same grid, in OUT_DIR-second: new hole ids, partly the same holes.")
    var secondSession = false
    @Option(help: ArgumentHelp("Part of the holes that the second session shoots again.", valueName: "part"))
    var secondFraction = 0.3
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "What the second session adds to all stage coordinates, um, each at most 100: the grid was taken out and put "
                + "back, or the stage homed again. Default: 0,0.",
            valueName: "x,y"),
        transform: { try readOffset($0) })
    var secondOffset: Vector2?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Angle by which the grid lies turned about its first square in the second session, degrees, at most 180.",
            valueName: "degrees"))
    var secondTurn = 0.0
    @Flag(help: "The second session has the grid upside down: y is mirrored at its first square before the turn.")
    var secondMirror = false
    @Flag(help: "The second session has an atlas of its own: no id of a grid square tells that the grid is the same.")
    var secondAtlas = false

    func apply(to options: inout SimulationOptions) {
        options.exposures = exposures
        options.areas = areas
        options.finished = finished
        options.epuVersion = epuVersion
        options.seed = seed
        options.start = start
        options.utcOffsetMinutes = utcOffset
        options.secondSession = secondSession
        options.secondFraction = secondFraction
        options.secondOffset = secondOffset ?? .zero
        options.secondTurnDegrees = secondTurn
        options.secondMirror = secondMirror
        options.secondAtlas = secondAtlas
    }
}

/// The foil, the beam and the microscope's calibrations.
struct SpecimenShape: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "True beam shift to stage, M11,M12,M21,M22 in um per unit. Default: 21.767,11.130,10.799,-21.682.",
            valueName: "m11,m12,m21,m22"),
        transform: { try readMatrix($0) })
    var matrix: Matrix2?
    @Option(
        help: ArgumentHelp(
            "InstrumentID in the files. Default: 3901 with a Falcon 3, 3902 with a K3, 3903 with a Falcon 4i.",
            valueName: "id"))
    var instrument: Int?
    @Option(help: ArgumentHelp("Distance of holes, centre to centre, um.", valueName: "um"))
    var pitch = 2.5
    @Option(help: ArgumentHelp("Diameter of holes, um.", valueName: "um"))
    var holeSize = 1.2
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Angle of the foil on the stage, degrees.", valueName: "degrees"))
    var foilAngle = 14.8
    @Option(help: ArgumentHelp("Arrangement of holes; hexagonal has axes 60 degrees apart.", valueName: "pattern"))
    var foil = FoilPattern.square
    @Option(
        help: ArgumentHelp(
            "How EPU numbers the holes of a grid square: spiral, a square spiral from the middle, or random. Default: spiral "
                + "on square foils, random on hexagonal ones.",
            valueName: "order"))
    var holeNumbering: HoleNumbering?
    @Option(
        help: ArgumentHelp(
            "Greatest distance from a stage stop's centre hole to its other holes, um; 0: no clusters. EPU 1.2 has none.",
            valueName: "um"))
    var clusterRadius = 6.0
    @Option(
        help: ArgumentHelp(
            "Diameter of the beam, um. Default: 0.95 with a Falcon 3, 0.83 with a K3, 0.85 with a Falcon 4i.",
            valueName: "um"))
    var beamDiameter: Double?
    @Option(
        help: ArgumentHelp(
            "Distance that makes a true pair, um. Default: 0.9 x half of the beam diameter.", valueName: "um"))
    var radius: Double?
    @Option(
        help: ArgumentHelp(
            "No distance of two exposures comes as near as this to the radius, um; at least 0.02.", valueName: "um"))
    var margin = 0.05
    @Option(
        help: ArgumentHelp(
            "Relative error of hole positions in Metadata/GridSquare_*.dm, about the square's centre, 0 to 0.04.",
            valueName: "part"))
    var holeMapScaleError = 0.02
    @Option(
        help: ArgumentHelp(
            "Relative error of the pixel size of hole images, and so of the template, 0 to 0.04.", valueName: "part"))
    var holeImageScaleError = 0.01
    @Option(
        help: ArgumentHelp(
            "Rms error of the hole centres that EPU measures and shoots at, um, 0 to 0.3.", valueName: "um"))
    var centringError = 0.03
    @Option(
        help: ArgumentHelp(
            "Rms distance of a stage stop from the hole that it was sent to, um, 0 to 0.5.", valueName: "um")
    )
    var stageError = 0.1
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Tilt of the stage about its x axis, degrees: along y the beam shift then reaches 1/cos of it further.",
            valueName: "degrees"))
    var tilt = 0.0

    func apply(to options: inout SimulationOptions) {
        if let matrix { options.matrix = matrix }
        options.instrumentID = instrument
        options.pitch = pitch
        options.holeSize = holeSize
        options.foil = foil
        options.foilAngleDegrees = foilAngle
        options.holeNumbering = holeNumbering
        options.clusterRadius = clusterRadius
        options.beamDiameter = beamDiameter
        options.radius = radius
        options.margin = margin
        options.holeMapScaleError = holeMapScaleError
        options.holeImageScaleError = holeImageScaleError
        options.centringError = centringError
        options.stageError = stageError
        options.tiltDegrees = tilt
    }
}

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

extension EPUVersion: ExpressibleByArgument {}
extension XMLForm: ExpressibleByArgument {}
extension FoilPattern: ExpressibleByArgument {}
extension HoleNumbering: ExpressibleByArgument {}

private func readTime(_ text: String) throws -> Timestamp {
    guard let time = LocalTime(epuText: text), time.utcOffsetMinutes != nil else {
        throw ValidationError("'\(text)' is no time. Write it as 2025-01-08T15:10:39Z or 2025-01-08T16:10:39+01:00.")
    }
    return time.instant
}

private func readOffset(_ text: String) throws -> Vector2 {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
        Double($0.trimmingPrefix { $0 == " " })
    }
    guard numbers.count == 2, let x = numbers[0], let y = numbers[1] else {
        throw ValidationError("'\(text)' is no offset. Write two numbers, as 3.5,-12.")
    }
    return Vector2(x, y)
}

private func readMatrix(_ text: String) throws -> Matrix2 {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
        Double($0.trimmingPrefix { $0 == " " })
    }
    guard numbers.count == 4, let a = numbers[0], let b = numbers[1], let c = numbers[2], let d = numbers[3] else {
        throw ValidationError("'\(text)' is no matrix. Write four numbers, as 21.767,11.130,10.799,-21.682.")
    }
    return Matrix2(a, b, c, d)
}
