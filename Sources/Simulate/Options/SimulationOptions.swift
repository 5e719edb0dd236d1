import EPUCore
import Foundation

/// The options of a simulation. Lengths are um, on the specimen.
struct SimulationOptions: Sendable {
    var seed: UInt64 = 1
    /// The number of Data exposures of the session, planted ones included; those of a second session come on top.
    var exposures = 1000
    var areas = 3
    /// The part of the holes chosen for the session that it has shot when it ends.
    var finished = 1.0
    var epuVersion = EPUVersion.epu39
    /// The matrix from beam shift to stage, um per beam-shift unit. The default was measured on a Krios.
    var matrix = Matrix2(21.767, 11.130, 10.799, -21.682)
    var instrumentID: Int?

    var pitch = 2.5
    var holeSize = 1.2
    var foil = FoilPattern.square
    var foilAngleDegrees = 14.8
    /// The order of hole ids; nil for a spiral on square foils and a random order on hexagonal ones, of which no real ids
    /// were seen.
    var holeNumbering: HoleNumbering?
    var clusterRadius = 6.0
    var holeMapScaleError = 0.02
    var holeImageScaleError = 0.01

    /// The rms distance from a hole's centre to where EPU takes it to be when it shoots it.
    var centringError = 0.03
    /// The rms distance from where the stage was sent to where it stops.
    var stageError = 0.1
    /// The standard deviation of the read-back error at a stop, in x and in y.
    var readBackError = 0.0
    /// The difference between the read-backs of one place after moves to and fro, in x and in y.
    var backlash = 0.0
    /// The standard deviation of the angle by which a grid square's foil is turned; `squareStretchPercent` is that of its
    /// pitch.
    var squareTurnDegrees = 0.0
    var squareStretchPercent = 0.0
    /// The rms distance of holes from their square's lattice; it changes smoothly from one hole to the next.
    var wrinkle = 0.0
    /// The part of the holes that is shot as the last centred hole was, in a session without clusters.
    var reusedCentring = 0.0
    /// The alpha tilt of the stage, about its x axis, degrees.
    var tiltDegrees = 0.0

    /// The diameter of the beam; nil for that of the EPU version's usual preset.
    var beamDiameter: Double?
    /// The radius within which two exposures overlap; nil for 0.9 times half of the beam's diameter.
    var radius: Double?
    var margin = 0.05

    var unmovedStages = 0
    var wrongCentres = 0
    var repeatedHoles = 0
    var partialOverlaps = 0
    var partialDistance = 0.3
    var secondSession = false
    /// The part of the first session's holes that the second session shoots again.
    var secondFraction = 0.3
    /// The offset of the second session's stage coordinates; `secondTurnDegrees` turns the grid about its first square.
    var secondOffset = Vector2.zero
    var secondTurnDegrees = 0.0
    /// Whether the grid lies upside down in the second session.
    var secondMirror = false
    /// Whether the second session has an atlas of its own, and so other ids of grid squares.
    var secondAtlas = false
    /// The number of holes that are shot in two parts: no incidents, as nothing overlaps by them.
    var interrupted = 0

    var start = Timestamp(ticks: 1_736_349_039 * Timestamp.ticksPerSecond)
    var utcOffsetMinutes = 0
    var images = true
    /// Whether EpuSession.dm and Metadata/GridSquare_*.dm are written.
    var dm = true
    var movies = false
    /// Whether the .dm of a grid square says, for each hole that was centred, where it was found then.
    var refinedHoles = false
    var xmlForm = XMLForm.line
    var renamesPrefixes = false
    var live = false
    /// The factor by which a live session is faster than the microscope.
    var speed = 20.0
    var shuffle = false

    var instrument: InstrumentStyle { epuVersion.instrument }
    /// The cluster radius; 0 where EPU does not shoot by clusters yet.
    var clusterRadiusUsed: Double { instrument.format.has(.clustering) ? clusterRadius : 0 }
    var beamDiameterUsed: Double { beamDiameter ?? instrument.beamDiameter }
    var radiusUsed: Double { radius ?? 0.9 * beamDiameterUsed / 2 }
    var holeNumberingUsed: HoleNumbering { holeNumbering ?? (foil == .hexagonal ? .random : .spiral) }
    /// The displacement in an image of the tilted stage that a distance on the specimen gives: shorter across the tilt axis.
    func seen(_ offset: Vector2) -> Vector2 {
        Vector2(offset.x, offset.y * (tiltDegrees == 0 ? 1 : cos(tiltDegrees * .pi / 180)))
    }

    /// The distance on the specimen that gives this displacement in an image of the tilted stage.
    func onTiltedSpecimen(_ offset: Vector2) -> Vector2 {
        Vector2(offset.x, offset.y / (tiltDegrees == 0 ? 1 : cos(tiltDegrees * .pi / 180)))
    }

    /// The matrix from beam shift to the specimen in stage coordinates, um per unit. A tilt about x spreads what the beam
    /// shift does along y over a longer way.
    var matrixOnTiltedSpecimen: Matrix2 {
        guard tiltDegrees != 0 else { return matrix }
        let stretch = 1 / cos(tiltDegrees * .pi / 180)
        return Matrix2(matrix.m11, matrix.m12, stretch * matrix.m21, stretch * matrix.m22)
    }
    /// The most exposures that the planted stops make: a missed hole may be shot with fewer areas.
    private var exposuresOfPlantedStops: Int { areas * (repeatedHoles + partialOverlaps) }

