import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

@Suite("Shifts of a lattice that put holes on holes")
struct StepVotesTests {
    private let lattice = Matrix2(columns: Vector2(2.4, 0.7), Vector2(-0.7, 2.4))

    /// The holes of a square of so many by so many, up to 0.1 um from their sites.
    private func map(_ count: Int, at offset: Vector2, seed: UInt64) -> [Vector2] {
        var random = RandomSource(seed: seed, stream: "map")
        return (0..<count * count).map { index in
            lattice * Vector2(Double(index % count), Double(index / count)) + offset
                + Vector2(random.uniform(-0.1, 0.1), random.uniform(-0.1, 0.1))
        }
    }

    @Test("The step that puts one map on the other has the most matches, and the others all that overlap")
    func found() throws {
        let fine = Vector2(0.3, -0.4)
        for step in [Vector2(0, 0), Vector2(3, -2), Vector2(-5, 4)] {
            let votes = StepVotes(
                map(15, at: fine + lattice * step, seed: 2), on: map(15, at: .zero, seed: 1), lattice: lattice,
                reach: 25, most: 3)
            let best = try #require(votes.shifts.first)
            #expect(best.shift.distance(to: -(fine + lattice * step)) < 0.05)
            #expect(best.votes == 225)
            #expect(votes.shifts.dropFirst().allSatisfy { $0.votes == 210 }, "a row less")
        }
    }

    @Test("Holes that lie anywhere have no shift, nor have none")
    func nothing() {
        var random = RandomSource(seed: 5, stream: "anywhere")
        let anywhere = (0..<200).map { _ in Vector2(random.uniform(0, 30), random.uniform(0, 30)) }
        #expect(
            StepVotes(anywhere, on: map(15, at: .zero, seed: 1), lattice: lattice, reach: 25, most: 3).shifts.isEmpty)
        #expect(StepVotes([], on: anywhere, lattice: lattice, reach: 25, most: 3).shifts.isEmpty)
    }
}

@Suite("Where a grid lay in several sessions")
struct GridMeasurementTests {
    /// Three by three holes, 2.5 um apart, from each of some stage stops in a row.
    private func exposures(_ stops: ClosedRange<Int>, moved: Vector2, from start: Double, firstHole: Int64)
        -> [SampleArchive.Exposure]
    {
        stops.flatMap { stop in
            (0..<9).map { index in
                let (column, row) = (index % 3 - 1, index / 3 - 1)
                return SampleArchive.Exposure(
                    hole: firstHole + Int64(9 * stop + index), stage: Vector2(7.5 * Double(stop), 0) + moved,
                    beamShift: Vector2(0.1 * Double(column), 0.1 * Double(row)),
                    time: start + Double(20 * stop + index), square: 1)
            }
        }
    }

    @Test("A session that has no hole near the judged one's is measured against a third that is near both")
    func third() throws {
        let analysing = try Analysing()
        let sample = analysing.sample
        try sample.add("a", grid: "g", exposures(0...2, moved: Vector2(-0.05, 0.1), from: 0, firstHole: 100))
        try sample.add("b", grid: "g", exposures(2...6, moved: Vector2(0.15, -0.1), from: 5000, firstHole: 200))
        try sample.add("c", grid: "g", exposures(6...8, moved: .zero, from: 9000, firstHole: 300))
        try analysing.execute("UPDATE template_area SET offset_x_um = 0, offset_y_um = 0")
        func moves(of names: [String]) throws -> [Int64: ShotHoleFit.Outcome] {
            try sample.archive.write { db in
                let sessions = try SessionRow.select(db, names: names)
                let judged = try #require(sessions.last)
                return try GridMeasurement(
                    of: judged, against: Array(sessions.dropLast()),
                    sessions.flatMap { try SessionExposure.inTimeOrder(of: $0.sessionID, db) },
                    sessions.map {
                        try .given(Matrix2(scale: 25), for: $0.sessionID, at: .now, db)
                    }, db
                ).moves
            }
        }
        let found = try moves(of: ["a", "b", "c"])
        guard case .measured(let a) = found[1], case .measured(let b) = found[2] else {
            Issue.record("\(found)")
            return
        }
        #expect(a.shift.distance(to: Vector2(0.05, -0.1)) < 0.02)
        #expect(b.shift.distance(to: Vector2(-0.15, 0.1)) < 0.02)
        #expect((a.error ?? 0) > (b.error ?? 1), "the errors of both add up")
        guard case .unknown(let reason) = try moves(of: ["a", "c"])[1] else {
            Issue.record("measured without the third")
            return
        }
        #expect(reason.contains("too few holes of both lie near each other"))
    }

    @Test(
        "Without stage stops of several holes the lattice is found from the holes' own places, and a guess",
        arguments: [90.0, 60])
    func lattice(between: Double) throws {
        var random = RandomSource(seed: 5, stream: "centres")
        let (angle, turn) = (0.3, between * .pi / 180)
        let truth = Matrix2(
            columns: 2.5 * Vector2(cos(angle), sin(angle)), 2.5 * Vector2(cos(angle + turn), sin(angle + turn)))
        let centres = (0..<60).map { _ in
            truth * Vector2(Double(random.index(below: 12)), Double(random.index(below: 12)))
                + Vector2(random.uniform(-0.08, 0.08), random.uniform(-0.08, 0.08))
        }
        let found = try #require(ShotLattice.found([1: centres], pitch: 2.45, angle: angle + 0.01))
        #expect(found.kind == (between == 90 ? .square : .hexagonal))
        #expect(found.vectors.difference(from: truth) < 0.005)
        let anywhere = (0..<60).map { _ in Vector2(random.uniform(0, 30), random.uniform(0, 30)) }
        #expect(ShotLattice.found([1: anywhere], pitch: 2.45, angle: angle) == nil)
    }
}
