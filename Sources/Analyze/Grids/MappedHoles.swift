import EPUArchive
import EPUCore
import GRDB

/// The hole map of a session, and how it lies to the holes that were shot.
///
/// It was made from pictures of low magnification: some per cent off in scale, a little turned, and perhaps as far aside as the
/// next hole. What was shot of a square says how, as `shot = place + matrix x (map - middle)`, with the identity as what the
/// matrix is near to.
struct MappedHoles {
    struct Hole {
        let foilHole: Int64
        /// um
        var place: Vector2
        /// In the picture of the square, counts: ice and bars, which are the same in every session; nil: not recorded.
        let brightness: Double?
    }

    private var holes: [Int64: [Hole]] = [:]
    private var square: [Int64: (square: Int64, index: Int)] = [:]
    /// What the map says and what was shot, by square, um.
    private var pairs: [Int64: [(map: Vector2, shot: Vector2)]] = [:]

    /// In a square: fewer may all be of one cluster that was shot at a wrong place.
    private static let fewestShot = 10
    /// Of what was shot from the square's median, um: farther is a wrong hole.
    private static let greatestAside = 2.0
    /// Of a hole on the map, and of the map's scale and turn: their standard deviations.
    private static let holeError = 0.1
    private static let matrixError = 0.03

    init(_ session: SessionRow, _ db: Database) throws {
        var brightness: [Int64: Double] = [:]
        var statement = try RowStatement(
            db,
            """
            SELECT foil_hole, ice_intensity_mean FROM foil_hole
            WHERE session_id = ? AND ice_intensity_mean IS NOT NULL
            """)
        statement.bind(session.sessionID)
        try statement.forEachRow { row in brightness[row.int(0)] = row.double(1) }
        // In the order of ids: what is sampled of the map must not differ from run to run.
        for hole in try HolePositions(session.sessionID, db).holes {
            guard let gridSquare = hole.gridSquare, let place = hole.onMap else { continue }
            square[hole.foilHole] = (gridSquare, holes[gridSquare, default: []].count)
            holes[gridSquare, default: []].append(
                Hole(foilHole: hole.foilHole, place: place, brightness: brightness[hole.foilHole]))
        }
    }

    /// - Parameter centre: where a hole turned out to lie, um.
    mutating func add(_ centre: Vector2, of foilHole: Int64) {
        guard let (square, index) = square[foilHole], let place = holes[square]?[index].place else { return }
        pairs[square, default: []].append((place, centre))
    }

    /// By square, um: moved as the square's shot holes ask for, where these are few as the session's do.
    var aligned: [Int64: [Hole]] {
        let median = Self.median(pairs.values.flatMap { $0 }) ?? .zero
        var common = LinearFit()
        var shifts: [Int64: Vector2] = [:]
        var kept: [Int64: [(map: Vector2, shot: Vector2)]] = [:]
        for (square, pairs) in pairs where pairs.count >= Self.fewestShot {
            guard let shift = Self.median(pairs) else { continue }
            shifts[square] = shift
            kept[square] = pairs.filter { ($0.shot - $0.map).distance(to: shift) <= Self.greatestAside }
        }
        let fits = kept.mapValues { pairs in
            let (map, shot) = (pairs.map(\.map).mean, pairs.map(\.shot).mean)
            var fit = LinearFit()
            for pair in pairs { fit.add(pair.map - map, to: (pair.shot - pair.map) - (shot - map)) }
            return (fit: fit, map: map, shot: shot)
        }
        // In the order of ids, so that sums round alike.
        for (_, fit) in fits.sorted(by: { $0.key < $1.key }) { common.add(fit.fit) }
        let weight = Self.holeError * Self.holeError / (Self.matrixError * Self.matrixError)
        common.holdAtZero(weight: weight)
        let change = common.matrix ?? Matrix2(scale: 0)
        return Dictionary(
            uniqueKeysWithValues: holes.map { square, holes in
                var moved = holes
                if let (fit, map, shot) = fits[square] {
                    var own = fit
                    own.holdAtZero(weight: weight)
                    let matrix = own.matrix ?? change
                    for index in moved.indices {
                        let way = moved[index].place - map
                        moved[index].place = shot + way + matrix * way
                    }
                } else {
                    let middle = holes.map(\.place).mean
                    for index in moved.indices {
                        let place = moved[index].place
                        moved[index].place = place + median + change * (place - middle)
                    }
                }
                return (square, moved)
            })
    }

    /// A few holes that were shot at a wrong place do not move it.
    private static func median(_ pairs: [(map: Vector2, shot: Vector2)]) -> Vector2? {
        let differences = pairs.map { $0.shot - $0.map }
        return differences.isEmpty ? nil : Vector2(differences.map(\.x).median, differences.map(\.y).median)
    }
}
