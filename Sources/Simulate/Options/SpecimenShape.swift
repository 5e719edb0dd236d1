import ArgumentParser
import EPUCore

extension FoilPattern: ExpressibleByArgument {}
extension HoleNumbering: ExpressibleByArgument {}

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

private func readMatrix(_ text: String) throws -> Matrix2 {
    let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map {
        Double($0.trimmingPrefix { $0 == " " })
    }
    guard numbers.count == 4, let a = numbers[0], let b = numbers[1], let c = numbers[2], let d = numbers[3] else {
        throw ValidationError("'\(text)' is no matrix. Write four numbers, as 21.767,11.130,10.799,-21.682.")
    }
    return Matrix2(a, b, c, d)
}
