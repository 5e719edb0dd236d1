import EPUCore

/// How the stage coordinates that a session records lie to those of the first session, in which the specimen is known.
///
/// A grid that was taken out and put back lies aside, turned, and perhaps upside down; a stage that was homed anew counts
/// from elsewhere. The microscope is the same: beam shift and images are turned and mirrored against the specimen, not
/// against the stage.
struct StageFrame: Sendable {
    /// Anticlockwise, about `centre`.
    let turnDegrees: Double
    /// Whether y is mirrored, at `centre`, before the turn: the grid lies upside down.
    let isMirrored: Bool
    /// In the first session's coordinates, um.
    let centre: Vector2
    /// What is added to each position once it is mirrored and turned, um.
    let offset: Vector2
    private let turn: Matrix2
    /// The turn, with the mirror, less the identity: zero without a turn, so that no position changes by a rounding.
    private let change: Matrix2

    static let first = StageFrame(turnDegrees: 0, isMirrored: false, centre: .zero, offset: .zero)

    init(turnDegrees: Double, isMirrored: Bool, centre: Vector2, offset: Vector2) {
        self.turnDegrees = turnDegrees
        self.isMirrored = isMirrored
        self.centre = centre
        self.offset = offset
        turn = Matrix2(scale: 1, angleDegrees: turnDegrees, isMirrored: isMirrored)
        change = turn - .identity
    }

    /// Where a place on the specimen is on this session's stage, um.
    func stagePosition(of place: Vector2) -> Vector2 { place + change * (place - centre) + offset }

    /// How a way on the specimen lies on this session's stage.
    func stageOffset(of way: Vector2) -> Vector2 { turn * way }

    /// The way on the specimen that lies so on this session's stage.
    func way(ofStageOffset offset: Vector2) -> Vector2 { turnBack * offset }

    /// Beam shift to the specimen, in the first session's coordinates.
    /// - Parameter matrix: beam shift to stage.
    func beamToSpecimen(_ matrix: Matrix2) -> Matrix2 { turnBack * matrix }

    /// How a direction on the specimen lies on this session's stage, degrees anticlockwise from x.
    func angleDegrees(of direction: Double) -> Double { (isMirrored ? -direction : direction) + turnDegrees }

    /// A rotation's or reflection's inverse is its transpose.
    private var turnBack: Matrix2 { Matrix2(turn.m11, turn.m21, turn.m12, turn.m22) }
}
