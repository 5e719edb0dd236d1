import EPUCore
import Foundation
import Testing

@testable import epu_analyze

@Suite("Moves of a grid")
struct GridMoveTests {
    private let turned = GridMove(
        turnDegrees: 30, centre: Vector2(100, -50), target: Vector2(103, -54), error: 0.02, turnErrorDegrees: 0.1)
    private let mirrored = GridMove(
        turnDegrees: 90, isMirrored: true, centre: Vector2(-20, 10), target: Vector2(5, 5), error: 0.03,
        turnErrorDegrees: 0.05)

    @Test("A place is turned about the centre and shifted; upside down, y goes the other way first")
    func place() {
        #expect(turned.place(Vector2(100, -50)).distance(to: Vector2(103, -54)) < 1e-12)
        let (c, s) = (cos(Double.pi / 6), sin(Double.pi / 6))
        #expect(turned.place(Vector2(102, -50)).distance(to: Vector2(103 + 2 * c, -54 + 2 * s)) < 1e-12)
        // (1, 0) to (0, 1), and (0, 1), which was (0, -1) then, to (1, 0).
        #expect(mirrored.place(Vector2(-19, 10)).distance(to: Vector2(5, 6)) < 1e-12)
        #expect(mirrored.place(Vector2(-20, 11)).distance(to: Vector2(6, 5)) < 1e-12)
        for move in [turned, mirrored] {
            #expect(move.own(move.place(Vector2(7, 8))).distance(to: Vector2(7, 8)) < 1e-12)
        }
        #expect(GridMove.none.place(Vector2(0.1, 0.2)) == Vector2(0.1, 0.2))
    }

    @Test("One after another is as both in turn, and its error that of both")
    func after() {
        for (first, second) in [(turned, mirrored), (mirrored, turned), (mirrored, mirrored)] {
            let both = second.after(first)
            for place in [Vector2(0, 0), Vector2(120, -70)] {
                #expect(both.place(place).distance(to: second.place(first.place(place))) < 1e-9)
            }
            #expect((both.error ?? 0) >= Vector2(first.error ?? 0, second.error ?? 0).length - 1e-12)
        }
        // 0.05 degrees over the 136.9 um from one target to the other's centre.
        let arm = 0.05 * .pi / 180 * Vector2(123, -64).length
        #expect(abs((mirrored.after(turned).error ?? 0) - (0.02 * 0.02 + 0.03 * 0.03 + arm * arm).squareRoot()) < 1e-9)
    }

    @Test("Why two moves cannot be told apart is said by what differs: the shift, or the turn and the side")
    func ambiguous() {
        let shifted = GridMove(turnDegrees: 30, centre: turned.centre, target: turned.target + Vector2(1.5, -2))
        #expect(GridMatch.ambiguous(turned, shifted).hasPrefix("another shift, by 2.5 um, puts their holes"))
        let text = GridMatch.ambiguous(turned, mirrored)
        #expect(text.hasPrefix("another turn, by 90 degrees and upside down, puts") && text.contains(turned.text))
        #expect(GridMatch.ambiguous(mirrored, turned).hasPrefix("another turn, by 30 degrees, puts"))
    }

    @Test(
        "Two moves are one if they differ by less than they are known; the centre that they are given by does not matter"
    )
    func same() {
        let elsewhere = GridMove(
            turnDegrees: 30, centre: .zero, target: turned.place(.zero), error: 0.02, turnErrorDegrees: 0.1)
        #expect(turned.isSame(as: elsewhere) && elsewhere.isSame(as: turned))
        let further = GridMove(
            turnDegrees: 30.3, centre: turned.centre, target: turned.target, error: 0.02, turnErrorDegrees: 0.1)
        #expect(!turned.isSame(as: further))
        #expect(!turned.isSame(as: mirrored) && !GridMove.none.isSame(as: turned))
        #expect(
            abs(
                GridMove(turnDegrees: -179, centre: .zero, target: .zero).turn(
                    to: GridMove(
                        turnDegrees: 179, centre: .zero, target: .zero)) - 2) < 1e-12)
    }

    @Test("Its words tell a turn that is more than its error")
    func text() {
        #expect(turned.text == "3.00, -4.00 +- 0.02 um, turned by 30.00 +- 0.10 degrees")
        #expect(mirrored.text == "25.00, -5.00 +- 0.03 um, upside down, turned by 90.00 +- 0.05 degrees")
        let slight = GridMove(
            turnDegrees: 0.15, centre: .zero, target: Vector2(1, 0), error: 0.02, turnErrorDegrees: 0.1)
        #expect(slight.text == "1.00, 0.00 +- 0.02 um")
    }
}

