import EPUCore
import Testing

@testable import epu_analyze

@Suite("Beam shift taken apart into hole and area")
struct HoleVisitsTests {
    private struct Shot {
        var hole: Int64
        var area: Int64
        var stage = Vector2.zero
        var error = Vector2.zero
    }

    private static let areas: [Int64: Vector2] = [
        1: Vector2(0.00585, -0.01641), 2: Vector2(0.00953, 0.01291), 3: Vector2(-0.01538, 0.0035),
        11: Vector2(0.013, 0.002), 12: Vector2(-0.011, 0.009),
    ]

    private static func shift(ofHole hole: Int64) -> Vector2 {
        Vector2(0.1 * Double(hole % 5) - 0.2, 0.1 * Double(hole / 5) - 0.1) + Vector2(0.0011, -0.0007)
    }

    private func visits(_ shots: [Shot], square: Int64? = nil) -> HoleVisits {
        HoleVisits(
            shots.enumerated().map { index, shot in
                SessionExposure(
                    exposureID: Int64(index), sessionID: 1, foilHole: shot.hole, area: shot.area, stage: shot.stage,
                    beamShift: Self.shift(ofHole: shot.hole) + (Self.areas[shot.area] ?? .zero) + shot.error,
                    gridSquare: square)
            })
    }

    /// Areas relative to each other, and holes relative to each other, as they were put in.
    private func expectExact(_ visits: HoleVisits, areas: [Int64], holes: [Int64]) {
        for (a, b) in zip(areas, areas.dropFirst()) {
            let found = (visits.areas[b] ?? .zero) - (visits.areas[a] ?? .zero)
            let expected = (Self.areas[b] ?? .zero) - (Self.areas[a] ?? .zero)
            #expect(found.distance(to: expected) < 1e-12)
        }
        let own = visits.visits.filter { holes.contains($0.foilHole) }
        for (a, b) in zip(own, own.dropFirst()) {
            let expected = Self.shift(ofHole: b.foilHole) - Self.shift(ofHole: a.foilHole)
            #expect((b.beamShift - a.beamShift).distance(to: expected) < 1e-12)
        }
    }

    @Test("Three areas in each hole: areas and holes come out as they were put in, to 1e-12")
    func exact() {
        let visits = visits((1...9).flatMap { hole in [3, 1, 2].map { Shot(hole: hole, area: $0) } })
        #expect(visits.visits.map(\.foilHole) == Array(1...9))
        #expect((visits.stops.count, visits.patches) == (1, 1))
        #expect(visits.additivityError < 1e-12)
        #expect(visits.visitOfExposure.elementsEqual((0..<27).map { $0 / 3 }))
        expectExact(visits, areas: [1, 2, 3], holes: Array(1...9))
        // The template around its own mean.
        let sum = visits.areas.values.reduce(Vector2.zero, +)
        #expect(sum.length < 1e-12)
    }

    @Test("An area that is missing in some holes is placed by the others")
    func missing() {
        let sets: [[Int64]] = [[1, 2], [2, 3], [3], [1, 3], [1], [1, 2, 3], [2]]
        let visits = visits(
            sets.enumerated().flatMap { hole, areas in areas.map { Shot(hole: Int64(hole), area: $0) } })
        #expect((visits.patches, visits.visits.count) == (1, 7))
        #expect(Set(visits.component.values) == [0])
        expectExact(visits, areas: [1, 2, 3], holes: Array(0...6))
    }

    @Test("Areas that never share a hole are joined through a third")
    func chain() {
        let visits = visits([
            Shot(hole: 1, area: 1), Shot(hole: 1, area: 2), Shot(hole: 2, area: 2), Shot(hole: 2, area: 3),
        ])
        #expect(visits.patches == 1)
        expectExact(visits, areas: [1, 2, 3], holes: [1, 2])
    }

    @Test("A long chain of areas, each of which shares a hole with the next, is one template")
    func longChain() {
        let step = Vector2(0.001, -0.0005)
        func shot(_ hole: Int64, _ area: Int64) -> Shot { Shot(hole: hole, area: area, error: Double(area) * step) }
        // Areas 1, 2, 3, 11 and 12 have places of their own.
        let visits = visits((101...300).flatMap { [shot($0, $0), shot($0, $0 + 1)] })
        #expect(visits.patches == 1 && visits.areas.count == 201)
        #expect(Set(visits.component.values) == [0])
        for area in Int64(101)...300 {
            let found = (visits.areas[area + 1] ?? .zero) - (visits.areas[area] ?? .zero)
            #expect(found.distance(to: step) < 1e-12)
        }
    }

