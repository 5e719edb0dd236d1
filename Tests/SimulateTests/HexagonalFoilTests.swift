import EPUCore
import Foundation
import Testing

@testable import epu_simulate

@Suite("A hexagonal foil")
struct HexagonalFoilTests {
    private static func options(_ change: (inout SimulationOptions) -> Void = { _ in }) -> SimulationOptions {
        quickOptions {
            $0.foil = .hexagonal
            $0.areas = 1
            change(&$0)
        }
    }

    @Test("True positions lie on a lattice of six neighbours, 60 degrees apart", arguments: [1.6, 3, 6.5])
    func lattice(pitch: Double) throws {
        let positions = try SimulationModel(
            options: Self.options {
                $0.pitch = pitch
                $0.holeSize = 0.4 * pitch
            }
        ).exposures.map(\.position)
        var surrounded = 0
        for position in positions {
            let steps = positions.map { $0 - position }.filter { $0.length > 0.01 }
            let near = steps.filter { $0.length < 1.4 * pitch }.sorted { $0.angle < $1.angle }
            #expect(near.allSatisfy { abs($0.length / pitch - 1) < 0.02 + 0.2 / pitch })
            guard near.count == 6 else {
                #expect(near.count < 6)
                continue
            }
            surrounded += 1
            for (step, next) in zip(near, near.dropFirst()) {
                #expect(abs((next.angle - step.angle) * 180 / .pi - 60) < 2 + 15 / pitch)
            }
        }
        #expect(surrounded > positions.count / 2)
    }

    @Test("Clusters hold each hole once, within their radius, the centre first", arguments: [0, 2.6, 6, 12])
    func clusters(radius: Double) throws {
        let model = try SimulationModel(
            options: Self.options {
                $0.clusterRadius = radius
                $0.exposures = 500
            })
        let session = try #require(model.sessions.first)
        var seen: Set<[Int]> = []
        for stop in session.stops {
            let holes = model.foil.squares[stop.square].holes
            #expect(stop.visits.first?.hole == stop.centre)
            for visit in stop.visits {
                #expect(seen.insert([stop.square, visit.hole]).inserted)
                #expect(holes[visit.hole].position.distance(to: holes[stop.centre].position) < radius + 0.15)
            }
        }
        #expect(seen.count == 500)
        // A hole, six around it, six at 1.73 and six at 2 pitches of 2.5 um; the next are at 2.65.
        if radius == 6 { #expect(session.stops.map(\.visits.count).max() == 19) }
    }

    @Test("The window of holes is about as high as it is wide")
    func window() throws {
        let options = Self.options { $0.foilAngleDegrees = 0 }
        let square = try #require(SimulationModel(options: options).foil.squares.first)
        let (xs, ys) = (square.holes.map(\.position.x), square.holes.map(\.position.y))
        let width = try #require(xs.max()) - #require(xs.min())
        let height = try #require(ys.max()) - #require(ys.min())
        #expect(width / height > 1 && width / height < 1.3)
    }

    @Test("Planted incidents overlap on it as on a square one, and nothing else does")
    func incidents() throws {
        try inTemporaryFolder { folder in
            let truth = try Simulation(
                Self.options {
                    $0.areas = 3
                    $0.exposures = 500
                    $0.unmovedStages = 1
                    $0.wrongCentres = 2
                    $0.repeatedHoles = 2
                    $0.partialOverlaps = 2
                }
            ).write(to: folder + "/grid")
            let causes: Set<OverlapCause> = [.unmovedStage, .wrongCentre, .sameArea, .neighbour]
            #expect(Set(truth.pairs.map(\.cause)) == causes)
        }
    }

    @Test("Holes are numbered at random, unless a spiral is asked for: then each follows a neighbour")
    func numbering() throws {
        func shareOfNeighbours(_ numbering: HoleNumbering?) throws -> Double {
            let model = try SimulationModel(options: Self.options { $0.holeNumbering = numbering })
            let holes = try #require(model.foil.squares.first).holes
            let session = try #require(model.sessions.first)
            let byID = holes.indices.sorted {
                session.holeID(square: 0, hole: $0) < session.holeID(square: 0, hole: $1)
            }
            let first = try #require(session.firstHoleIDs.first)
            #expect(byID.map { session.holeID(square: 0, hole: $0) } == Array(first..<first + holes.count))
            let steps = zip(byID, byID.dropFirst()).map { holes[$0].position.distance(to: holes[$1].position) }
            return Double(steps.count { $0 < 3 }) / Double(steps.count)
        }
        #expect(try shareOfNeighbours(nil) < 0.1)
        #expect(try shareOfNeighbours(.random) < 0.1)
        #expect(try shareOfNeighbours(.spiral) == 1)
    }

    @Test("Its pictures find the nearest hole in every place")
    func nearest() {
        let axes = LatticeAxes(
            pitch: 1, angleDegrees: 0, axesAngle: FoilPattern.hexagonal.axesAngle, shear: 0, stretch: 0)
        let sites = (-5...5).flatMap { i in (-5...5).map { LatticeSite(i: i, j: $0) } }
        for i in stride(from: -1.5, through: 1.5, by: 0.07) {
            for j in stride(from: -1.5, through: 1.5, by: 0.07) {
                let place = i * axes.i + j * axes.j
                let found = axes.vector(FoilPattern.hexagonal.site(nearestToSteps: i, j)).distance(to: place)
                #expect(sites.allSatisfy { axes.vector($0).distance(to: place) >= found - 1e-12 })
            }
        }
    }
}
