import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

@Suite("Optics groups of holes that lie on no lattice")
struct BeamShiftClustersTests {
    /// Beam shifts to holes within 6 um, at random and no two of a stop nearer than 1.2 um.
    private static func irregular(stops: Int, holes: Int, seed: UInt64) -> [[Vector2]] {
        var random = RandomSource(seed: seed, stream: "lacey")
        return (0..<stops).map { _ in
            var shifts: [Vector2] = []
            while shifts.count < holes {
                let shift = Vector2(random.uniform(-0.24, 0.24), random.uniform(-0.24, 0.24))
                if shift.length < 0.24, shifts.allSatisfy({ $0.distance(to: shift) > 0.05 }) { shifts.append(shift) }
            }
            return shifts
        }
    }

    private func width(_ points: [Vector2]) -> Double {
        points.indices.reduce(0) { width, a in points[..<a].reduce(width) { max($0, $1.distance(to: points[a])) } }
    }

    @Test("None is wider than the tolerance, and no two could be one", arguments: [1, 2, 3] as [UInt64])
    func clusters(seed: UInt64) {
        let points = Self.irregular(stops: 48, holes: 8, seed: seed).flatMap { $0 }
        let found = BeamShiftClusters(points, groups: points.map { _ in nil }).members
        #expect(found.flatMap { $0 }.sorted() == Array(points.indices))
        #expect(found.map { $0[0] } == found.map { $0[0] }.sorted())
        let tolerance = BeamShiftClusters.tolerance
        #expect(found.allSatisfy { members in width(members.map { points[$0] }) <= tolerance })
        for a in found.indices {
            for b in 0..<a { #expect(width((found[a] + found[b]).map { points[$0] }) > tolerance) }
        }
        // A disc of 0.24 needs at least as many as its area has discs of that width.
        #expect((35...110).contains(found.count), "\(found.count)")
    }

    @Test("More exposures than can be compared pair by pair keep to the tolerance, too")
    func many() {
        let points = Self.irregular(stops: 300, holes: 8, seed: 4).flatMap { $0 }
        let found = BeamShiftClusters(points, groups: points.map { _ in nil }, exactly: 600).members
        #expect(found.flatMap { $0 }.sorted() == Array(points.indices))
        #expect(found.allSatisfy { members in width(members.map { points[$0] }) <= BeamShiftClusters.tolerance })
        #expect(found.count < 200, "\(found.count)")
    }

    @Test("What has a group keeps it, later ones join the group they fit, and the tolerance holds throughout")
    func growth() {
        let points = Self.irregular(stops: 60, holes: 8, seed: 5).flatMap { $0 }
        var groups = [Int?](repeating: nil, count: points.count)
        for end in [40, 41, 200, points.count] {
            let found = BeamShiftClusters(Array(points[..<end]), groups: Array(groups[..<end])).members
            #expect(found.flatMap { $0 }.sorted() == Array(0..<end))
            for members in found {
                #expect(width(members.map { points[$0] }) <= BeamShiftClusters.tolerance)
                #expect(Set(members.compactMap { groups[$0] }).count < 2, "groups are not joined")
            }
            var next = (groups.compactMap { $0 }.max() ?? 0) + 1
            for members in found {
                let number = members.compactMap { groups[$0] }.first ?? next
                if number == next { next += 1 }
                for member in members { groups[member] = number }
            }
        }
    }

    @Test("Complete linkage within a width is that of as many clusters", arguments: [1, 2] as [UInt64])
    func width(seed: UInt64) {
        var random = RandomSource(seed: seed, stream: "width")
        let points = (0..<80).map { _ in Vector2(random.uniform(0, 1), random.uniform(0, 1)) }
        func partition(_ membership: [Int]) -> Set<Set<Int>> {
            Set(Dictionary(grouping: membership.indices) { membership[$0] }.values.map(Set.init))
        }
        for limit in [0.0, 0.05, 0.2, 0.5, 2] {
            let found = partition(CompleteLinkage(width: limit).membership(of: points))
            #expect(found == partition(CompleteLinkage(clusters: found.count).membership(of: points)))
            #expect(found.allSatisfy { width($0.map { points[$0] }) <= limit })
            guard found.count > 1 else { continue }
            let fewer = partition(CompleteLinkage(clusters: found.count - 1).membership(of: points))
            #expect(fewer.contains { width($0.map { points[$0] }) > limit })
        }
    }

    // MARK: - In the archive

    private func add(_ stops: some Sequence<(Int, [Vector2])>, to sample: SampleArchive) throws {
        for (stop, shifts) in stops {
            try sample.add(
                "s",
                shifts.enumerated().map { index, shift in
                    .init(
                        hole: Int64(1000 + 100 * stop + index),
                        stage: Vector2(15 * Double(stop % 7), 15 * Double(stop / 7)),
                        beamShift: shift, time: Double(600 * stop + 10 * index), square: 1)
                })
        }
        try sample.archive.write {
            try $0.execute(sql: "UPDATE exposure SET high_tension_kv = 300, pixel_size_a = 0.8")
        }
    }

    @Test(
        "48 stops with 8 irregular holes each: every movie has a group, which it keeps when the session grows",
        arguments: [nil, "ClusteringWithImageBeamShift"])
    func irregular(mode: String?) throws {
        let tools = try ToolFolder()
        let sample = try SampleArchive(tools.archive)
        let stops = Array(Self.irregular(stops: 48, holes: 8, seed: 6).enumerated().map { ($0, $1) })
        try add(stops.prefix(30), to: sample)
        try sample.archive.write { try $0.execute(sql: "UPDATE session SET clustering_mode = ?", arguments: [mode]) }
        try tools.run("epu-analyze", ["calibrate"])
        let byName = "SELECT name, optics_group FROM exposures ORDER BY exposure_id"
        let before = try tools.rows(byName)
        try add(stops.suffix(18), to: sample)
        try tools.run("epu-analyze", ["calibrate"])
        let after = try tools.rows(byName)
        #expect(Array(after.prefix(240)) == before)
        #expect(try tools.rows("SELECT 1 FROM exposures WHERE optics_group IS NULL").isEmpty)
        #expect(try tools.rows("SELECT max(optics_group) = count(*) FROM optics_groups") == [["1"]])
        #expect(
            try tools.rows("SELECT DISTINCT lattice_i IS NULL, tolerance FROM optics_groups")
                == [["1", "\(BeamShiftClusters.tolerance)"]])
        let shifts = stops.flatMap(\.1)
        for members in Dictionary(grouping: after.indices, by: { after[$0][1] }).values {
            #expect(width(members.map { shifts[$0] }) <= BeamShiftClusters.tolerance)
        }
        let run = try tools.run("epu-report", ["optics"])
        #expect(run.output.hasPrefix("s: 384 movies in "))
        #expect(
            run.output.contains(
                "groups by clusters of beam shift, as the holes lie on no lattice: no two movies of one"))
        #expect(!run.output.contains("no numbered group") && !run.errors.contains("position is not known"))
    }

    @Test(
        "One stage that did not move takes no group away: 50 holes of one beam shift, one shot from its neighbour's stop"
    )
    func unmovedStage() throws {
        let tools = try ToolFolder()
        let sample = try SampleArchive(tools.archive)
        let shots = (0..<50).map { hole in
            let stop = hole == 20 ? 19 : hole
            return SampleArchive.Exposure(
                hole: Int64(hole + 1), stage: Vector2(2.5 * Double(stop % 10), 2.5 * Double(stop / 10)),
                beamShift: Vector2(0.012, -0.02), time: 30 * Double(hole), square: 1)
        }
        try sample.add("s", shots)
        try sample.archive.write {
            try $0.execute(sql: "UPDATE exposure SET high_tension_kv = 300, pixel_size_a = 0.8")
        }
        try tools.run("epu-analyze", [])
        #expect(
            try tools.rows("SELECT optics_group, exposures, tolerance IS NULL FROM optics_groups") == [
                ["1", "50", "1"]
            ])
        #expect(
            try tools.run("epu-report", ["optics"]).output.hasPrefix(
                "s: 50 movies in 1 optics group, 49 to keep, 1 bad"))
    }

    @Test("The same of a simulated session of EPU 1.2, which has no AFIS")
    func simulatedUnmovedStage() throws {
        let tools = try ToolFolder()
        try tools.simulate(["--exposures", "300", "--epu-version", "1.2", "--unmoved-stage", "1"])
        try tools.run("epu-analyze", [])
        #expect(try tools.rows("SELECT optics_group, exposures FROM optics_groups") == [["1", "300"]])
    }
}
