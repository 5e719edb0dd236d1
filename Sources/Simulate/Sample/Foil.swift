import EPUCore
import Foundation

/// A hole of the foil.
struct FoilHole: Sendable {
    let site: LatticeSite
    /// The true centre on the stage, um.
    let position: Vector2
    /// Whether the hole is nearer to a bar, or under worse ice, than the microscopist wants.
    let isRejected: Bool
    let isNearGridBar: Bool
}

/// A grid square with its holes, in the order of the square spiral, in which EPU mostly numbers them.
struct GridSquare: Sendable {
    /// The square's id, which is the same in every session that uses the grid's first atlas.
    let id: Int
    /// The centre of the square on the stage, um.
    let centre: Vector2
    let rings: Int
    let holes: [FoilHole]

    /// The side of the opening between the bars, um.
    let opening: Double
    let distortion: SquareDistortion
    /// The axes of the square's own lattice.
    let axes: LatticeAxes

    func hole(at site: LatticeSite) -> Int? { holeOfSite[site] }
    private let holeOfSite: [LatticeSite: Int]

    init(
        id: Int, centre: Vector2, rings: Int, opening: Double, distortion: SquareDistortion, axes: LatticeAxes,
        holes: [FoilHole]
    ) {
        self.id = id
        self.centre = centre
        self.rings = rings
        self.opening = opening
        self.distortion = distortion
        self.axes = axes
        self.holes = holes
        holeOfSite = Dictionary(uniqueKeysWithValues: holes.enumerated().map { ($1.site, $0) })
    }
}

/// A holey foil on a grid of 300 mesh: one lattice through all squares, each with its own phase and, where that is asked
/// for, distorted in its own way.
struct Foil: Sendable {
    let pattern: FoilPattern
    /// The axes that all squares share, before they are distorted.
    let axes: LatticeAxes
    let squares: [GridSquare]

    /// The most holes that a session takes from one square.
    static let mostHolesPerSquare = 250
    /// The width of the bars of a 300 mesh grid, um.
    private static let barWidth = 27.0
    private static let meshSpacing = 85.0

    /// - Parameter goodHoles: The number of holes to make that are not rejected.
    init(options: SimulationOptions, goodHoles: Int) {
        var random = RandomSource(seed: options.seed, stream: "foil")
        let axes = LatticeAxes(
            pitch: options.pitch, angleDegrees: options.foilAngleDegrees, axesAngle: options.foil.axesAngle,
            shear: random.uniform(-0.014, 0.014), stretch: random.uniform(-0.012, 0.012))
        let counts = Self.holesPerSquare(goodHoles, random: &random)
        let rings = counts.map(Self.rings(forHoles:))
        let widest = Double(2 * (rings.max() ?? 0) + 1) * options.pitch
        let opening = max(Self.meshSpacing - Self.barWidth, widest + 2 * options.pitch)
        let places = Self.meshPlaces(
            counts.count, spacing: opening + Self.barWidth, angleDegrees: options.foilAngleDegrees, random: &random)
        var id = 8_000_000 + random.index(below: 900_000)
        self.axes = axes
        pattern = options.foil
        squares = zip(counts, zip(rings, places)).enumerated().map { index, square in
            id += 2 + random.index(below: 24)
            var squareRandom = RandomSource(seed: options.seed, stream: "grid square", index: index)
            let distortion = SquareDistortion(options: options, square: index, centre: square.1.1)
            return GridSquare(
                id: id, centre: square.1.1, rings: square.1.0, opening: opening, distortion: distortion,
                axes: distortion.axes(of: axes),
                holes: Self.holes(
                    good: square.0, rings: square.1.0, centre: square.1.1, axes: axes, pattern: options.foil,
                    distortion: distortion, random: &squareRandom))
        }
    }

    private static func holesPerSquare(_ total: Int, random: inout RandomSource) -> [Int] {
        let squares = total <= mostHolesPerSquare ? 1 : (total + 229) / 230
        var counts = (0..<squares).map { total / squares + ($0 < total % squares ? 1 : 0) }
        for square in counts.indices.dropLast() where counts[square] > 40 && counts[square + 1] > 40 {
            let moved = random.index(below: 15) - 7
            guard counts[square] + moved <= mostHolesPerSquare, counts[square + 1] - moved <= mostHolesPerSquare else {
                continue
            }
            counts[square] += moved
            counts[square + 1] -= moved
        }
        return counts
    }

    /// The number of rings of a window that has about an eighth more holes than are wanted.
    private static func rings(forHoles count: Int) -> Int {
        var rings = 1
        while (2 * rings + 1) * (2 * rings + 1) * 8 < count * 9 { rings += 1 }
        return rings
    }

    private static func holes(
        good: Int, rings: Int, centre: Vector2, axes: LatticeAxes, pattern: FoilPattern, distortion: SquareDistortion,
        random: inout RandomSource
    ) -> [FoilHole] {
        // Columns and rows of the window, which are the sites of a square foil.
        let places = squareSpiral(rings: rings)
        let phase = axes.vector(LatticeSite(i: 1, j: 0))
        let origin =
            centre + random.uniform(-0.5, 0.5) * phase + random.uniform(-0.5, 0.5)
            * axes.vector(
                LatticeSite(i: 0, j: 1))
        // A patch of thick ice somewhere off the centre.
        let angle = random.uniform(0, 2 * .pi)
        let patch = Double(rings) * Vector2(0.8 * cos(angle), 0.8 * sin(angle))
        let badness = places.map { place in
            let toPatch = patch.distance(to: Vector2(Double(place.i), Double(place.j))) / (0.4 * Double(rings) + 0.5)
            return random.uniform(0, 1) + (place.ring == rings ? random.uniform(0, 1.2) : 0) + (toPatch < 1 ? 1 : 0)
                - (place == .zero ? 10 : 0)
        }
        let worstFirst = places.indices.sorted { badness[$0] != badness[$1] ? badness[$0] > badness[$1] : $0 < $1 }
        let rejected = Set(worstFirst.prefix(places.count - good))
        return places.enumerated().map { index, place in
            let site = pattern.site(column: place.i, row: place.j)
            return FoilHole(
                site: site, position: distortion.place(of: origin + axes.vector(site) + random.vector(rms: 0.028)),
                isRejected: rejected.contains(index), isNearGridBar: rejected.contains(index) && place.ring == rings)
        }
    }

    /// Squares of the mesh that are neighbours, in the order in which they are visited.
    private static func meshPlaces(
        _ count: Int, spacing: Double, angleDegrees: Double, random: inout RandomSource
    ) -> [Vector2] {
        let axes = LatticeAxes(pitch: spacing, angleDegrees: angleDegrees + 2.5, shear: 0, stretch: 0)
        var rings = 0
        while (2 * rings + 1) * (2 * rings + 1) < count { rings += 1 }
        let start = Vector2(random.uniform(-300, 300), random.uniform(-300, 300))
        return squareSpiral(rings: rings).prefix(count).map { site in
            start + axes.vector(site) + Vector2(random.normal(0.8), random.normal(0.8))
        }
    }
}
