import EPUArchive
import EPUCore
import GRDB

/// How the stage coordinates of a session lie to those of the session that is judged: a grid that was taken out and put back
/// lies aside, turned, or upside down.
///
///     q = L (p - centre) + target,   L = [[cos, -sin], [sin, cos]] or, mirrored, [[cos, sin], [sin, -cos]]
///
/// takes a place p of the session to that of the judged one, um. The centre is the middle of the holes that were measured, so
/// that an error of the turn has no long arm there.
struct GridMove: Sendable {
    /// The turn anticlockwise, after the mirror, in degrees (-180, 180].
    let turnDegrees: Double
    /// Whether the grid was put back upside down.
    let isMirrored: Bool
    /// The centre of the turn in the session's own coordinates, um.
    let centre: Vector2
    /// The place where the centre lies in the judged session's coordinates, um.
    let target: Vector2
    /// The standard error of the target in x and in y, um; nil: not measured, and taken as 0.
    let error: Double?
    /// The standard error of the turn, degrees.
    let turnErrorDegrees: Double?
    /// The matrix L.
    let linear: Matrix2
    /// The squares that lie aside of that, by their ids in the session, as the stage had lost its way there.
    var asides: [Int64: Aside] = [:]

    /// Where a square lies aside of what shift and turn say.
    struct Aside: Sendable {
        /// How far, um in the judged session's coordinates.
        let shift: Vector2
        /// The standard error, in x and in y, of where the square lies, um.
        let error: Double
        /// The middle of the holes that tell it, um in the session's own coordinates.
        let middle: Vector2
        /// Whether its holes do not tell where it lies: what was exposed twice there is not known.
        var isLost = false

        /// It lies anywhere between two holes, as far as anybody knows.
        static func lost(pitch: Double) -> Aside {
            Aside(shift: .zero, error: pitch / 2, middle: .zero, isLost: true)
        }
    }

    /// The squares of which it is not known where they lie, by their ids in the session.
    var lostSquares: [Int64] { asides.filter(\.value.isLost).keys.sorted() }

    static let none = GridMove(centre: .zero, target: .zero)

    init(
        turnDegrees: Double = 0, isMirrored: Bool = false, centre: Vector2, target: Vector2, error: Double? = nil,
        turnErrorDegrees: Double? = nil
    ) {
        self.turnDegrees = turnDegrees
        self.isMirrored = isMirrored
        self.centre = centre
        self.target = target
        self.error = error
        self.turnErrorDegrees = turnErrorDegrees
        linear =
            turnDegrees == 0 && !isMirrored
            ? .identity : Matrix2(scale: 1, angleDegrees: turnDegrees, isMirrored: isMirrored)
    }

    /// How far the centre moved, um.
    var shift: Vector2 { target - centre }

    /// The place in the judged session's coordinates, um. Without a turn it is a difference alone, so that nothing is rounded
    /// twice.
    func place(_ own: Vector2) -> Vector2 {
        linear == .identity ? own - (centre - target) : target + linear * (own - centre)
    }

    /// The place in the judged session's coordinates of a place in a square, um.
    func place(_ own: Vector2, in square: Int64?) -> Vector2 {
        guard let aside = square.flatMap({ asides[$0] }) else { return place(own) }
        return place(own) + aside.shift
    }

    /// The place in this session's coordinates where a place of the judged one lies, um. L is orthogonal: its transpose is its
    /// inverse.
    func own(_ place: Vector2) -> Vector2 {
        centre + Matrix2(linear.m11, linear.m21, linear.m12, linear.m22) * (place - target)
    }

    /// The standard error, in x and in y, of where a place of the session lies, um: that of the turn grows with the distance from
    /// the centre. Nil: not measured.
    func error(at own: Vector2) -> Double? {
        error.map { Vector2($0, (turnErrorDegrees ?? 0) * .pi / 180 * own.distance(to: centre)).length }
    }

    /// The same for a place in a square.
    func error(at own: Vector2, in square: Int64?) -> Double? {
        square.flatMap { asides[$0]?.error } ?? error(at: own)
    }

