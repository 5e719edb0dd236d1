import EPUCore

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
    /// Read-back, um, in the session's stage frame: the true stage position but for a few nm and the read-back's error.
    let stage: Vector2
    let beamShift: Vector2
    /// What the read-back is off by, um, in the same frame, a few nm of jitter aside.
    let readBackError: Vector2
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
    /// Where the hole that the centring found truly lies, in the first session's stage frame, um.
    let found: Vector2
    /// Where EPU sees its centre, stored pixels from the middle of the image.
    var seen = Vector2.zero
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
    /// Of its grid squares, in the foil's order.
    let squareIDs: [Int]
    /// What each hole's id has on top of that, by grid square and hole.
    let holeNumbers: [[Int]]
    let template: AreaLayout
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
    /// - Parameter square: whose foil it is; nil for the lattice that all squares share.
    func foilAngle(_ options: SimulationOptions, square: GridSquare? = nil) -> Double {
        frame.angleDegrees(of: options.foilAngleDegrees + (square?.distortion.turnDegrees ?? 0)) * .pi / 180
    }

    func holeID(square: Int, hole: Int) -> Int { firstHoleIDs[square] + holeNumbers[square][hole] }
}
