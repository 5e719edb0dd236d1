import EPUCore
import Foundation

@testable import epu_analyze
@testable import epu_simulate

/// Holes of a perfect foil, shot through a known matrix: every number of such a session is known beforehand.
struct IdealFoil {
    var kind = FoilLattice.Kind.square
    /// um.
    var pitch = 2.5
    var angleDegrees = 14.8
    /// um per beam-shift unit.
    var matrix = Matrix2(21.767, 11.130, 10.799, -21.682)
    /// Stops of a row, and rows.
    var stopsAside = 4
    /// Stops are so many sites along one axis and one along the other from each other.
    var step = 5
    /// The farthest site that is shot from a stop, in pitches.
    var reach = 2.1
    /// Of stops and of holes: standard deviation of each coordinate, um.
    var stageError = 0.07
    var holeError = 0.0
    /// By the number of the area, from the hole's centre, um.
    var areas: [Int64: Vector2] = [1: .zero]
    var seed: UInt64 = 1

    struct Shot {
        let site: FoilLattice.Site
        /// From the stop's centre hole.
        let node: FoilLattice.Site
        let stop: Int
        let hole: Int64
        /// True place of the hole, and of the stage: um.
        let place: Vector2
        let stage: Vector2
    }

    /// The columns are the lattice vectors on the stage, um.
    var lattice: Matrix2 {
        let second = kind == .square ? 90.0 : 60.0
        func axis(_ degrees: Double) -> Vector2 {
            pitch * Vector2(cos(degrees * .pi / 180), sin(degrees * .pi / 180))
        }
        return Matrix2(columns: axis(angleDegrees), axis(angleDegrees + second))
    }

    /// The same in beam shift: beam-shift units.
    var vectors: Matrix2 { (matrix.inverse ?? .identity) * lattice }

    /// Sites that are shot from each stop, the centre first.
    var nodes: [FoilLattice.Site] {
        let around = -5...5
        let all = around.flatMap { i in around.map { FoilLattice.Site(i, $0) } }
        return all.filter { Double(kind.squaredLength($0)).squareRoot() <= reach }
            .sorted { (kind.squaredLength($0), $0.i, $0.j) < (kind.squaredLength($1), $1.i, $1.j) }
    }

    /// Ids follow no order.
    var shots: [Shot] {
        var random = RandomSource(seed: seed, stream: "ideal foil")
        var shots: [Shot] = []
        for row in 0..<stopsAside {
            for column in 0..<stopsAside {
                let centre = FoilLattice.Site(step * column - row, step * row + column)
                let stage =
                    lattice * centre.vector
                    + stageError * Vector2(random.plainNormal(), random.plainNormal())
                for node in nodes {
                    let site = FoilLattice.Site(centre.i + node.i, centre.j + node.j)
                    let place =
                        lattice * site.vector + holeError * Vector2(random.plainNormal(), random.plainNormal())
                    shots.append(
                        Shot(
                            site: site, node: node, stop: row * stopsAside + column,
                            hole: Int64(5_000_000 + (shots.count * 7919) % 100_003), place: place, stage: stage))
                }
            }
        }
        return shots
    }

    func exposures(of shots: [Shot]) -> [SessionExposure] {
        let inverse = matrix.inverse ?? .identity
        var exposures: [SessionExposure] = []
        for shot in shots {
            for (area, offset) in areas.sorted(by: { $0.key < $1.key }) {
                exposures.append(
                    SessionExposure(
                        exposureID: Int64(exposures.count + 1), sessionID: 1, foilHole: shot.hole, area: area,
                        stage: shot.stage, beamShift: inverse * (shot.place + offset - shot.stage)))
            }
        }
        return exposures
    }

    var exposures: [SessionExposure] { exposures(of: shots) }
    var visits: HoleVisits { HoleVisits(exposures) }
}

extension RandomSource {
    /// Normal with a standard deviation of 1 (Box and Muller 1958).
    mutating func plainNormal() -> Double {
        (-2 * log(1 - uniform(0, 1))).squareRoot() * cos(2 * .pi * uniform(0, 1))
    }
}

