import EPUCore
import Foundation
import Testing

@testable import epu_simulate

@Suite("The truth of a simulation")
struct TruthTests {
    private static let everything = quickOptions {
        $0.exposures = 500
        $0.unmovedStages = 1
        $0.wrongCentres = 2
        $0.repeatedHoles = 3
        $0.partialOverlaps = 3
        $0.secondSession = true
    }

    @Test("Its pairs are those that comparing all with all finds", arguments: [1, 2, 3] as [UInt64])
    func bruteForce(seed: UInt64) throws {
        var options = Self.everything
        options.seed = seed
        try inTemporaryFolder { folder in
            let truth = try Simulation(options).write(to: folder + "/grid")
            var expected: Set<[String]> = []
            for (index, later) in truth.exposures.enumerated() {
                for earlier in truth.exposures[..<index] {
                    let distance = earlier.position.distance(to: later.position)
                    #expect(abs(distance - options.radiusUsed) >= options.margin - 1e-9)
                    if distance <= options.radiusUsed { expected.insert([earlier.name, later.name]) }
                }
            }
            #expect(Set(truth.pairs.map { [$0.earlier, $0.later] }) == expected)
            #expect(truth.pairs.count == expected.count)
            #expect(!truth.pairs.contains { $0.cause == .unexplained })
        }
    }

    @Test(
        "A planted incident makes overlaps of its own cause",
        arguments: [
            ("unmoved-stage", OverlapCause.unmovedStage), ("wrong-centre", .wrongCentre),
            ("repeated-hole", .sameArea), ("partial-overlap", .neighbour),
        ], EPUVersion.allCases)
    func causes(kind: (name: String, cause: OverlapCause), version: EPUVersion) throws {
        let options = quickOptions {
            $0.epuVersion = version
            switch kind.name {
            case "unmoved-stage": $0.unmovedStages = 2
            case "wrong-centre": $0.wrongCentres = 2
            case "repeated-hole": $0.repeatedHoles = 2
            default: $0.partialOverlaps = 2
            }
        }
        try inTemporaryFolder { folder in
            let truth = try Simulation(options).write(to: folder + "/grid")
            #expect(truth.incidents.map(\.kind.rawValue) == [kind.name, kind.name])
            #expect(!truth.pairs.isEmpty)
            #expect(truth.pairs.allSatisfy { $0.cause == kind.cause })
            for incident in truth.incidents {
                #expect(truth.pairs.contains { incident.exposures.contains($0.later) })
            }
            if kind.name == "repeated-hole" { #expect(truth.pairs.count == 6) }
            if kind.name == "partial-overlap" {
                #expect(truth.pairs.contains { abs($0.distance - options.partialDistance) < 0.012 })
            }
        }
    }

    @Test("An unmoved stage belongs to the stop before it")
    func unmovedStageIsNoStop() throws {
        try inTemporaryFolder { folder in
            let truth = try Simulation(quickOptions { $0.unmovedStages = 1 }).write(to: folder + "/grid")
            let incident = try #require(truth.incidents.first)
            let first = try #require(truth.exposures.firstIndex { $0.name == incident.exposures.first })
            #expect(truth.exposures[first].stop == truth.exposures[first - 1].stop)
        }
    }

    @Test("A second session shoots some holes again, under new ids, on the same grid")
    func secondSession() throws {
        try inTemporaryFolder { folder in
            let truth = try Simulation(
                quickOptions {
                    $0.secondSession = true
                    $0.secondFraction = 0.5
                }
            ).write(to: folder + "/grid")
            #expect(truth.sessions == ["grid", "grid-second"])
            let bySession = Dictionary(grouping: truth.exposures, by: \.session)
            #expect(bySession["grid"]?.count == 240)
            #expect(bySession["grid-second"]?.count == 120)
            let holes = bySession.mapValues { Set($0.map(\.hole)) }
            #expect(holes["grid", default: []].isDisjoint(with: holes["grid-second", default: []]))
            #expect(truth.pairs.count == 120)
            #expect(truth.pairs.allSatisfy { $0.cause == .acrossSessions })
            let names = ["grid", "grid-second"]
            let sessions = try names.map {
                try Elements(Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)/EpuSession.dm")))
            }
            #expect(sessions.map { $0.texts("EpuSessionXml/Name").first } == names)
            #expect(Set(sessions.flatMap { $0.texts("SampleXml/AtlasId") }).count == 1)
        }
    }

    @Test("A crowded template overlaps by design")
    func byDesign() throws {
        try inTemporaryFolder { folder in
            let truth = try Simulation(quickOptions { $0.areas = 12 }).write(to: folder + "/grid")
            #expect(!truth.pairs.isEmpty)
            #expect(truth.pairs.allSatisfy { $0.cause == .byDesign })
        }
    }

    @Test("The truth file says the same")
    func file() throws {
        struct File: Decodable {
            struct Exposure: Decodable {
                let name: String, session: String, xUm: Double, yUm: Double, hole: Int, area: Int, stop: Int
            }
            struct Pair: Decodable {
                let earlier: String, later: String, distanceUm: Double, cause: OverlapCause
            }
            let matrix: [[Double]], radiusUm: Double, exposures: [Exposure], pairs: [Pair]
        }
        try inTemporaryFolder { folder in
            let truth = try Simulation(Self.everything).write(to: folder + "/a \"grid\" \\ & <more>")
            let json = try Data(contentsOf: URL(fileURLWithPath: folder + "/a \"grid\" \\ & <more>.truth.json"))
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            let file = try decoder.decode(File.self, from: json)
            #expect(file.matrix == [[21.767, 11.130], [10.799, -21.682]])
            #expect(file.radiusUm == Self.everything.radiusUsed)
            #expect(file.exposures.map(\.name) == truth.exposures.map(\.name))
            #expect(file.exposures.map(\.session) == truth.exposures.map(\.session))
            #expect(file.pairs.map(\.cause) == truth.pairs.map(\.cause))
            #expect(zip(file.pairs, truth.pairs).allSatisfy { abs($0.distanceUm - $1.distance) < 1e-6 })
            #expect(zip(file.exposures, truth.exposures).allSatisfy { abs($0.xUm - $1.position.x) < 1e-6 })
        }
    }
}
