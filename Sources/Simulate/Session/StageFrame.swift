import EPUCore

/// How the stage coordinates that a session records lie to those of the first session, in which the specimen is known.
///
/// A grid that was taken out and put back lies aside, turned, and perhaps upside down; a stage that was homed again
/// counts from elsewhere. The microscope is the same: beam shift and images are turned and mirrored against the specimen,
/// not against the stage.
struct StageFrame: Sendable {
    /// The turn about `centre`, degrees anticlockwise.
    let turnDegrees: Double
    /// Whether y is mirrored, at `centre`, before the turn: the grid lies upside down.
    let isMirrored: Bool
    /// The point about which the grid is turned and mirrored, in the first session's coordinates, um.
    let centre: Vector2
    /// The displacement that is added to each position once it is mirrored and turned, um.
    let offset: Vector2
    private let turn: Matrix2
    /// The turn, with the mirror, less the identity: zero without a turn, so that rounding changes no position.
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

    /// The position on this session's stage of a place on the specimen, um.
    func stagePosition(of place: Vector2) -> Vector2 { place + change * (place - centre) + offset }

    /// The displacement on this session's stage that a way on the specimen makes.
    func stageOffset(of way: Vector2) -> Vector2 { turn * way }

    /// The way on the specimen that makes this displacement on this session's stage.
    func way(ofStageOffset offset: Vector2) -> Vector2 { turnBack * offset }

    /// The matrix from beam shift to the specimen, in the first session's coordinates.
    /// - Parameter matrix: The matrix from beam shift to this session's stage.
    func beamToSpecimen(_ matrix: Matrix2) -> Matrix2 { turnBack * matrix }

    /// The angle on this session's stage of a direction on the specimen, degrees anticlockwise from x.
    func angleDegrees(of direction: Double) -> Double { (isMirrored ? -direction : direction) + turnDegrees }

    /// The inverse of `turn`: that of a rotation or reflection is its transpose.
    private var turnBack: Matrix2 { Matrix2(turn.m11, turn.m21, turn.m12, turn.m22) }
}
