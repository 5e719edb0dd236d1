import EPUCore
import Foundation
import Testing

@testable import epu_simulate

@Suite("A hole that EPU was interrupted in")
struct InterruptionTests {
    private struct Session {
        let model: SimulationModel
        let truth: SimulationTruth
        /// Of each hole, by its id, the truth of its exposures in the order of time.
        let holes: [Int: [SimulationTruth.Exposure]]

        init(_ options: SimulationOptions) throws {
            model = try SimulationModel(options: options)
            truth = SimulationTruth(
                model: model, options: options, names: SessionNames(options: options, model: model, folder: "grid"))
            holes = Dictionary(grouping: truth.exposures, by: \.hole)
        }

        var interrupted: [[SimulationTruth.Exposure]] { holes.values.filter { Set($0.map(\.stop)).count > 1 } }
    }

    @Test(
        "Some areas are shot at its stop, the others from a later stop of their own, each once",
        arguments: [4.0, 0], [2, 3])
    func parts(clusterRadius: Double, areas: Int) throws {
        let session = try Session(
            quickOptions {
                $0.interrupted = 4
                $0.clusterRadius = clusterRadius
                $0.areas = areas
            })
        #expect(session.truth.exposures.count == 240)
        #expect(session.holes.count == 240 / areas)
        #expect(session.interrupted.count == 4)
        for shots in session.interrupted {
            #expect(Set(shots.map(\.area)).count == areas)
            #expect(shots.count == areas)
            let stops = Set(shots.map(\.stop))
            #expect(stops.count == 2)
            // The rest has a stop of its own, and the first part comes last at its own.
            let first = try #require(stops.min())
            let rest = try #require(stops.max())
            #expect(session.truth.exposures.filter { $0.stop == rest }.allSatisfy { $0.hole == shots[0].hole })
            #expect(session.truth.exposures.last { $0.stop == first }?.hole == shots[0].hole)
        }
        #expect(session.truth.pairs.isEmpty)
        #expect(session.truth.incidents.isEmpty)
    }

    @Test("Its areas that lie within the radius overlap by design, as those of any hole", arguments: [12, 17])
    func byDesign(areas: Int) throws {
        let session = try Session(
            quickOptions {
                $0.exposures = 480
                $0.interrupted = 5
                $0.areas = areas
            })
        let stops = Dictionary(uniqueKeysWithValues: session.truth.exposures.map { ($0.name, $0.stop) })
        #expect(session.truth.pairs.contains { stops[$0.earlier] != stops[$0.later] })
        #expect(session.truth.pairs.allSatisfy { $0.cause == .byDesign })
        // As many as without an interruption, except for pairs that the new centring moves across the radius: none, by the
        // template's distances.
        let whole = try Session(
            quickOptions {
                $0.exposures = 480
                $0.areas = areas
            })
        #expect(session.truth.pairs.count == whole.truth.pairs.count)
    }

    @Test("Among all faults it stays apart from them", arguments: [1, 2, 3, 4, 5] as [UInt64], [4.0, 0])
    func amongFaults(seed: UInt64, clusterRadius: Double) throws {
        let options = quickOptions {
            $0.seed = seed
            $0.exposures = 900
            $0.clusterRadius = clusterRadius
            $0.unmovedStages = 3
            $0.wrongCentres = 3
            $0.repeatedHoles = 3
            $0.partialOverlaps = 3
            $0.interrupted = 10
        }
        let session = try Session(options)
        #expect(session.truth.incidents.count == 12)
        let faulty = Set(session.truth.incidents.flatMap(\.exposures))
        let interrupted = session.interrupted.filter { shots in !shots.contains { faulty.contains($0.name) } }
        #expect(interrupted.count == 10)
        let names = Set(interrupted.flatMap { $0 }.map(\.name))
        #expect(!session.truth.pairs.contains { names.contains($0.earlier) || names.contains($0.later) })
        for incident in session.truth.incidents {
            #expect(session.truth.pairs.contains { incident.exposures.contains($0.later) }, "\(incident.kind)")
        }
    }

    @Test("The square's .dm has it completed, with all its exposures")
    func metadata() throws {
        let files = try writtenSession(.epu39) { $0.interrupted = 2 }
        let path = try #require(files.keys.first { $0.contains("/Metadata/") })
        let states = try Elements(#require(files[path])).texts("value/State")
        // 100 exposures: 33 holes of three areas, and one of which the session has shot one.
        #expect(states.count { $0 == "Completed" } == 33)
        #expect(states.count { $0 == "InProgress" } == 1)
    }

    @Test("More than stops can take are refused with a reason")
    func tooMany() {
        let error = #expect(throws: Failure.self) {
            try SimulationModel(options: quickOptions { $0.interrupted = 100 })
        }
        #expect(error?.description.contains("--interrupted") == true)
    }
}
