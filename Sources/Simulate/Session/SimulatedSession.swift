import EPUShared

/// One exposure as it happened and as EPU records it.
struct SimulatedExposure: Sendable {
    let session: Int
    /// Index of the planned stop in its session.
    let stop: Int
    /// Index in the foil.
    let square: Int
    /// Index in the grid square.
    let hole: Int
    /// Index in the template.
    let area: Int
    let rank: Int
    let incident: Incident
    let acquired: Timestamp
    let named: Timestamp
    /// Read-back, um, in the session's stage frame: the true stage position but for a few nm.
    let stage: Vector2
    let beamShift: Vector2
    /// True place of the beam on the specimen, in the first session's stage frame, um.
    let position: Vector2
}

/// A hole image, one before and one after the centring at a stop.
struct HoleImage: Sendable {
    let stop: Int
    let square: Int
    /// Whose name it bears.
    let hole: Int
    let acquired: Timestamp
    let named: Timestamp
    /// Read-back, um, in the session's stage frame.
    let stage: Vector2
    /// What the middle of the picture shows, in the first session's stage frame, um.
    let trueStage: Vector2
    /// Where the hole that the centring found lies, in the first session's stage frame, um.
    let found: Vector2
    /// Exposures of all sessions made before it: the ones whose marks can be seen.
    let exposuresBefore: Int
}

struct SquareImage: Sendable {
    let square: Int
    let acquired: Timestamp
    let named: Timestamp
    /// Read-back, um, in the session's stage frame.
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
    /// Of its grid squares, in the foil's order: the lowest id of a hole.
    let firstHoleIDs: [Int]
    /// What each hole's id has on top of that, by grid square and hole.
    let holeNumbers: [[Int]]
    let template: AreaTemplate
    /// Of the session, its template and its settings.
    let firstID: Int
    let isClustered: Bool
    let start: Timestamp
    var stops: [PlannedStop] = []
    var squareImages: [SquareImage] = []
    var holeImages: [HoleImage] = []
    var events: [SessionEvent] = []
    /// Its exposures among all.
    var exposures = 0..<0

    /// Of the foil on this session's stage, radian.
    func foilAngle(_ options: SimulationOptions) -> Double {
        (options.foilAngleDegrees + frame.turnDegrees) * .pi / 180
    }

    func holeID(square: Int, hole: Int) -> Int { firstHoleIDs[square] + holeNumbers[square][hole] }
}
