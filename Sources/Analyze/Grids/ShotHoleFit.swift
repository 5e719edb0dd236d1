import EPUCore
import Foundation

/// Refines a move by the holes that were shot in both sessions, whose places are known best. Where they shot different holes of a
/// square, a hole of one lies whole steps of the foil's lattice from one of the other.
struct ShotHoleFit {
    /// What two sessions tell of how the grid was moved between them.
    enum Outcome {
        case measured(GridMove)
        /// Nothing speaks for a move or against it; the reason in words.
        case unknown(String)
        /// The grid was moved, and no shift and turn says how; the reason in words.
        case undetermined(String)
    }

    private let session: GridHoles
    private let judged: GridHoles
    let pitch: Double
    private var grid: PositionGrid
    /// The stage stop of each point of the grid.
    private var stops: [Int] = []
    private var lattices: [(lattice: Matrix2, inverse: Matrix2)] = []
    private var latticeOf: [Int] = []

    /// The greatest distance, in pitches: farther away the error of the lattice adds up.
    private static let reach = 6.0
    /// How far a hole may be from where it should be, in pitches; if farther, it is another hole.
    private static let tolerance = 0.3
    /// The number of holes from twice which on only some are fitted.
    private static let mostHoles = 6000
    /// The fewest pairs that say anything.
    static let fewestPairs = 10
    /// The least share of the holes that must lie where they should.
    private static let leastShare = 0.7
    /// The greatest rms of the mean residuals of squares, um: with more it is no rigid move.
    private static let greatestScatter = 0.2
    /// The weight of a hole that only the lattice ties to another, which says less.
    private static let latticeWeight = 0.5

    /// - Parameter pitch: the pitch of the foil, um.
    init(_ session: GridHoles, to judged: GridHoles, pitch: Double) {
        self.session = session
        self.judged = judged
        self.pitch = pitch
        grid = PositionGrid(reach: Self.reach * pitch)
        for (_, square) in judged.squares.sorted(by: { $0.key < $1.key }) where !square.shot.isEmpty {
            guard let lattice = square.lattice, let inverse = lattice.inverse else { continue }
            for hole in square.shot {
                grid.append(hole.place)
                stops.append(hole.stop)
                latticeOf.append(lattices.count)
            }
            lattices.append((lattice, inverse))
        }
    }

    /// - Parameter start: a move that is right to a third of a pitch near its centre.
    func outcome(from start: GridMove) -> Outcome {
        guard let (first, squares) = refined(start) else {
            return .unknown("where its grid lay cannot be measured, as too few holes of both lie near each other")
        }
        let isGood = session.isGood && judged.isGood
        var (move, apart) = isGood ? partingAsides(squares, first) : (first, [])
        let scatter = scatter(squares.filter { !apart.contains($0.square) }, move)
        let aside = squares.reduce(0) { $0 + $1.aside }
        let all = squares.reduce(aside) { $0 + $1.pairs.count }
        guard Double(all - aside) >= Self.leastShare * Double(all), scatter <= Self.greatestScatter || !isGood
        else { return .undetermined(notRigid(by: scatter, aside: aside, of: all)) }
        if isGood { move.asides = asides(squares, move) }
        return .measured(move)
    }

    /// The move, improved square by square from the middle outwards: an error of the turn must not reach a neighbouring hole
    /// before it is corrected.
    private func refined(_ start: GridMove) -> (move: GridMove, squares: [PairedHoles])? {
        let squares = session.squares.filter { !$0.value.shot.isEmpty }
            .map { (id: $0.key, shot: $0.value.shot, middle: $0.value.shot.map(\.place).mean) }
            .sorted {
                ($0.middle.distance(to: start.centre), $0.id) < ($1.middle.distance(to: start.centre), $1.id)
            }
        let holes = squares.reduce(0) { $0 + $1.shot.count }
        let step = max(1, holes / Self.mostHoles)
        var move = start
        var grown: [RigidFit.Pair] = []
        for square in squares {
            let more = pairs(square.shot, every: step, move, square: square.id).pairs
            grown += more
            guard more.count >= Self.fewestPairs else { continue }
            if let fit = RigidFit.robust(grown, isMirrored: start.isMirrored) { move = fit.move }
        }
        var found: [PairedHoles] = []
        for _ in 0..<2 {
            found = squares.map { pairs($0.shot, every: step, move, square: $0.id) }
            let all = found.flatMap(\.pairs)
            guard all.count >= Self.fewestPairs, let fit = RigidFit.robust(all, isMirrored: start.isMirrored)
            else { return nil }
            move = fit.move
        }
        return (move, found)
    }

