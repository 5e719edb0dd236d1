import EPUArchive
import EPUCore
import GRDB

/// The hole map of a session, and how it lies to the holes that were shot.
///
/// The map was made from pictures of low magnification: some per cent wrong in scale, a little turned, and perhaps as far aside
/// as the next hole. The shot holes of a square show by how much: `shot = place + matrix x (map - middle)`, with a matrix near
/// the identity.
struct MappedHoles {
    struct Hole {
        let foilHole: Int64
        /// The place of the hole, um.
        var place: Vector2
        /// The brightness in the picture of the square, counts: ice and bars, which are the same in every session; nil: not
        /// recorded.
        let brightness: Double?
    }

    private var holes: [Int64: [Hole]] = [:]
    private var square: [Int64: (square: Int64, index: Int)] = [:]
    /// The places in the map and those where the holes were shot, by square, um.
    private var pairs: [Int64: [(map: Vector2, shot: Vector2)]] = [:]

    /// The fewest shot holes of a square that count: fewer may all be of one cluster that was shot at a wrong place.
    private static let fewestShot = 10
    /// How far a shot hole may lie from its place in the map, after the square's median is taken off, um: farther is a wrong
    /// hole.
    private static let greatestAside = 2.0
    /// The standard deviations of a hole in the map, um, and of the map's scale and turn, as a part.
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
        // The holes are read in the order of ids: what is sampled of the map must not differ from run to run.
        for hole in try HolePositions(session.sessionID, db).holes {
            guard let gridSquare = hole.gridSquare, let place = hole.onMap else { continue }
            square[hole.foilHole] = (gridSquare, holes[gridSquare, default: []].count)
            holes[gridSquare, default: []].append(
                Hole(foilHole: hole.foilHole, place: place, brightness: brightness[hole.foilHole]))
        }
    }

    /// - Parameter centre: the place where a hole turned out to lie, um.
    mutating func add(_ centre: Vector2, of foilHole: Int64) {
        guard let (square, index) = square[foilHole], let place = holes[square]?[index].place else { return }
        pairs[square, default: []].append((place, centre))
    }

    /// The holes of the map by square, um, moved by what the square's shot holes show; where these are few, by what the session's
    /// do.
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
        // The fits are added in the order of ids, so that sums round alike.
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

    /// The median displacement, which a few holes that were shot at a wrong place do not move.
    private static func median(_ pairs: [(map: Vector2, shot: Vector2)]) -> Vector2? {
        let differences = pairs.map { $0.shot - $0.map }
        return differences.isEmpty ? nil : Vector2(differences.map(\.x).median, differences.map(\.y).median)
    }
}
