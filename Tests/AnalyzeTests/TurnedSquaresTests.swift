import EPUCore
import Foundation
import Testing

@testable import epu_analyze

/// A session of several squares whose foils are turned and stretched, on a stage whose read-backs err: all numbers known.
struct TurnedSquares {
    var squares = 6
    /// Of each square's foil, degrees and parts: standard deviations.
    var turn = 0.0
    var stretch = 0.0
    /// Of a stop's read-back and of a hole, um in x and in y.
    var readBack = 0.0
    var hole = 0.03
    var backlash = 0.0
    /// By what the foil of the first square is turned right of its middle, degrees.
    var crack = 0.0
    /// Stops of a row, and rows, in each square.
    var stopsAside = 4
    var step = 6
    var reach = 2.1
    var matrix = Matrix2(21.767, 11.130, 10.799, -21.682)
    var kind = FoilLattice.Kind.square
    var pitch = 2.5
    var seed: UInt64 = 1

    private(set) var exposures: [SessionExposure] = []
    /// True places of the exposures, um.
    private(set) var places: [Vector2] = []
    /// Of the stops, in the order of time: what their read-backs have on top, um.
    private(set) var errors: [Vector2] = []
    private(set) var turns: [Double] = []

    init(_ change: (inout TurnedSquares) -> Void = { _ in }) {
        change(&self)
        var random = RandomSource(seed: seed, stream: "turned squares")
        func normal(_ deviation: Double) -> Vector2 {
            deviation * Vector2(random.plainNormal(), random.plainNormal())
        }
        var ideal = IdealFoil()
        (ideal.kind, ideal.pitch, ideal.reach, ideal.matrix) = (kind, pitch, reach, matrix)
        let inverse = matrix.inverse ?? .identity
        var last = Vector2.zero
        for square in 0..<squares {
            let degrees = turn * random.plainNormal()
            turns.append(degrees)
            let own =
                Matrix2(scale: 1 + stretch * random.plainNormal(), angleDegrees: degrees, isMirrored: false)
                * ideal.lattice
            let centre = Vector2(Double(square % 3) * 90, Double(square / 3) * 90) + normal(5)
            // Not quite regular, and in any order: stops that are a lattice of their own fit other lattices, too, and moves
            // along one direction look like a stretch.
            var sites = (0..<stopsAside).flatMap { row in
                (0..<stopsAside).map { column in
                    FoilLattice.Site(
                        step * (column - stopsAside / 2) - row + random.index(below: 2),
                        step * (row - stopsAside / 2) + column + random.index(below: 2))
                }
            }
            for last in sites.indices.reversed().dropLast() { sites.swapAt(last, random.index(below: last + 1)) }
            for site in sites {
                let piece =
                    square == 0 && (own * site.vector).x > 0
                    ? Matrix2(scale: 1, angleDegrees: crack, isMirrored: false) * own : own
                let stage = centre + piece * site.vector + normal(0.07)
                func sign(_ way: Double) -> Double { abs(way) < 0.3 ? 0 : way < 0 ? -1 : 1 }
                let way = stage - last
                let error = normal(readBack) - backlash / 2 * Vector2(sign(way.x), sign(way.y))
                last = stage + error
                errors.append(error)
                for node in ideal.nodes {
                    let place = centre + piece * (site.vector + node.vector) + normal(hole)
                    places.append(place)
                    exposures.append(
                        SessionExposure(
                            exposureID: Int64(exposures.count + 1), sessionID: 1,
                            foilHole: Int64(5_000_000 + (exposures.count * 7919) % 100_003), area: 1,
                            stage: stage + error, beamShift: inverse * (place - stage),
                            gridSquare: Int64(square)))
                }
            }
        }
    }

    var input: CalibrationInput {
        CalibrationInput(Condition(probeMode: "NanoProbe", alphaDegrees: 0), exposures)
    }
}