    /// This move after another: from a session to a third one, and from there to the judged one.
    func after(_ first: GridMove) -> GridMove {
        var both = GridMove(
            turnDegrees: (linear * first.linear).angleDegrees, isMirrored: isMirrored != first.isMirrored,
            centre: first.centre, target: place(first.target),
            error: Vector2(first.error ?? 0, error(at: first.target) ?? 0).length,
            turnErrorDegrees: Vector2(first.turnErrorDegrees ?? 0, turnErrorDegrees ?? 0).length)
        // The squares have the same ids on one atlas.
        both.asides = asides
        for (square, aside) in first.asides {
            let then = asides[square]
            both.asides[square] = Aside(
                shift: linear * aside.shift + (then?.shift ?? .zero),
                error: Vector2(aside.error, then?.error ?? error(at: first.place(aside.middle)) ?? 0).length,
                middle: aside.middle, isLost: aside.isLost || then?.isLost == true)
        }
        return both
    }

    /// This move with the squares of another that lie aside of it where they lie by that.
    func takingAsides(of other: GridMove) -> GridMove {
        var taken = self
        taken.asides = other.asides.mapValues { aside in
            guard !aside.isLost else { return aside }
            return Aside(
                shift: aside.shift + other.place(aside.middle) - place(aside.middle), error: aside.error,
                middle: aside.middle)
        }
        return taken
    }

    /// The angle between the turns of two moves, 0 to 180 degrees.
    func turn(to other: GridMove) -> Double {
        abs((turnDegrees - other.turnDegrees).remainder(dividingBy: 360))
    }

    /// Whether two measurements say the same: if one became a little better with new exposures, nothing has to be placed again.
    func isSame(as other: GridMove) -> Bool {
        guard (error == nil) == (other.error == nil), isMirrored == other.isMirrored else { return false }
        return turn(to: other) <= max(0.002, 2 * (turnErrorDegrees ?? 0))
            && place(other.centre).distance(to: other.target) <= max(0.02, 2 * (error(at: other.centre) ?? 0))
    }
}

// MARK: - Stored

extension GridMove: FetchableRecord {
    /// The columns of `placement_set_session`.
    static let columns =
        "offset_x_um, offset_y_um, offset_error_um, turn_deg, turn_error_deg, mirrored, centre_x_um, centre_y_um"

    private struct Columns: ArchiveRecord {
        let offsetXUm, offsetYUm, turnDeg, centreXUm, centreYUm: Double
        let offsetErrorUm, turnErrorDeg: Double?
        let mirrored: Bool
    }

    init(row: Row) throws {
        let columns = try Columns(row: row)
        let centre = Vector2(columns.centreXUm, columns.centreYUm)
        self.init(
            turnDegrees: columns.turnDeg, isMirrored: columns.mirrored, centre: centre,
            target: centre - Vector2(columns.offsetXUm, columns.offsetYUm), error: columns.offsetErrorUm,
            turnErrorDegrees: columns.turnErrorDeg)
    }

    /// The values in the order of `columns`.
    var values: [(any DatabaseValueConvertible)?] {
        [
            -shift.x, -shift.y, error, turnDegrees, turnErrorDegrees, isMirrored, centre.x, centre.y,
        ]
    }

    /// The stored moves of a set by session.
    static func stored(in placementSetID: Int64, _ db: Database) throws -> [Int64: GridMove] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT session_id, \(columns) FROM placement_set_session WHERE placement_set_id = ?",
            arguments: [placementSetID])
        return Dictionary(try rows.map { ($0[0], try GridMove(row: $0)) }, uniquingKeysWith: { first, _ in first })
    }
}

// MARK: - Text

extension GridMove {
    /// The shift in words such as `8.00, -5.00 +- 0.02 um`, or with a turn `8.00, -5.00 +- 0.02 um, turned by 2.00 +- 0.01
    /// degrees`, where the turn is more than its error.
    var text: String {
        let shift =
            "\(shift.x.text(decimals: 2)), \(shift.y.text(decimals: 2))"
            + (error.map { " +- \($0.text(decimals: 2))" } ?? "") + " um"
        return isMirrored || isTurned ? "\(shift), \(turnText)" : shift
    }

    /// Whether the turn is large enough, also against its error, to differ from none.
    private var isTurned: Bool { abs(turnDegrees) > max(0.05, 2 * (turnErrorDegrees ?? 0)) }

    private var turnText: String {
        let error = turnErrorDegrees.map { " +- \($0.text(decimals: 2))" } ?? ""
        return (isMirrored ? "upside down, " : "") + "turned by \(turnDegrees.text(decimals: 2))\(error) degrees"
    }
}
