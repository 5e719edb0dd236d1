import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze
@testable import epu_ingest

@Suite("Complete linkage")
struct CompleteLinkageTests {
    private func scattered(_ count: Int, seed: UInt64) -> [Vector2] {
        var random = RandomSource(seed: seed, stream: "linkage")
        return (0..<count).map { _ in Vector2(random.uniform(0, 1), random.uniform(0, 1)) }
    }

    /// The points of each cluster.
    private func partition(_ membership: [Int]) -> Set<Set<Int>> {
        Set(Dictionary(grouping: membership.indices) { membership[$0] }.values.map(Set.init))
    }

    /// By definition: merge the two clusters whose farthest points are nearest, over and over.
    private func byDefinition(_ points: [Vector2], clusters: Int) -> Set<Set<Int>> {
        var left = points.indices.map { [$0] }
        func distance(_ a: [Int], _ b: [Int]) -> Double {
            a.reduce(0) { greatest, i in b.reduce(greatest) { max($0, points[i].distance(to: points[$1])) } }
        }
        while left.count > clusters {
            var best = (0, 1, Double.infinity)
            for a in left.indices {
                for b in left.indices.dropFirst(a + 1) {
                    let apart = distance(left[a], left[b])
                    if apart < best.2 { best = (a, b, apart) }
                }
            }
            left[best.0] += left[best.1]
            left.remove(at: best.1)
        }
        return Set(left.map(Set.init))
    }

    @Test("The partition is that of merging step by step", arguments: [1, 2, 3, 4] as [UInt64])
    func definition(seed: UInt64) {
        let points = scattered(60, seed: seed)
        for clusters in [1, 2, 3, 7, 20, 45, 59, 60] {
            let found = CompleteLinkage(clusters: clusters).membership(of: points)
            #expect(partition(found) == byDefinition(points, clusters: clusters), "\(clusters) clusters")
        }
    }

    @Test("Points on a line: the longest cluster is as short as pairs of pairs allow")
    func line() {
        let points = [0, 1, 3, 4, 10, 11, 14, 30].map { Vector2($0, 0) }
        func found(_ clusters: Int) -> Set<Set<Int>> {
            partition(CompleteLinkage(clusters: clusters).membership(of: points))
        }
        #expect(found(5) == [[0, 1], [2, 3], [4, 5], [6], [7]])
        #expect(found(4) == [[0, 1, 2, 3], [4, 5], [6], [7]] || found(4) == [[0, 1], [2, 3], [4, 5, 6], [7]])
        #expect(found(3) == [[0, 1, 2, 3], [4, 5, 6], [7]])
        #expect(found(2) == [[0, 1, 2, 3, 4, 5, 6], [7]])
    }

    @Test("Where all distances are alike there are still as many clusters as asked, the same each time")
    func ties() {
        let lattice = (0..<49).map { Vector2(Double($0 % 7), Double($0 / 7)) }
        let same = [Vector2](repeating: Vector2(1, 2), count: 30)
        for points in [lattice, same] {
            for clusters in [1, 2, 5, 10, 29] {
                let found = CompleteLinkage(clusters: clusters).membership(of: points)
                #expect(partition(found).count == clusters)
                #expect(CompleteLinkage(clusters: clusters).membership(of: points) == found)
            }
        }
    }

    @Test("Clusters have the means of their points as centres, and are numbered from the middle outwards")
    func numbering() {
        let points = scattered(200, seed: 8)
        let result = Clustering(points, membership: CompleteLinkage(clusters: 12).membership(of: points))
        #expect(result.centers.count == 12)
        for (cluster, center) in result.centers.enumerated() {
            let own = zip(points, result.membership).filter { $0.1 == cluster }.map(\.0)
            #expect(center.distance(to: own.mean) < 1e-12)
        }
        let away = result.centers.map { $0.distance(to: points.mean) }
        #expect(zip(away, away.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
    }

    @Test("Many points become at most so many tiny groups, each within one cell")
    func groups() {
        let points = scattered(3000, seed: 2)
        let groups = TinyGroups(points, limit: 400)
        #expect((300...400).contains(groups.means.count))
        for (point, group) in zip(points, groups.membership) {
            #expect(point.distance(to: groups.means[group]) < groups.side * 2.squareRoot())
        }
        #expect(TinyGroups([Vector2](repeating: Vector2(3, 4), count: 9), limit: 5).means == [Vector2(3, 4)])
        // As few as fit are left apart.
        let few = scattered(40, seed: 1)
        #expect(Set(TinyGroups(few, limit: 40).membership).count == 40)
    }

    /// SciPy 1.17: linkage(beam_shifts, "complete"), which has 63 clusters at each cut from 0.0085 to 0.0272.
    @Test(
        "morado falls into its 63 areas of 21 positions",
        .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)))
    func morado() async throws {
        let folder = try TemporaryFolder()
        let archive = try Archive(folder["a.db"], access: .create)
        _ = try await Ingestion(archive: archive, jobs: 2, minimumAge: 0)
            .run(SessionFinder.sessions(below: [RealData.path("morado")]))
        let points = try archive.read { db in
            try ClusterStore(session: SessionRow.select(db, names: [])[0]).beamShifts(db).map(\.beamShift)
        }
        let found = partition(CompleteLinkage(clusters: 63).membership(of: points))
        #expect(found.count == 63)
        let widest =
            found.map { cluster in
                cluster.flatMap { a in cluster.map { points[a].distance(to: points[$0]) } }.max() ?? 0
            }.max() ?? 0
        #expect(abs(widest - 0.00843) < 5e-6)
    }

    @Test("--method hierarchical prints, stores and draws; large sessions are joined first, and it says so")
    func command() throws {
        let folder = try TemporaryFolder()
        let sample = try SampleArchive(folder["a.db"])
        let points = scattered(90, seed: 4).enumerated().map { index, place in
            Vector2(Double(index % 9), 0) + 0.2 * place
        }
        try sample.add("s", points.enumerated().map { .init(hole: Int64($0), beamShift: $1, time: Double($0)) })
        func run(_ arguments: [String]) throws -> ToolRun {
            try ToolRun.run(
                "epu-analyze", ["clusters", "--method", "hierarchical", "--db", folder["a.db"]] + arguments)
        }
        let small = try run(["--hole-spacing", "25", "--plot", folder["c.svg"]])
        #expect(small.status == 0)
        #expect(small.errors.isEmpty)
        #expect(small.output.contains("90 exposures in 9 beam-shift clusters"))
        #expect(folder.names().contains("c.svg"))
        let stored = try sample.archive.read { db in
            try Int.fetchAll(
                db,
                sql: """
                    SELECT c.exposures FROM beam_shift_clustering b JOIN beam_shift_cluster c USING (clustering_id)
                    WHERE b.method = 'hierarchical' AND b.clusters = 9
                    """)
        }
        #expect(stored == [Int](repeating: 10, count: 9))
        let more = scattered(5000, seed: 6).enumerated().map { index, place in
            SampleArchive.Exposure(
                hole: 1, beamShift: Vector2(Double(index % 9), 0) + 0.2 * place, time: 1000 + Double(index))
        }
        try sample.add("s", more)
        let large = try run([])
        #expect(large.status == 0)
        #expect(large.errors.hasPrefix("s: 5090 exposures were joined to "), "\(large.errors)")
        #expect(large.output.contains("5090 exposures in 9 beam-shift clusters"))
        #expect(try run(["--clusters", "5050"]).errors.contains("too few for 5050 clusters"))
        #expect(try run(["--method", "ward"]).status == 64)
    }
}
