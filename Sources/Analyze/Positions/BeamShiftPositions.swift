import EPUCore
import Foundation

/// The positions of AFIS: nodes of the foil's lattice around the stage stop's centre hole, as beam shift reaches them.
///
/// A position's id depends on its node alone, not on which others are in use: 0 is the centre, then by distance, then by
/// angle. So it is the same in every session of a microscope whose foil lies alike, and when a session is analysed again.
struct BeamShiftPositions: Sendable {
    typealias Site = FoilLattice.Site

    struct Position: Sendable {
        let id: Int
        let node: Site
        /// The mean beam shift of its exposures, beam-shift units.
        let center: Vector2
        let exposures: Int
        /// The rms distance of its holes from their mean, in parts of the pitch.
        let scatter: Double
    }

    let positions: [Position]
    /// For each exposure, the id of its position.
    let membership: [Int]
    let lattice: FoilLattice
    /// The ids of positions whose holes lie in more than one heap.
    let merged: [Int]
    /// The number of holes about as far from two positions: their heap may be split between these.
    let between: Int
    /// The ids of nodes at which no hole was shot, and which are nearer than the farthest position in use.
    let empty: [Int]
    /// The sum over exposures of the squared distance to their centre, squared beam-shift units.
    let squaredDistance: Double

    init?(_ input: CalibrationInput) {
        guard let lattice = input.lattice, let toNodes = lattice.vectors.inverse else { return nil }
        self.lattice = lattice
        let visits = input.visits.visits
        // The template's constant shifts all nodes alike: the centre holes lie at a node, to 0.1 um.
        var phases = [SIMD4<Double>](repeating: .zero, count: input.visits.patches)
        for visit in visits {
            let place = 2 * .pi * (toNodes * visit.beamShift)
            phases[visit.patch] += SIMD4(cos(place.x), sin(place.x), cos(place.y), sin(place.y))
        }
        let origins = phases.map { Vector2(atan2($0[1], $0[0]) / (2 * .pi), atan2($0[3], $0[2]) / (2 * .pi)) }
        let places = visits.map { toNodes * $0.beamShift - origins[$0.patch] }
        let nodes = places.map { place in
            Site(Int(clamping: place.x.rounded()), Int(clamping: place.y.rounded()))
        }
        between = zip(places, nodes).count { (lattice.vectors * ($0 - $1.vector)).length > 0.35 * lattice.pitch }

        let numbering = NodeNumbering(lattice.kind, reach: nodes.map { max(abs($0.i), abs($0.j)) }.max() ?? 0)
        let membership = input.visits.visitOfExposure.map { numbering.id(nodes[$0]) }
        let members = Dictionary(grouping: membership.indices) { membership[$0] }
        let visitsOfPosition = Dictionary(grouping: nodes.indices) { numbering.id(nodes[$0]) }
        self.membership = membership
        var squared = 0.0
        let positions = visitsOfPosition.sorted { $0.key < $1.key }.map { id, indices in
            let shifts = (members[id] ?? []).map { input.exposures[$0].beamShift }
            let center = shifts.mean
            squared += shifts.reduce(0) { $0 + ($1 - center).squaredLength }
            let own = indices.map { lattice.vectors * places[$0] }
            let mean = own.mean
            let scatter = (own.reduce(0) { $0 + ($1 - mean).squaredLength } / Double(own.count)).squareRoot()
            return Position(
                id: id, node: nodes[indices[0]], center: center, exposures: shifts.count,
                scatter: scatter / lattice.pitch)
        }
        self.positions = positions
        squaredDistance = squared
        merged = positions.filter { $0.scatter > 0.2 }.map(\.id)
        let farthest = positions.map { (lattice.vectors * $0.node.vector).length }.max() ?? 0
        let used = Set(positions.map(\.id))
        empty = numbering.nodes.enumerated().filter { id, node in
            (lattice.vectors * node.vector).length < farthest - 0.5 * lattice.pitch && !used.contains(id)
        }.map(\.offset)
    }

    /// The centres, each at the index that is its id; not finite where a position is not in use.
    var centersByID: [Vector2] {
        var centers = [Vector2](repeating: Vector2(.nan, .nan), count: (positions.last?.id ?? -1) + 1)
        for position in positions { centers[position.id] = position.center }
        return centers
    }

    /// How many nodes lie within a radius, um, of the centre: what AFIS can reach.
    static func count(within radius: Double, _ lattice: FoilLattice, scale: Double) -> Int {
        let steps = radius / (lattice.pitch * scale) * 1.3
        guard steps.isFinite, steps < 200 else { return 0 }
        return NodeNumbering(lattice.kind, reach: Int(steps) + 1).nodes.count {
            (lattice.vectors * $0.vector).length * scale <= radius * 1.01
        }
    }
}

/// All nodes of a lattice in a fixed order: by squared length for a pitch of 1, then by angle from the first vector,
/// anticlockwise.
private struct NodeNumbering {
    let nodes: [FoilLattice.Site]
    private let ids: [FoilLattice.Site: Int]

    /// - Parameter reach: the greatest index along either vector that will be asked for.
    init(_ kind: FoilLattice.Kind, reach: Int) {
        // Nodes of a square of indices have all shorter ones within twice the reach.
        let reach = min(2 * reach + 1, 400)
        let ideal =
            kind == .square ? Matrix2.identity : Matrix2(columns: Vector2(1, 0), Vector2(0.5, 3.0.squareRoot() / 2))
        let all = (-reach...reach).flatMap { i in (-reach...reach).map { FoilLattice.Site(i, $0) } }
        let keys = all.map { node -> (length: Int, angle: Double, node: FoilLattice.Site) in
            let angle = (ideal * node.vector).angle
            return (kind.squaredLength(node), angle < -1e-9 ? angle + 2 * .pi : max(0, angle), node)
        }
        nodes = keys.sorted { ($0.length, $0.angle) < ($1.length, $1.angle) }.map(\.node)
        ids = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) })
    }

    func id(_ node: FoilLattice.Site) -> Int { ids[node] ?? nodes.count }
}