    /// The shot holes of a square of the session.
    struct PairedHoles {
        let square: Int64
        /// Those that have one of the judged session where it should be.
        var pairs: [RigidFit.Pair] = []
        /// The number of those that lie beside.
        var aside = 0
    }

    /// The pairs of each hole with the nearest one of the judged session.
    private func pairs(_ shot: [GridHoles.Shot], every step: Int, _ move: GridMove, square: Int64)
        -> PairedHoles
    {
        var found = PairedHoles(square: square)
        for index in stride(from: 0, to: shot.count, by: step) {
            let place = move.place(shot[index].place)
            guard let (other, _) = grid.nearest(within: Self.reach * pitch, of: place) else { continue }
            let (lattice, inverse) = lattices[latticeOf[other]]
            let steps = FoilLattice.rounded(inverse * (place - grid.points[other]))
            let target = grid.points[other] + lattice * steps
            guard target.distance(to: place) <= Self.tolerance * pitch else {
                found.aside += 1
                continue
            }
            found.pairs.append(
                RigidFit.Pair(
                    from: shot[index].place, to: target, weight: steps == .zero ? 1 : Self.latticeWeight,
                    stops: (shot[index].stop, stops[other])))
        }
        return found
    }

    /// The rms of the median residuals of squares, um, without those of which most holes lie beside.
    private func scatter(_ squares: [PairedHoles], _ move: GridMove) -> Double {
        let means = squares.compactMap { square -> Double? in
            guard square.pairs.count >= max(Self.fewestPairs, square.aside) else { return nil }
            let residuals = square.pairs.map { $0.to - move.place($0.from) }
            return Vector2(residuals.map(\.x).median, residuals.map(\.y).median).squaredLength
        }
        return (means.reduce(0, +) / Double(max(1, means.count))).squareRoot()
    }

    private func notRigid(by scatter: Double, aside: Int, of holes: Int) -> String {
        guard session.isGood, judged.isGood else {
            return
                "their holes do not lie apart by one shift and turn, which a wrong calibration of one of them would explain"
        }
        let rest =
            Double(aside) > (1 - Self.leastShare) * Double(holes)
            ? "\(aside) of \(holes) lie elsewhere"
            : "what is left differs by \(scatter.text(decimals: 2)) um from square to square"
        return "their holes do not lie apart by one shift and turn: \(rest), as if the stage had lost its way"
    }
}

// MARK: - Without hole maps

extension ShotHoleFit {
    /// How exactly the holes that both sessions shot lie on each other, without what their stage stops share: a foil's holes lie
    /// some 30 nm off its lattice, each in its own way, so that the right holes fit better than others a step aside.
    /// - Returns: the rms in x and in y, um, and its degrees of freedom.
    func agreement(at start: GridMove) -> (rms: Double, freedom: Int, move: GridMove)? {
        guard let (move, found) = refined(start) else { return nil }
        let same = found.flatMap(\.pairs).filter { $0.weight == 1 && $0.to.distance(to: move.place($0.from)) < 0.3 }
        let stops = Dictionary(grouping: same) { [$0.stops.from, $0.stops.to] }
        var (squares, freedom) = (0.0, 0)
        for (_, stop) in stops.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) where stop.count > 1 {
            let residuals = stop.map { $0.to - move.place($0.from) }
            let mean = residuals.mean
            squares += residuals.reduce(0) { $0 + ($1 - mean).squaredLength }
            freedom += 2 * (stop.count - 1)
        }
        return freedom > 0 ? ((squares / Double(freedom)).squareRoot(), freedom, move) : nil
    }
}
