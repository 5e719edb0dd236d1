import ArgumentParser
import EPUCore

extension EPUVersion: ExpressibleByArgument {}

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
