import EPUCore

/// What hole images told of a session: how sure that is, and which holes EPU centred.
struct Centring: Sendable {
    /// What the images told of one hole, at its first visit.
    struct Hole: Sendable {
        let foilHole: Int64
        /// The id of the hole's own image that its beam shift may follow; nil: there is none.
        let imageID: Int64?
        /// How far the hole lies from where its image has it, um; nil: there is no such image.
        let residual: Double?
        let isUsed: Bool
        /// The hole whose beam shift this hole repeats, because it was not centred; nil: it was centred, or that is not known.
        let repeats: Int64?
    }

    /// The number of holes that hold.
    let holes: Int
    /// The number of equations that hold beyond the unknowns.
    let beyond: Int
    /// What agreement with this centring is worth to another candidate, log likelihood.
    let support: Double
    /// Whether this centring needs no other method to be believed.
    let isProven: Bool
    /// The holes of the session in the order of their first visits.
    let centred: [Hole]
    /// The place of each template area from the hole's centre, um.
    let areaOffsets: [Int64: Vector2]

    /// The number of holes that were not centred.
    var repeating: Int { centred.count { $0.repeats != nil } }
    /// The holes with an image that their beam shift does not follow.
    var apart: [Int64] { centred.filter { $0.residual != nil && !$0.isUsed && $0.repeats == nil }.map(\.foilHole) }
}

extension Centring {
    /// How far the stage's own matrix may lie from that of the hole images: in scale, as a part; in angle, degrees; and in
    /// stretch.
    static let scaleReach = 0.06
    static let turnReach = 3.0
    static let stretchReach = 1.06
}

extension Calibration {
    /// Whether a matrix of the stage may be the given one of the hole image, whose scale and direction are a little wrong.
    func isNear(centring: Matrix2) -> Bool {
        guard let inverse = centring.inverse else { return false }
        let quotient = matrix * inverse
        return !quotient.isMirrored && abs(quotient.scale - 1) <= Centring.scaleReach
            && abs(quotient.angleDegrees) <= Centring.turnReach
            && quotient.singularRatio <= Centring.stretchReach
    }
}
