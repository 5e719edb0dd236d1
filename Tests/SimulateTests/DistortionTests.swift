import EPUCore
import Foundation
import Testing

@testable import epu_simulate

@Suite("Foils that are not flat, and stages that err")
struct DistortionTests {
    private func options(_ change: (inout SimulationOptions) -> Void) -> SimulationOptions {
        quickOptions {
            $0.areas = 1
            $0.exposures = 1200
            change(&$0)
        }
    }

    /// The affine transformation that takes sites to the places of a square's holes best, by least squares: its columns are
    /// the lattice's axes. With the residuals, um.
    private func lattice(of square: GridSquare) throws -> (axes: Matrix2, residuals: [Vector2]) {
        let holes = square.holes
        let count = Double(holes.count)
        let sites = holes.map { Vector2(Double($0.site.i), Double($0.site.j)) }
        let (middle, place) = (
            1 / count * sites.reduce(.zero, +), 1 / count * holes.map(\.position).reduce(.zero, +)
        )
        var (uu, uv, vv) = (0.0, 0.0, 0.0)
        var (pu, pv) = (Vector2.zero, Vector2.zero)
        for (site, hole) in zip(sites, holes) {
            let (s, p) = (site - middle, hole.position - place)
            (uu, uv, vv) = (uu + s.x * s.x, uv + s.x * s.y, vv + s.y * s.y)
            (pu, pv) = (pu + s.x * p, pv + s.y * p)
        }
        let inverse = try #require(Matrix2(uu, uv, uv, vv).inverse)
        let axes = Matrix2(columns: pu, pv) * inverse
        return (axes, zip(sites, holes).map { $1.position - place - axes * ($0 - middle) })
    }

