import EPUCore

/// What came of a stop once its errors are drawn, until it is found fit to be kept.
struct SettledStop {
    let aim: StopAim
    /// The hole images of the stop; none where the hole is not centred.
    var images: [SimulatedHoleImage]
    /// The place where EPU took the centre to be, um, by hole.
    var measured: [Int: Vector2] = [:]
    /// The way from the stage to where EPU takes the centre hole's centre to be, um.
    var centredWay: Vector2?
    var lastStage = Vector2.zero
    var end: Timestamp
}
