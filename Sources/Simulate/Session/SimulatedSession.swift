import EPUCore

/// One exposure as it happened and as EPU records it.
struct SimulatedExposure: Sendable {
    let session: Int
    /// The index of the planned stop in its session.
    let stop: Int
    /// The index of the grid square in the foil.
    let square: Int
    /// The index of the hole in its grid square.
    let hole: Int
    /// The index of the area in the template.
    let area: Int
    let rank: Int
    let incident: Incident
    let acquired: Timestamp
    let named: Timestamp
    /// The read-back, um, in the session's stage frame: the true stage position with a few nm of jitter and the read-back
    /// error.
    let stage: Vector2
    let beamShift: Vector2
    /// The read-back error, um, in the same frame, without the few nm of jitter.
    let readBackError: Vector2
    /// The true place of the beam on the specimen, in the first session's stage frame, um.
    let position: Vector2
}

/// A hole image, one before and one after the centring at a stop.
struct SimulatedHoleImage: Sendable {
    let stop: Int
    let square: Int
    /// The index of the hole whose name the image bears.
    let hole: Int
    let acquired: Timestamp
    let named: Timestamp
    /// The read-back, um, in the session's stage frame.
    let stage: Vector2
    /// The place that the middle of the picture shows, in the first session's stage frame, um.
    let trueStage: Vector2
    /// The true place of the hole that the centring found, in the first session's stage frame, um.
    let found: Vector2
    /// The place where EPU sees the hole's centre, stored pixels from the middle of the image.
    var seen = Vector2.zero
    /// The number of exposures of all sessions made before the image: those whose marks can be seen.
    let exposuresBefore: Int
}

struct SquareImage: Sendable {
    let square: Int
    let acquired: Timestamp
    let named: Timestamp
    /// The read-back, um, in the session's stage frame.
    let stage: Vector2
}

/// What happens in a session, in the order of time; the numbers are indices.
enum SessionEvent: Sendable {
    case squareImage(Int)
    case holeImage(Int)
    case exposure(Int)
}

/// A session as a run of the microscope made it.
struct SimulatedSession: Sendable {
    let index: Int
    let frame: StageFrame
    /// The lowest hole id of each grid square, in the foil's order.
    let firstHoleIDs: [Int]
    /// The id of each grid square, in the foil's order.
    let squareIDs: [Int]
    /// The number that is added to the lowest id to make a hole's id, by grid square and hole.
    let holeNumbers: [[Int]]
    let template: AreaLayout
    /// The first id of those that the session, its template and its settings have.
    let firstID: Int
    let isClustered: Bool
    let start: Timestamp
    var stops: [PlannedStop] = []
    var squareImages: [SquareImage] = []
    var holeImages: [SimulatedHoleImage] = []
    var events: [SessionEvent] = []
    /// The range of this session's exposures among those of all sessions.
    var exposures = 0..<0

    /// The angle of the foil on this session's stage, radians.
    /// - Parameter square: The grid square whose foil it is; nil for the lattice that all squares share.
    func foilAngle(_ options: SimulationOptions, square: GridSquare? = nil) -> Double {
        frame.angleDegrees(of: options.foilAngleDegrees + (square?.distortion.turnDegrees ?? 0)) * .pi / 180
    }

    func holeID(square: Int, hole: Int) -> Int { firstHoleIDs[square] + holeNumbers[square][hole] }
}