    private func deviation(_ values: [Double]) -> Double {
        (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }

    @Test("Each grid square is turned and stretched by draws of the asked standard deviations, about its centre")
    func turnAndStretch() throws {
        var (turns, stretches, told) = ([Double](), [Double](), [(Double, Double)]())
        for seed in 1...4 as ClosedRange<UInt64> {
            let flat = options {
                $0.seed = seed
                $0.exposures = 5000
            }
            var distorted = flat
            distorted.squareTurnDegrees = 2
            distorted.squareStretchPercent = 1
            let (before, after) = (Foil(options: flat, goodHoles: 5000), Foil(options: distorted, goodHoles: 5000))
            for (plain, square) in zip(before.squares, after.squares) {
                #expect(plain.centre == square.centre && plain.id == square.id)
                let (axes, other) = (try lattice(of: plain).axes, try lattice(of: square).axes)
                let change = other * (try #require(axes.inverse))
                turns.append(change.angleDegrees)
                stretches.append(100 * (change.scale - 1))
                told.append((square.distortion.turnDegrees, 100 * square.distortion.stretch))
                // About the centre: what it takes a place to, seen from there, is the change alone.
                let (hole, moved) = (plain.holes[0].position, square.holes[0].position)
                #expect((moved - square.centre).distance(to: change * (hole - square.centre)) < 1e-6)
            }
        }
        #expect(zip(turns, told).allSatisfy { abs($0 - $1.0) < 1e-6 })
        #expect(zip(stretches, told).allSatisfy { abs($0 - $1.1) < 1e-6 })
        // Of 88 draws the mean has a standard error of 0.11 deviations, the standard deviation one of 0.075.
        #expect(turns.count > 80)
        for (values, asked) in [(turns, 2.0), (stretches, 1.0)] {
            #expect(abs(values.reduce(0, +) / Double(values.count)) < 0.35 * asked)
            #expect(abs(deviation(values) - asked) < 0.25 * asked)
        }
    }

    @Test("Wrinkles move holes smoothly, by the asked distance in the quadratic mean")
    func wrinkles() throws {
        let flat = options { $0.exposures = 8000 }
        var wrinkled = flat
        wrinkled.wrinkle = 0.05
        let (before, after) = (Foil(options: flat, goodHoles: 8000), Foil(options: wrinkled, goodHoles: 8000))
        var (all, steps) = ([Double](), [Double]())
        for (plain, square) in zip(before.squares, after.squares) {
            let ways = zip(plain.holes, square.holes).map { $1.position - $0.position }
            all += ways.map(\.length)
            for (index, hole) in plain.holes.enumerated() {
                guard let next = plain.hole(at: hole.site + LatticeSite(i: 1, j: 0)) else { continue }
                steps.append(ways[index].distance(to: ways[next]))
            }
        }
        #expect(abs(deviation(all) - 0.05) < 0.008)
        // The steepest wave, of 20 um, changes by 2 pi 2.5 / 20 of its amplitude from hole to hole; all of them by less.
        #expect(deviation(steps) < 0.6 * deviation(all))
        #expect(deviation(steps) > 0.1 * deviation(all))
    }

    @Test("Turned, stretched and wrinkled holes are what the hole map and the pictures show")
    func holeMap() throws {
        let options = options {
            $0.exposures = 200
            $0.holeMapScaleError = 0
            $0.squareTurnDegrees = 5
            $0.squareStretchPercent = 3
            $0.wrinkle = 0.1
        }
        try inTemporaryFolder { folder in
            try Simulation(options).write(to: folder + "/grid")
            let model = try SimulationModel(options: options)
            let square = try #require(model.foil.squares.first)
            let xml = try Elements(#require(tree(folder)["grid/Metadata/GridSquare_\(square.id).dm"]))
            func numbers(_ path: String) -> [Double] { xml.texts(path).compactMap { Double($0) } }
            let places = zip(numbers("value/StagePosition/X"), numbers("value/StagePosition/Y")).map {
                1e6 * Vector2($0, $1)
            }
            #expect(places.count == square.holes.count)
            // Offset by some 0.2 um as a whole, and by the hole finder's 0.06 um.
            let ways = zip(places, square.holes).map { $0 - $1.position }
            let mean = 1 / Double(ways.count) * ways.reduce(.zero, +)
            #expect(ways.allSatisfy { ($0 - mean).length < 0.16 })
            let rotation = try xml.number("GridSquareXml/Rotation") * 180 / .pi
            #expect(abs(rotation - 14.8 - square.distortion.turnDegrees) < 1e-9)
            let spacing = try xml.number("GridSquareXml/HoleSpacing") * 1e6
            #expect(abs(spacing - 2.5 * (1 + square.distortion.stretch)) < 1e-9)
        }
    }

    @Test("A read-back errs by one amount at a stop, and by another one at the next; the beam is where it was aimed")
    func readBack() throws {
        let plain = options { $0.exposures = 2400 }
        var erring = plain
        erring.readBackError = 0.1
        let (before, after) = (try SimulationModel(options: plain), try SimulationModel(options: erring))
        #expect(after.exposures.map(\.position) == before.exposures.map(\.position))
        #expect(after.exposures.map(\.beamShift) == before.exposures.map(\.beamShift))
        var errors: [Int: Vector2] = [:]
        for (plain, exposure) in zip(before.exposures, after.exposures) {
            let error = exposure.stage - plain.stage
            #expect(error.distance(to: errors[exposure.stop] ?? error) < 1e-9)
            #expect(error.distance(to: exposure.readBackError) < 1e-9)
            errors[exposure.stop] = error
        }
        let components = errors.values.flatMap { [$0.x, $0.y] }
        #expect(components.count > 300)
        #expect(abs(deviation(components) - 0.1) < 0.012)
        #expect(abs(components.reduce(0, +) / Double(components.count)) < 0.02)
        // The truth's stops are the same: within a stop the error is.
        let (truth, other) = (truth(of: before, plain), truth(of: after, erring))
        #expect(truth.exposures.map(\.stop) == other.exposures.map(\.stop))
        #expect(other.exposures.contains { $0.readBackError.length > 0.1 })
    }

    @Test("Backlash takes half of itself off the read-back along each axis of the last move")
    func backlash() throws {
        let plain = options { _ in }
        var loose = plain
        loose.backlash = 0.08
        let (before, after) = (try SimulationModel(options: plain), try SimulationModel(options: loose))
        let (session, other) = (try #require(before.sessions.first), try #require(after.sessions.first))
        let (images, errs) = (
            Dictionary(grouping: session.holeImages, by: \.stop), Dictionary(grouping: other.holeImages, by: \.stop)
        )
        var directions: Set<[Bool]> = []
        for (stop, pair) in images {
            try #require(pair.count == 2)
            let move = pair[1].trueStage - pair[0].trueStage
            let error = try #require(errs[stop]?.last).stage - pair[1].stage
            #expect(abs(error.x - (move.x > 0 ? -0.04 : 0.04)) < 1e-9)
            #expect(abs(error.y - (move.y > 0 ? -0.04 : 0.04)) < 1e-9)
            directions.insert([move.x > 0, move.y > 0])
        }
        #expect(directions.count == 4)
    }

    @Test("A stage that does not move keeps its read-back error")
    func unmoved() throws {
        let options = options {
            $0.unmovedStages = 2
            $0.readBackError = 0.1
            $0.backlash = 0.05
        }
        let model = try SimulationModel(options: options)
        let session = try #require(model.sessions.first)
        let errors = Dictionary(model.exposures.map { ($0.stop, $0.readBackError) }) { $1 }
        let unmoved = session.stops.indices.filter { session.stops[$0].incident == .unmovedStage }
        #expect(unmoved.count == 2)
        for stop in unmoved {
            #expect(errors[stop] == errors[stop - 1] && errors[stop] != .zero)
            let images = session.holeImages.filter { $0.stop == stop }
            #expect(images.allSatisfy { $0.stage.distance(to: images[0].stage) < 0.01 })
        }
    }

    @Test("The truth file tells each square's turn and stretch, and each exposure's square and read-back error")
    func truthFile() throws {
        try inTemporaryFolder { folder in
            let options = options {
                $0.exposures = 400
                $0.squareTurnDegrees = 1
                $0.squareStretchPercent = 1
                $0.readBackError = 0.1
            }
            let truth = try Simulation(options).write(to: folder + "/grid")
            let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/grid.truth.json"))
            let json = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
            let squares = try #require(json["squares"] as? [[String: Any]])
            #expect(squares.compactMap { $0["square"] as? Int } == truth.squares.map(\.id))
            #expect(
                squares.compactMap { $0["turn_deg"] as? Double } == truth.squares.map(\.distortion.turnDegrees))
            #expect(squares.allSatisfy { $0["stretch_percent"] is Double })
            let exposures = try #require(json["exposures"] as? [[String: Any]])
            #expect(exposures.allSatisfy { truth.squares.map(\.id).contains($0["square"] as? Int ?? 0) })
            let errors = exposures.compactMap { $0["readback_error_um"] as? [Double] }
            #expect(errors.count == 400)
            for (error, exposure) in zip(errors, truth.exposures) {
                #expect(Vector2(error[0], error[1]).distance(to: exposure.readBackError) < 1e-6)
            }
        }
    }

    private func truth(of model: SimulationModel, _ options: SimulationOptions) -> SimulationTruth {
        SimulationTruth(
            model: model, options: options, names: SessionNames(options: options, model: model, folder: "grid"))
    }
}
