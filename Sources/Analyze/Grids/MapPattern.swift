import EPUCore
import Foundation

/// The holes of all squares in the hole maps of one session.
struct MapPattern {
    struct Square {
        let id: Int64
        let middle: Vector2
        /// The greatest distance of a hole from the middle, um.
        let reach: Double
        let holes: [MappedHoles.Hole]
        let lattice: Matrix2

        init(id: Int64, holes: [MappedHoles.Hole], lattice: Matrix2) {
            self.id = id
            self.holes = holes
            self.lattice = lattice
            let middle = holes.map(\.place).mean
            self.middle = middle
            reach = holes.reduce(0) { max($0, $1.place.distance(to: middle)) }
        }
    }

    /// The squares with the most holes, um in the session's own coordinates.
    let squares: [Square]
    private(set) var grid: PositionGrid
    private(set) var brightness: [Double?] = []
    /// Whether a square of one id is the same square in both sessions.
    private let areIDsShared: Bool

    private static let mostSquares = 16
    /// The fewest holes of a square that tell anything.
    static let fewestHoles = 20

    /// - Parameter ids: the ids of the squares that both sessions have; nil: all squares, and their ids say nothing.
    init(_ session: GridHoles, ids: Set<Int64>?, pitch: Double) {
        areIDsShared = ids != nil
        let mapped = session.squares.filter { $0.value.map.count >= Self.fewestHoles && ids?.contains($0.key) != false }
        squares = mapped.compactMap { id, square in
            square.lattice.map { Square(id: id, holes: square.map, lattice: $0) }
        }
        .sorted { ($1.holes.count, $0.id) < ($0.holes.count, $1.id) }
        .prefix(Self.mostSquares).map { $0 }
        // The grid has holes of the other squares, too: a hole that lies on one of theirs is no stranger.
        grid = PositionGrid(reach: 1.6 * pitch)
        for (_, square) in session.squares.sorted(by: { $0.key < $1.key }) {
            for hole in square.map {
                grid.append(hole.place)
                brightness.append(hole.brightness)
            }
        }
    }

    /// The pairs of squares that are one by their ids but that a move puts beside each other.
    func partedSquares(from judged: MapPattern, by move: GridMove) -> [(own: Square, other: Square)] {
        guard areIDsShared else { return [] }
        return squares.compactMap { square in
            guard let other = judged.squares.first(where: { $0.id == square.id }),
                move.place(square.middle).distance(to: other.middle) > square.reach + other.reach
            else { return nil }
            return (square, other)
        }
    }
}

/// How well a move puts the hole maps of two sessions on each other.
struct MapAgreement {
    /// The number of holes that lie on one of the other map.
    private(set) var matched = 0
    /// The number of holes that lie beside holes of the other map where this has none, or in a square that comes to lie elsewhere.
    private(set) var unmatched = 0
    /// The number of squares of which the holes lie on those of the other session, in the median within a tenth of the pitch.
    private(set) var exactSquares = 0
    /// The correlation of what both pictures show of the same holes, and the number of these; 0 where nothing is recorded.
    private(set) var correlation = 0.0
    private(set) var seen = 0
    private(set) var move: GridMove

    /// How far a hole may lie from the other map's hole, in pitches.
    static let tolerance = 0.35
    /// The distance within which there would be another hole, in pitches.
    private static let neighbourhood = 1.6
    /// The number of holes of a square's map that are compared at most.
    private static let mostHoles = 120
    /// The least share of the holes of a square that must lie on the other's.
    private static let leastShare = 0.7