@Suite("Turn and shift from holes")
struct RigidFitTests {
    /// Holes of some stops of each session, whose errors are shared by the holes of a stop.
    private func pairs(_ move: GridMove, stopError: Double, holeError: Double, seed: UInt64) -> [RigidFit.Pair] {
        var random = RandomSource(seed: seed, stream: "rigid")
        // Of this standard deviation in x and in y.
        func error(_ deviation: Double) -> Vector2 {
            let most = 3.0.squareRoot() * deviation
            return Vector2(random.uniform(-most, most), random.uniform(-most, most))
        }
        return (0..<12).flatMap { stop in
            let place = Vector2(random.uniform(-40, 40), random.uniform(-40, 40))
            let ofStop = error(stopError)
            return (0..<9).map { hole -> RigidFit.Pair in
                let from = place + Vector2(2.5 * Double(hole % 3), 2.5 * Double(hole / 3))
                return RigidFit.Pair(from: from, to: move.place(from) + ofStop + error(holeError), stops: (stop, stop))
            }
        }
    }

    @Test(
        "Exact places give the move exactly",
        arguments: [(0.0, false), (2, false), (-135, false), (77, true), (180, true)])
    func exact(degrees: Double, isMirrored: Bool) throws {
        let truth = GridMove(
            turnDegrees: degrees, isMirrored: isMirrored, centre: Vector2(300, -200), target: Vector2(-40, 7))
        let fit = try #require(RigidFit(pairs(truth, stopError: 0, holeError: 0, seed: 1), isMirrored: isMirrored))
        #expect(fit.move.turn(to: truth) < 1e-9)
        #expect(fit.move.place(truth.centre).distance(to: truth.target) < 1e-9)
        #expect(fit.residuals.allSatisfy { $0.length < 1e-9 })
        #expect(RigidFit([], isMirrored: false) == nil)
    }

    @Test("Its standard errors are those of many repetitions, though the holes of a stop share an error")
    func errors() throws {
        let truth = GridMove(turnDegrees: 2, centre: .zero, target: Vector2(8, -5))
        var (shift, turn, shiftError, turnError) = (0.0, 0.0, 0.0, 0.0)
        let repetitions = 400
        for seed in 0..<repetitions {
            let fit = try #require(
                RigidFit(
                    pairs(truth, stopError: 0.1, holeError: 0.03, seed: UInt64(seed)), isMirrored: false)
            ).move
            let aside = fit.target - truth.place(fit.centre)
            shift += aside.squaredLength / 2
            turn += fit.turn(to: truth) * fit.turn(to: truth)
            shiftError += (fit.error ?? 0) * (fit.error ?? 0)
            turnError += (fit.turnErrorDegrees ?? 0) * (fit.turnErrorDegrees ?? 0)
        }
        #expect((0.85...1.3).contains((shiftError / shift).squareRoot()))
        #expect((0.85...1.3).contains((turnError / turn).squareRoot()))
    }

    @Test("A stop that lost its way does not pull the others along")
    func robust() throws {
        let truth = GridMove(turnDegrees: 1, centre: .zero, target: Vector2(3, 4))
        var all = pairs(truth, stopError: 0, holeError: 0.03, seed: 7)
        for index in 0..<9 {
            let pair = all[index]
            all[index] = RigidFit.Pair(from: pair.from, to: pair.to + Vector2(0.7, 0), stops: pair.stops)
        }
        let fit = try #require(RigidFit.robust(all, isMirrored: false))
        #expect(fit.move.place(.zero).distance(to: truth.target) < 0.02)
    }
}

@Suite("Turns of a foil")
struct TurnCandidateTests {
    @Test(
        "A lattice lies on itself in 8 ways, a hexagonal one in 12; where it is not quite regular, the right one strains it least"
    )
    func candidates() throws {
        for (kind, between, count) in [(FoilLattice.Kind.square, 91.0, 8), (.hexagonal, 61, 12)] {
            let own = Matrix2(
                columns: 2.5 * Vector2(cos(0.3), sin(0.3)),
                2.56 * Vector2(cos(0.3 + between * .pi / 180), sin(0.3 + between * .pi / 180)))
            for (degrees, isMirrored) in [(2.0, false), (90, false), (-71, true)] {
                let turned = Matrix2(scale: 1, angleDegrees: degrees, isMirrored: isMirrored) * own
                // As it is found: anticlockwise again.
                let judged = isMirrored ? Matrix2(columns: turned.secondColumn, turned.firstColumn) : turned
                let all = TurnCandidate.all(from: own, to: judged, kind: kind)
                #expect(all.count == count)
                let best = all.filter { $0.strain < 1e-9 }
                #expect(best.contains { $0.isMirrored == isMirrored && abs($0.turnDegrees - degrees) < 1e-9 })
                // Half a turn changes no lattice.
                #expect(best.count == 2)
                #expect(all.allSatisfy { $0.strain < 0.1 })
            }
        }
    }
}