    @Test("A second template in the session is a patch of its own, with its own mean")
    func templates() {
        let first = (1...4).flatMap { hole in [1, 2, 3].map { Shot(hole: hole, area: $0) } }
        let second = (6...8).flatMap { hole in [11, 12].map { Shot(hole: hole, area: $0, stage: Vector2(12, 0)) } }
        let visits = visits(first + second, square: 7)
        #expect(visits.patches == 2)
        #expect(visits.visits.map(\.patch) == [0, 0, 0, 0, 1, 1, 1])
        #expect(visits.component[1] != visits.component[11])
        #expect(visits.component[11] == visits.component[12])
        expectExact(visits, areas: [1, 2, 3], holes: Array(1...4))
        expectExact(visits, areas: [11, 12], holes: Array(6...8))
        for template in [[1, 2, 3], [11, 12]] as [[Int64]] {
            #expect(template.compactMap { visits.areas[$0] }.reduce(Vector2.zero, +).length < 1e-12)
        }
    }

    @Test("Each grid square is a patch: two foils have no common origin")
    func squares() {
        let exposures = (0..<4).map { (index: Int) -> SessionExposure in
            let square = index / 2
            return SessionExposure(
                exposureID: Int64(index), sessionID: 1, foilHole: Int64(index), area: 1,
                stage: Vector2(100 * Double(square), 0), beamShift: Vector2(0.1 * Double(index), 0),
                gridSquare: Int64(square))
        }
        let visits = HoleVisits(exposures)
        #expect(visits.visits.map(\.patch) == [0, 0, 1, 1])
        #expect(visits.stops.map(\.gridSquare) == [0, 1])
    }

    @Test(
        "Stops have the mean of their read-backs; a return to a place is another stop, and a hole shot again another visit"
    )
    func stops() {
        let visits = visits([
            Shot(hole: 1, area: 1, stage: Vector2(0, 0)), Shot(hole: 2, area: 1, stage: Vector2(0.002, 0.004)),
            Shot(hole: 3, area: 1, stage: Vector2(12, 0)), Shot(hole: 1, area: 1, stage: Vector2(0, 0)),
        ])
        #expect(visits.stops.map(\.exposures) == [2, 1, 1])
        #expect(visits.stops.map(\.firstExposure) == [0, 2, 3])
        #expect(visits.stops[0].stage.distance(to: Vector2(0.001, 0.002)) < 1e-12)
        #expect(visits.visits.map(\.foilHole) == [1, 2, 3, 1])
        #expect(visits.visits.map(\.stop) == [0, 0, 1, 2])
    }

    @Test("Where the stage did not move, two clusters are one stop, but each hole has its own visit")
    func unmovedStage() {
        let clusters = [[1, 2, 3], [6, 7, 8]] as [[Int64]]
        let visits = visits(clusters.joined().flatMap { hole in [1, 2].map { Shot(hole: hole, area: $0) } })
        #expect(visits.stops.count == 1)
        #expect(visits.visits.map(\.foilHole) == [1, 2, 3, 6, 7, 8])
        expectExact(visits, areas: [1, 2], holes: [1, 2, 3, 6, 7, 8])
    }

    @Test("An area that lies elsewhere in one hole shows as an error of additivity, and moves no other hole")
    func additivity() {
        var shots = (1...9).flatMap { hole in [1, 2, 3].map { Shot(hole: hole, area: $0) } }
        shots[13].error = Vector2(0.0009, 0)
        let visits = visits(shots)
        // The hole's mean takes a third of it.
        #expect(abs(visits.additivityError - 0.0006) < 1e-9)
        expectExact(visits, areas: [1, 2, 3], holes: [1, 2, 3, 4, 6, 7, 8, 9])
    }

    @Test("The greatest beam shift is the one farthest from their mean")
    func greatestBeamShift() {
        let shifts = [Vector2(0.1, 0), Vector2(-0.1, 0), Vector2(0.3, 0.4)]
        let visits = HoleVisits(
            shifts.enumerated().map {
                SessionExposure(
                    exposureID: Int64($0), sessionID: 1, foilHole: Int64($0), area: 1, stage: .zero, beamShift: $1)
            })
        let mean = Vector2(0.1, 0.4 / 3)
        #expect(abs(visits.greatestBeamShift - mean.distance(to: shifts[2])) < 1e-12)
        #expect(HoleVisits([]).visits.isEmpty)
    }
}