    /// - Parameter start: a move that is right near its centre.
    init(_ own: MapPattern, to judged: MapPattern, at start: GridMove, pitch: Double) {
        move = start
        let near = own.squares.sorted {
            ($0.middle.distance(to: start.centre), $0.id) < ($1.middle.distance(to: start.centre), $1.id)
        }
        var pairs: [RigidFit.Pair] = []
        // The squares are taken from the middle outwards, and the turn is improved on the way.
        for square in near {
            let found = Self.matches(square, judged, move, pitch: pitch)
            guard found.pairs.count >= 8,
                Double(found.pairs.count) > Self.leastShare * Double(found.pairs.count + found.beside)
            else { continue }
            pairs += found.pairs.map { RigidFit.Pair(from: $0.own, to: judged.grid.points[$0.other]) }
            if let fit = RigidFit(pairs, isMirrored: start.isMirrored) { move = fit.move }
        }
        var shades: [(Double, Double)] = []
        for square in own.squares {
            let found = Self.matches(square, judged, move, pitch: pitch)
            matched += found.pairs.count
            unmatched += found.beside
            if found.pairs.count >= 15, found.beside * 5 < found.pairs.count {
                let residuals = found.pairs.map { judged.grid.points[$0.other] - move.place($0.own) }
                let aside = Vector2(residuals.map(\.x).median, residuals.map(\.y).median)
                if aside.length < 0.1 * pitch { exactSquares += 1 }
            }
            for pair in found.pairs {
                if let first = pair.brightness, let second = judged.brightness[pair.other] {
                    shades.append((first, second))
                }
            }
        }
        // A map that lies within the other's holes hides none of its own; the other way round it may.
        for square in judged.squares {
            for hole in Self.sample(square.holes) {
                let place = move.own(hole.place)
                guard let (_, distance) = own.grid.nearest(within: Self.neighbourhood * pitch, of: place) else {
                    continue
                }
                if distance > Self.tolerance * pitch { unmatched += 1 }
            }
        }
        // A move may bring one square on its own by taking the others to where there is no map.
        for (square, other) in own.partedSquares(from: judged, by: move) {
            unmatched += Self.sample(square.holes).count + Self.sample(other.holes).count
        }
        seen = shades.count
        correlation = Self.correlation(shades)
    }

    private static func sample(_ holes: [MappedHoles.Hole]) -> [MappedHoles.Hole] {
        stride(from: 0, to: holes.count, by: max(1, (holes.count + mostHoles - 1) / mostHoles)).map { holes[$0] }
    }

    private static func matches(_ square: MapPattern.Square, _ judged: MapPattern, _ move: GridMove, pitch: Double) -> (
        pairs: [(own: Vector2, other: Int, brightness: Double?)], beside: Int
    ) {
        var pairs: [(own: Vector2, other: Int, brightness: Double?)] = []
        var beside = 0
        for hole in sample(square.holes) {
            let place = move.place(hole.place)
            guard let (other, distance) = judged.grid.nearest(within: neighbourhood * pitch, of: place) else {
                continue
            }
            if distance <= tolerance * pitch {
                pairs.append((hole.place, other, hole.brightness))
            } else {
                beside += 1
            }
        }
        return (pairs, beside)
    }

    /// Pearson's correlation.
    private static func correlation(_ shades: [(Double, Double)]) -> Double {
        guard shades.count > 2 else { return 0 }
        let count = Double(shades.count)
        let first = shades.reduce(0) { $0 + $1.0 } / count
        let second = shades.reduce(0) { $0 + $1.1 } / count
        var (a, b, both) = (0.0, 0.0, 0.0)
        for (x, y) in shades {
            a += (x - first) * (x - first)
            b += (y - second) * (y - second)
            both += (x - first) * (y - second)
        }
        return a > 0 && b > 0 ? both / (a * b).squareRoot() : 0
    }

    /// The log likelihood of the move. On a foil holes match wherever the lattices do, so that a match says little; the evidence
    /// is a hole that the other map lacks (3 % of them where the move is right), and the ice and the bars that both pictures
    /// show: -n/2 ln(1 - r^2) of two normal variables, half of it as neighbours are alike, and r no more than 0.95.
    var evidence: Double {
        0.3 * Double(matched) - 3.4 * Double(unmatched) + 0.25 * Double(seen) * information
    }

    private var information: Double {
        let r = min(0.95, max(0, correlation))
        return -log(1 - r * r)
    }

    /// The log likelihood that this is the same grid, not another one. Squares of any two grids can be laid on each other, and
    /// all pictures of squares are dark along the bars: what counts is how much more alike the ice is than under any other move,
    /// and that more squares lie on squares than the two that turn and shift can bring there, by a chance of 4 % each.
    /// - Parameter rivals: the agreement under other moves.
    func identity(against rivals: [MapAgreement]) -> Double {
        let usual = rivals.filter { $0.seen >= Self.fewestSeen }.map(\.information).max() ?? 0
        let ice = rivals.isEmpty ? 0 : 0.25 * Double(seen) * (information - usual)
        return ice + 3.2 * Double(max(0, exactSquares - 2))
    }

    private static let fewestSeen = 40
}