/// A simulated session without its files: what the archive would hold of it.
struct ModelSession {
    let options: SimulationOptions
    let model: SimulationModel
    private(set) var exposures: [SessionExposure]

    init(probeMode: String? = "NanoProbe", _ change: (inout SimulationOptions) -> Void = { _ in }) throws {
        var options = SimulationOptions()
        options.exposures = 240
        options.areas = 1
        change(&options)
        self.options = options
        let model = try SimulationModel(options: options)
        self.model = model
        let condition = Condition(probeMode: probeMode, alphaDegrees: options.tiltDegrees)
        exposures = model.exposures.enumerated().filter { $1.session == 0 }.map { index, exposure in
            SessionExposure(
                exposureID: Int64(index + 1), sessionID: 1,
                foilHole: Int64(model.sessions[0].holeID(square: exposure.square, hole: exposure.hole)),
                area: Int64(model.sessions[0].template.areas[exposure.area].id), stage: exposure.stage,
                beamShift: exposure.beamShift, gridSquare: Int64(model.foil.squares[exposure.square].id),
                condition: condition)
        }
    }

    /// On the tilted specimen, if it is: what a calibration should find.
    var truth: Matrix2 { options.matrixOnTiltedSpecimen }

    mutating func changeExposures(_ change: (inout [SessionExposure]) -> Void) { change(&exposures) }

    /// - Parameters:
    ///   - hasMap: whether the archive has GridSquare_*.dm: where each hole lies, and the pitch, at the map's scale.
    ///   - hasTemplate: whether it has EpuSession.dm's areas.
    ///   - pitch: as a user gives it, um.
    func input(hasMap: Bool = false, hasTemplate: Bool = false, pitch: Double? = nil) -> CalibrationInput {
        var input = CalibrationInput(
            exposures.first?.condition ?? Condition(probeMode: nil, alphaDegrees: nil), exposures)
        if hasTemplate {
            for area in model.sessions[0].template.areas {
                input.areaOffsets[Int64(area.id)] = (1 + options.holeImageScaleError) * options.seen(area.offset)
            }
        }
        if hasMap {
            let visited = Set(exposures.map(\.foilHole))
            for (number, square) in model.foil.squares.enumerated() {
                var random = RandomSource(seed: options.seed, stream: "test of the hole map", index: number)
                let offset = Vector2(random.uniform(-0.3, 0.3), random.uniform(-0.3, 0.3))
                let places = square.holes.map { hole in
                    square.centre + (1 + options.holeMapScaleError) * (hole.position - square.centre) + offset
                        + 0.04 * Vector2(random.plainNormal(), random.plainNormal())
                }
                for (hole, place) in places.enumerated() {
                    let id = Int64(model.sessions[0].holeID(square: number, hole: hole))
                    if visited.contains(id) { input.holePositions[id] = place }
                }
                if number < 3 { input.mapHoles.append(places) }
            }
            input.pitch = options.pitch * (1 + options.holeMapScaleError)
        }
        if let pitch { input.pitch = pitch }
        return input
    }

    func result(
        hasMap: Bool = false, hasTemplate: Bool = false, pitch: Double? = nil, method: CalibrationMethod? = nil
    ) -> Calibrator.Result {
        Calibrator(input: input(hasMap: hasMap, hasTemplate: hasTemplate, pitch: pitch)).result(method)
    }
}

extension Matrix2 {
    /// Whether distances and directions of both agree: to 1 % and 0.5 degrees, unless the limits are given.
    func agrees(with other: Matrix2, scale: Double = 0.01, degrees: Double = 0.5) -> Bool {
        guard let inverse = other.inverse, isMirrored == other.isMirrored else { return false }
        let quotient = self * inverse
        let (greater, smaller) = quotient.singularValues
        return abs(greater - 1) <= scale && abs(smaller - 1) <= scale && abs(quotient.angleDegrees) <= degrees
    }

    /// Turned by an angle and lengthened by a factor.
    func changed(by factor: Double, degrees: Double) -> Matrix2 {
        Matrix2(scale: factor, angleDegrees: degrees, isMirrored: false) * self
    }
}