@Suite("Squares whose foils lie differently, on a stage whose read-backs err")
struct TurnedSquaresTests {
    @Test(
        "The matrix is found and good, each square's lattice and each stop's error with it",
        arguments: [
            (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (3.0, 0.0, 0.0), (0.0, 0.02, 0.0), (2.0, 0.02, 0.0), (0.0, 0.0, 0.15),
            (3.0, 0.02, 0.15),
        ], [UInt64(1), 2])
    func found(truth: (turn: Double, stretch: Double, readBack: Double), seed: UInt64) throws {
        let session = TurnedSquares {
            ($0.turn, $0.stretch, $0.readBack, $0.seed) = (truth.turn, truth.stretch, truth.readBack, seed)
        }
        let result = Calibrator(input: session.input).result(nil)
        #expect(result.verdict == .good, "\(result.reasons)")
        #expect(result.chosen.matrix.agrees(with: session.matrix), "\(result.chosen.matrix)")
        let layout = try #require(result.layout)
        let errors = try #require(layout.errors)
        #expect(abs(errors.hole - 0.03) < 0.006, "\(errors.hole)")
        #expect(abs(errors.stop - truth.readBack) < max(0.02, 0.2 * truth.readBack), "\(errors.stop)")
        // Distances of exposures in one square, found and true.
        var worst = 0.0
        var squares = 0.0
        let stop = HoleVisits(session.exposures).visits.map(\.stop)
        func place(_ index: Int) -> Vector2 {
            session.exposures[index].stage - (errors.stops[stop[index]].correction ?? .zero)
                + result.chosen.matrix * session.exposures[index].beamShift
        }
        var count = 0.0
        for index in session.exposures.indices.dropFirst(7) where stop[index] != stop[index - 7] {
            guard session.exposures[index].gridSquare == session.exposures[index - 7].gridSquare else { continue }
            let error =
                (place(index) - place(index - 7)).distance(to: session.places[index] - session.places[index - 7])
            worst = max(worst, error)
            squares += error * error
            count += 1
        }
        #expect((squares / count).squareRoot() < 0.07, "\((squares / count).squareRoot())")
        #expect(worst < 0.2)
    }

    @Test("How much squares turn is seen in beam shift, without a matrix")
    func lattices() throws {
        let session = TurnedSquares { $0.turn = 2 }
        let visits = HoleVisits(session.exposures)
        let problem = LatticeProblem(visits, try #require(FoilLattice(visits)))
        let first = try #require(problem.patchLattices.vectors.first?.inverse)
        for (vectors, turn) in zip(problem.patchLattices.vectors, session.turns) {
            // The matrix mirrors, so a turn of the foil is one to the other side in beam shift.
            #expect(abs((vectors * first).angleDegrees + (turn - session.turns[0])) < 0.25)
        }
        #expect(!problem.isOneLattice)
        let flat = HoleVisits(TurnedSquares().exposures)
        #expect(LatticeProblem(flat, try #require(FoilLattice(flat))).isOneLattice)
    }

    @Test("A stop's error is corrected by its share; what is left has the deviation that is said")
    func corrected() throws {
        var (left, said) = ([Double](), [Double]())
        for seed in 1...4 as ClosedRange<UInt64> {
            let session = TurnedSquares { ($0.readBack, $0.seed, $0.reach) = (0.1, seed, 1.1) }
            let input = session.input
            let result = Calibrator(input: input).result(nil)
            #expect(
                result.chosen.matrix.agrees(with: session.matrix),
                "\(result.chosen.matrix) \(result.verdict) \(result.reasons)")
            let errors = try #require(result.layout?.errors)
            for square in 0..<session.squares {
                let stops = Array((square * 16)..<(square * 16 + 16))
                let rest = try stops.map {
                    session.errors[$0] - (try #require(errors.stops[$0].correction))
                }
                // The lattice as a whole is known less well over a square than from one hole to the next: that leaves an offset
                // and a small turn and stretch, which near places share.
                let places = stops.map { input.visits.stops[$0].stage }
                let (middle, mean) = (places.mean, rest.mean)
                var fit = LinearFit()
                for (place, error) in zip(places, rest) { fit.add(place - middle, to: error - mean) }
                let common = try #require(fit.matrix)
                left += zip(places, rest).flatMap { place, error -> [Double] in
                    let own = error - mean - common * (place - middle)
                    return [own.x, own.y]
                }
                said += try stops.map { try #require(errors.stops[$0].error) }
            }
        }
        // Of 16 three are taken out.
        let actual = (left.reduce(0) { $0 + $1 * $1 } / Double(left.count) * 16 / 13).squareRoot()
        let claimed = said.reduce(0, +) / Double(said.count)
        #expect(abs(claimed / actual - 1) < 0.12, "\(claimed) for \(actual)")
        let within = Double(left.count { abs($0) < claimed }) / Double(left.count)
        #expect(abs(within - 0.68) < 0.12, "\(within)")
    }

    @Test(
        "A stop that lies farther aside than the others err is named and not corrected; one a whole step aside is not seen"
    )
    func aside() throws {
        let session = TurnedSquares { $0.readBack = 0.04 }
        var exposures = session.exposures
        let visits = HoleVisits(exposures)
        let stopOf = visits.visits.map(\.stop)
        let step = Matrix2(scale: 2.5, angleDegrees: 14.8, isMirrored: false) * Vector2(1, 0)
        for index in exposures.indices where stopOf[index] == 20 || stopOf[index] == 40 {
            let old = exposures[index]
            let shift = stopOf[index] == 20 ? Vector2(0.3, -0.3) : step
            exposures[index] = SessionExposure(
                exposureID: old.exposureID, sessionID: 1, foilHole: old.foilHole, area: 1, stage: old.stage,
                beamShift: old.beamShift + (try #require(session.matrix.inverse)) * shift, gridSquare: old.gridSquare)
        }
        let input = CalibrationInput(Condition(probeMode: "NanoProbe", alphaDegrees: 0), exposures)
        let result = Calibrator(input: input).result(nil)
        let errors = try #require(result.layout?.errors)
        #expect(errors.stops[20].correction == nil)
        #expect(abs((errors.stops[20].aside ?? 0) - 0.42) < 0.15)
        #expect(errors.stops.indices.filter { errors.stops[$0].aside != nil } == [20])
        // Where it was shot stays a step aside.
        #expect((errors.stops[40].correction ?? .zero).length < 0.2)
    }

    @Test(
        "Whether a stop's holes were missed or its read-back errs is told by two images of its hole",
        arguments: [true, false], [0.05, 0.1])
    func missed(isMissed: Bool, readBack: Double) throws {
        let session = TurnedSquares { ($0.readBack, $0.squares) = (readBack, 12) }
        // A fifth of it goes into the fit; what is left of the stop is 3.7 standard errors, which one of 192 may have.
        let residual = Vector2(0.46, 0)
        let shift = try #require(session.matrix.inverse) * (residual - session.errors[20])
        let stopOf = HoleVisits(session.exposures).visits.map(\.stop)
        let exposures = session.exposures.indices.map { index in
            let old = session.exposures[index]
            return SessionExposure(
                exposureID: old.exposureID, sessionID: 1, foilHole: old.foilHole, area: 1, stage: old.stage,
                beamShift: stopOf[index] == 20 ? old.beamShift + shift : old.beamShift, gridSquare: old.gridSquare)
        }
        // The first image's read-back errs as much, and by itself; but that of the one stop is right.
        var random = RandomSource(seed: 5, stream: "first read-backs")
        var pairs = Dictionary(
            uniqueKeysWithValues: session.errors.enumerated().map { stop, error in
                (stop, error - readBack * Vector2(random.plainNormal(), random.plainNormal()))
            })
        pairs[20] = isMissed ? .zero : residual
        let visits = HoleVisits(exposures)
        let problem = LatticeProblem(
            visits, try #require(FoilLattice(visits)), imagePairs: HoleImagePairs(ofStop: pairs))
        let fit = try #require(LatticeFit(problem, from: session.matrix))
        let errors = try #require(StopErrors(problem, fit))
        #expect((errors.stops[20].aside != nil) == isMissed, "\(errors.stops[20])")
        #expect((errors.stops[20].correction == nil) == isMissed)
        #expect(errors.stops.indices.allSatisfy { $0 == 20 || errors.stops[$0].aside == nil })
    }

    @Test(
        "A stop that meets another's holes farther aside than read-backs err was missed; else it was shot steps aside",
        arguments: [0.0, 0.5])
    func meeting(aside: Double) throws {
        let session = TurnedSquares { ($0.readBack, $0.squares) = (0.1, 12) }
        let stopOf = HoleVisits(session.exposures).visits.map(\.stop)
        // Hole for hole onto stop 20, but aside of where that stop lies on the lattice.
        let first = try #require(stopOf.firstIndex(of: 20))
        let own = session.exposures.indices.filter { stopOf[$0] == 21 }
        let way =
            session.places[first] - session.places[try #require(own.first)] + Vector2(aside, 0) - session.errors[21]
        let shift = try #require(session.matrix.inverse) * way
        let exposures = session.exposures.indices.map { index in
            let old = session.exposures[index]
            return SessionExposure(
                exposureID: old.exposureID, sessionID: 1, foilHole: old.foilHole, area: 1, stage: old.stage,
                beamShift: stopOf[index] == 21 ? old.beamShift + shift : old.beamShift, gridSquare: old.gridSquare)
        }
        let visits = HoleVisits(exposures)
        let problem = LatticeProblem(visits, try #require(FoilLattice(visits)))
        let fit = try #require(LatticeFit(problem, from: session.matrix))
        let errors = try #require(StopErrors(problem, fit))
        #expect((errors.stops[21].aside != nil) == (aside > 0), "\(errors.stops[21])")
        #expect((errors.stops[21].correction == nil) == (aside > 0))
        #expect(errors.stops[20].aside == nil)
    }

    @Test("A stop that is alone in its square is corrected by its pair of images, if any", arguments: [true, false])
    func alone(hasPair: Bool) throws {
        let session = TurnedSquares { ($0.readBack, $0.squares) = (0.05, 6) }
        let stopOf = HoleVisits(session.exposures).visits.map(\.stop)
        // The last square keeps one stop.
        let last = try #require(session.exposures.last?.gridSquare)
        let first = try #require(session.exposures.firstIndex { $0.gridSquare == last })
        let exposures = session.exposures.indices.filter {
            session.exposures[$0].gridSquare != last || stopOf[$0] == stopOf[first]
        }.map { session.exposures[$0] }
        let visits = HoleVisits(exposures)
        let lone = visits.stops.count - 1
        var pairs = Dictionary(
            uniqueKeysWithValues: (0..<lone).map { ($0, Vector2($0 % 2 == 0 ? 0.06 : -0.06, 0.02)) })
        if hasPair { pairs[lone] = Vector2(0.04, -0.08) }
        let problem = LatticeProblem(
            visits, try #require(FoilLattice(visits)), imagePairs: HoleImagePairs(ofStop: pairs))
        let fit = try #require(LatticeFit(problem, from: session.matrix))
        let errors = try #require(StopErrors(problem, fit))
        #expect(errors.stops[lone].correction == (hasPair ? Vector2(0.02, -0.04) : nil))
        #expect(errors.stops[lone].error == (hasPair ? errors.stop / 2.0.squareRoot() : nil))
    }

    @Test("Stops of few holes on a line are no piece of their own in a square that is turned by far")
    func edges() throws {
        let session = TurnedSquares { ($0.turn, $0.seed) = (5, 3) }
        let stopOf = HoleVisits(session.exposures).visits.map(\.stop)
        var kept = [Int](repeating: 0, count: session.errors.count)
        let exposures = session.exposures.indices.filter { index in
            let stop = stopOf[index]
            kept[stop] += 1
            return stop % 4 != 0 || kept[stop] <= 5
        }.map { session.exposures[$0] }
        let input = CalibrationInput(Condition(probeMode: "NanoProbe", alphaDegrees: 0), exposures)
        #expect(input.visits.patches == 6)
        #expect(Calibrator(input: input).result(nil).verdict == .good)
    }

    @Test("A square that a crack turns one half of has two patches, and no other has", arguments: [0.0, 3, 8])
    func cracked(degrees: Double) throws {
        let session = TurnedSquares { ($0.crack, $0.readBack, $0.turn) = (degrees, 0.05, 1) }
        let input = session.input
        #expect(input.visits.patches == (degrees == 0 ? 6 : 7))
        let result = Calibrator(input: input).result(nil)
        #expect(result.verdict == .good, "\(result.reasons)")
        #expect(result.chosen.matrix.agrees(with: session.matrix), "\(result.chosen.matrix)")
        let errors = try #require(result.layout?.errors)
        #expect(abs(errors.stop - 0.05) < 0.02, "\(errors.stop)")
        #expect(errors.stops.allSatisfy { $0.aside == nil })
    }

    @Test("Backlash is found where there is some, and only there", arguments: [0.0, 0.12])
    func backlash(truth: Double) throws {
        let session = TurnedSquares { ($0.readBack, $0.backlash) = (0.03, truth) }
        let errors = try #require(Calibrator(input: session.input).result(nil).layout?.errors)
        if truth == 0 {
            #expect(errors.backlash == nil)
        } else {
            let found = try #require(errors.backlash)
            #expect(abs(found.x - truth) < 0.03 && abs(found.y - truth) < 0.03, "\(found)")
            #expect(abs(errors.stop - 0.03) < 0.015, "\(errors.stop)")
        }
    }

    @Test("Few stops tell nothing of read-backs: nothing is corrected, and no error is stated")
    func few() throws {
        let session = TurnedSquares { ($0.squares, $0.stopsAside) = (1, 2) }
        let input = session.input
        let problem = LatticeProblem(input.visits, try #require(input.lattice))
        #expect(StopErrors(problem, try #require(LatticeFit(problem, from: session.matrix))) == nil)
    }
}
