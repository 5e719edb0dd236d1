import EPUCore
import Foundation
import Testing

@testable import epu_simulate

@Suite("A simulated session")
struct SessionTests {
    @Test("The same seed gives the same bytes, pictures included; another seed does not")
    func reproducible() throws {
        func files(seed: UInt64) throws -> [String: Data] {
            try inTemporaryFolder { folder in
                try Simulation(
                    quickOptions {
                        $0.seed = seed
                        $0.exposures = 100
                        $0.areas = 17
                        $0.radius = 0.02
                        $0.margin = 0.02
                        $0.images = true
                        $0.secondSession = true
                        $0.secondFraction = 0.1
                    }
                ).write(to: folder + "/grid")
                return try tree(folder)
            }
        }
        let first = try files(seed: 7)
        #expect(first.keys.contains { $0.hasSuffix(".jpg") })
        #expect(try files(seed: 7) == first)
        #expect(try files(seed: 8) != first)
    }

    @Test(
        "It has exactly as many exposures as asked for", arguments: [(100, 1), (101, 3), (233, 4), (500, 3), (1000, 7)])
    func exposureCount(exposures: Int, areas: Int) throws {
        try inTemporaryFolder { folder in
            let truth = try Simulation(
                quickOptions {
                    $0.exposures = exposures
                    $0.areas = areas
                    $0.repeatedHoles = 2
                    $0.partialOverlaps = 1
                }
            ).write(to: folder + "/grid")
            #expect(truth.exposures.count == exposures)
            #expect(dataFiles(try tree(folder)).count == exposures)
        }
    }

    @Test(
        "Without incidents every hole is shot once, with all areas, and nothing overlaps",
        arguments: [1, 2, 3] as [UInt64])
    func faultFree(seed: UInt64) throws {
        try inTemporaryFolder { folder in
            let truth = try Simulation(
                quickOptions {
                    $0.seed = seed
                    $0.exposures = 900
                }
            ).write(to: folder + "/grid")
            #expect(truth.pairs.isEmpty)
            let visits = Dictionary(grouping: truth.exposures, by: \.hole)
            for shots in visits.values {
                #expect(Set(shots.map(\.area)).count == 3)
                #expect(shots.count == 3)
                #expect(Set(shots.map(\.stop)).count == 1)
            }
        }
    }

    @Test("Names are EPU's, unique, and a few seconds before the acquisition", arguments: EPUVersion.allCases)
    func names(version: EPUVersion) throws {
        try inTemporaryFolder { folder in
            let truth = try Simulation(
                quickOptions {
                    $0.epuVersion = version
                    $0.utcOffsetMinutes = 90
                }
            ).write(to: folder + "/grid")
            let files = dataFiles(try tree(folder))
            #expect(Set(files.map(\.name.base)) == Set(truth.exposures.map(\.name)))
            // Seconds; a name to the minute is up to a minute older.
            let lead = [.epu34, .epu37, .epu39].contains(version) ? 2.4...4.6 : 0.7...2.6
            let rounding = [.epu12, .epu110].contains(version) ? 60.0 : 0
            for file in files {
                let text = try #require(Elements(file.data).texts("acquisition/acquisitionDateTime").first)
                let acquired = try #require(LocalTime(epuText: text))
                #expect(acquired.utcOffsetMinutes == 90)
                let named = try #require(timeOfName(file.name.base))
                let seconds = acquired.instant.seconds(since: named) + 90 * 60
                #expect(seconds >= lead.lowerBound && seconds <= lead.upperBound + rounding)
            }
        }
    }

    @Test("Stage read-back and beam shift, with the matrix, give the true position to 5 nm")
    func positions() throws {
        try inTemporaryFolder { folder in
            let options = quickOptions {
                $0.unmovedStages = 1
                $0.wrongCentres = 1
                $0.repeatedHoles = 1
                $0.partialOverlaps = 1
            }
            let truth = try Simulation(options).write(to: folder + "/grid")
            let known = Dictionary(uniqueKeysWithValues: truth.exposures.map { ($0.name, $0) })
            var stops: [Int: [Vector2]] = [:]
            for file in dataFiles(try tree(folder)) {
                let (stage, beamShift) = try placement(file.data)
                let exposure = try #require(known[file.name.base])
                #expect((stage + options.matrix * beamShift).distance(to: exposure.position) < 0.005)
                stops[exposure.stop, default: []].append(stage)
            }
            for readBacks in stops.values {
                #expect(readBacks.allSatisfy { $0.distance(to: readBacks[0]) < SimulationTruth.reachOfStop })
            }
        }
    }

    @Test("EPU 2.6 writes a twin for each movie, EPU 3.9 does not")
    func twins() throws {
        func twinCount(_ version: EPUVersion) throws -> Int {
            try inTemporaryFolder { folder in
                try Simulation(quickOptions { $0.epuVersion = version }).write(to: folder + "/grid")
                return try tree(folder).keys.count { $0.hasSuffix("_Fractions.xml") }
            }
        }
        #expect(try twinCount(.epu26) == 240)
        #expect(try twinCount(.epu39) == 0)
    }

    @Test("A live, shuffled session ends with the same files", .timeLimit(.minutes(1)))
    func live() throws {
        func files(live: Bool) throws -> [String: Data] {
            try inTemporaryFolder { folder in
                try Simulation(
                    quickOptions {
                        $0.exposures = 100
                        $0.live = live
                        $0.speed = 100_000
                        $0.shuffle = live
                    }
                ).write(to: folder + "/grid")
                return try tree(folder)
            }
        }
        #expect(try files(live: true) == files(live: false))
    }

    @Test("Clusters hold each hole once, within their radius, the centre first", arguments: [0, 2.6, 6, 12])
    func clusters(radius: Double) throws {
        let options = quickOptions {
            $0.clusterRadius = radius
            $0.exposures = 700
        }
        let model = try SimulationModel(options: options)
        let session = try #require(model.sessions.first)
        var seen: Set<[Int]> = []
        for stop in session.stops {
            let holes = model.foil.squares[stop.square].holes
            #expect(stop.visits.first?.hole == stop.centre)
            #expect(stop.visits.first?.rank == 0)
            for visit in stop.visits {
                #expect(seen.insert([stop.square, visit.hole]).inserted)
                #expect(holes[visit.hole].position.distance(to: holes[stop.centre].position) < radius + 0.15)
            }
        }
        #expect(seen.count == 234)
        if radius == 6 { #expect(session.stops.map(\.visits.count).max() == 17) }
    }

    @Test("Hole ids run along a square spiral from the middle, clockwise on the stage")
    func spiral() throws {
        let sites = squareSpiral(rings: 8)
        #expect(Set(sites).count == 17 * 17)
        for (site, next) in zip(sites, sites.dropFirst()) { #expect((next - site).squaredLength == 1) }
        for (number, site) in sites.enumerated() {
            #expect((2 * site.ring - 1) * (2 * site.ring - 1) <= number || number == 0)
        }
        // Left, then up: clockwise.
        #expect(sites[1] == LatticeSite(i: -1, j: 0))
        #expect(sites[2] == LatticeSite(i: -1, j: 1))
        let square = try #require(SimulationModel(options: quickOptions()).foil.squares.first)
        #expect(square.holes.map(\.site) == Array(squareSpiral(rings: square.rings)))
    }
}