    /// - Throws: `Failure`, in one sentence, for the first value that makes no sense.
    func validate() throws {
        func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
            if !condition { throw Failure(message()) }
        }
        func within(_ value: Double, _ range: ClosedRange<Double>, _ option: String, _ unit: String) throws {
            try require(
                value.isFinite && range.contains(value),
                "\(option) must be between \(range.lowerBound.text()) and \(range.upperBound.text())\(unit).")
        }
        try require((1...1_000_000).contains(exposures), "--exposures must be between 1 and 1000000.")
        try require((1...17).contains(areas), "--areas must be between 1 and 17.")
        try within(finished, 0.01...1, "--finished", "")
        try require(
            matrix.isFinite && matrix.scale >= 1 && matrix.scale <= 1000 && isWellConditioned,
            "--matrix must be four numbers in um per beam-shift unit, of a scale between 1 and 1000, that do not squeeze "
                + "the plane to a line.")
        try within(pitch, 0.5...20, "--pitch", " um")
        try within(holeSize, 0.1...20, "--hole-size", " um")
        try require(holeSize < pitch, "--hole-size must be smaller than --pitch.")
        try within(foilAngleDegrees, -360...360, "--foil-angle", " degrees")
        try within(centringError, 0...0.3, "--centring-error", " um")
        try within(stageError, 0...0.5, "--stage-error", " um")
        try within(readBackError, 0...0.5, "--readback-error", " um")
        try within(backlash, 0...0.5, "--backlash", " um")
        try within(squareTurnDegrees, 0...10, "--square-turn", " degrees")
        try within(squareStretchPercent, 0...5, "--square-stretch", " per cent")
        try within(wrinkle, 0...0.2, "--wrinkle", " um")
        try within(reusedCentring, 0...0.9, "--reuse-centring", "")
        try require(
            reusedCentring == 0 || clusterRadiusUsed == 0,
            "--reuse-centring needs holes that are shot one by one; add --cluster-radius 0.")
        try within(tiltDegrees, -70...70, "--tilt", " degrees")
        try within(clusterRadius, 0...50, "--cluster-radius", " um")
        try within(holeMapScaleError, 0...0.04, "--hole-map-scale-error", "")
        try within(holeImageScaleError, 0...0.04, "--hole-image-scale-error", "")
        try within(beamDiameterUsed, 0.05...10, "--beam-diameter", " um")
        try within(margin, 0.02...1, "--margin", " um")
        try within(radiusUsed, 0.02...10, "--radius", " um")
        for (option, count) in plantedCounts {
            try require((0...100_000).contains(count), "\(option) must be between 0 and 100000.")
        }
        try require(
            exposuresOfPlantedStops == 0 || exposuresOfPlantedStops + areas <= exposures,
            "--exposures must be more than the \(exposuresOfPlantedStops) that the planted stops take.")
        try within(partialDistance, 0.01...10, "--partial-distance", " um")
        try require(
            partialOverlaps == 0 || partialDistance <= radiusUsed - margin,
            "--partial-distance must be at most \((radiusUsed - margin).text(significant: 3)) um, the radius less the "
                + "margin; else its overlaps would not be overlaps.")
        try require(
            secondFraction > 0 && secondFraction <= 1, "--second-fraction must be more than 0 and at most 1.")
        for value in [secondOffset.x, secondOffset.y] { try within(value, -100...100, "--second-offset", " um") }
        try within(secondTurnDegrees, -180...180, "--second-turn", " degrees")
        try require(
            secondSession || secondOffset == .zero, "--second-offset moves a second session; add --second-session.")
        try require(
            secondSession || secondTurnDegrees == 0, "--second-turn turns a second session; add --second-session.")
        try require(
            secondSession || !secondMirror, "--second-mirror is about a second session; add --second-session.")
        try require(secondSession || !secondAtlas, "--second-atlas is a second session's; add --second-session.")
        try require(interrupted == 0 || areas >= 2, "--interrupted needs --areas 2 or more: a hole of one has no rest.")
        try within(speed, 0.1...100_000, "--speed", "")
        try require(abs(utcOffsetMinutes) <= 14 * 60, "--utc-offset must be between -840 and 840 minutes.")
        try require((instrumentID ?? 1) > 0, "--instrument must be a positive number.")
    }

    private var plantedCounts: [(String, Int)] {
        [
            ("--unmoved-stage", unmovedStages), ("--wrong-centre", wrongCentres), ("--repeated-hole", repeatedHoles),
            ("--partial-overlap", partialOverlaps), ("--interrupted", interrupted),
        ]
    }

    /// Whether no direction is more than five times as sensitive as another.
    private var isWellConditioned: Bool {
        let square =
            matrix.m11 * matrix.m11 + matrix.m12 * matrix.m12 + matrix.m21 * matrix.m21
            + matrix.m22 * matrix.m22
        // The singular values s, t have s^2 + t^2 = square and s t = |det|, so s / t < 5 is this:
        return square < abs(matrix.determinant) * (5 + 0.2)
    }
}
