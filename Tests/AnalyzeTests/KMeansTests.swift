import EPUArchive
import EPUCore
import GRDB
import TestSupport
import Testing

@testable import epu_analyze
@testable import epu_ingest

@Suite("K-means")
struct KMeansTests {
    /// A square lattice with a few points close to each node.
    private func lattice(side: Int) -> [Vector2] {
        var random = RandomSource(seed: 5, stream: "test")
        return (0..<side * side).flatMap { node in
            (0..<4).map { _ in
                Vector2(
                    Double(node % side) + 0.05 * random.uniform(0, 1), Double(node / side) + 0.05 * random.uniform(0, 1)
                )
            }
        }
    }

    @Test("Nodes of a lattice become one cluster each, numbered from the middle outwards")
    func nodes() {
        let points = lattice(side: 5)
        let result = KMeans(clusters: 25).cluster(points)
        #expect(Set(result.membership).count == 25)
        let distances = result.centers.map { $0.distance(to: points.mean) }
        #expect(zip(distances, distances.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
        #expect(result.squaredDistance < 0.05)
    }

    @Test("Each point belongs to the nearest centre, and each centre is the mean of its points")
    func fixedPoint() {
        var random = RandomSource(seed: 9, stream: "test")
        let points = (0..<300).map { _ in Vector2(random.uniform(0, 1), random.uniform(0, 1)) }
        let result = KMeans(clusters: 7).cluster(points)
        for (point, cluster) in zip(points, result.membership) {
            let nearest = result.centers.indices.min {
                result.centers[$0].distance(to: point) < result.centers[$1].distance(to: point)
            }
            #expect(cluster == nearest)
        }
        for (cluster, center) in result.centers.enumerated() {
            let own = zip(points, result.membership).filter { $0.1 == cluster }.map(\.0)
            #expect(center.distance(to: own.mean) < 1e-12)
        }
    }

    @Test("Points that all coincide, one cluster, as many clusters as points")
    func extremes() {
        let same = [Vector2](repeating: Vector2(1, 2), count: 10)
        #expect(KMeans(clusters: 3).cluster(same).squaredDistance == 0)
        let few = [Vector2(0, 0), Vector2(1, 0), Vector2(5, 5)]
        #expect(KMeans(clusters: 3).cluster(few).squaredDistance == 0)
        let one = KMeans(clusters: 1).cluster(few)
        #expect(one.centers[0].distance(to: Vector2(2, 5.0 / 3)) < 1e-12)
    }

    @Test("The same seed gives the same clusters")
    func repeatable() {
        let points = lattice(side: 6)
        #expect(KMeans(clusters: 11).cluster(points).membership == KMeans(clusters: 11).cluster(points).membership)
    }

    /// Best known sums of squared distances, from scikit-learn with many thousand initializations.
    @Test(
        "morado is clustered as well as can be",
        .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)),
        arguments: [
            (2, 4.12464, 0.05), (3, 2.53949, 0.05), (5, 1.39546, 0.05), (9, 0.71582, 0.05), (21, 0.0523278, 1e-4),
            (63, 0.00132357, 1e-4),
        ])
    func morado(clusters: Int, best: Double, tolerance: Double) async throws {
        let folder = try TemporaryFolder()
        let archive = try Archive(folder["a.db"], access: .create)
        _ = try await Ingestion(archive: archive, jobs: 2, minimumAge: 0)
            .run(SessionFinder.sessions(below: [RealData.path("morado")]))
        let points = try archive.read { db in
            try ClusterStore(session: SessionRow.select(db, names: [])[0]).beamShifts(db).map(\.beamShift)
        }
        let result = KMeans(clusters: clusters).cluster(points)
        #expect(result.squaredDistance < best * (1 + tolerance))
        #expect(result.squaredDistance > best * (1 - 1e-5))
    }
}

@Suite("k from cluster distances")
struct ClusterDistancesTests {
    @Test("k is the hole spacing over the distance of neighbouring clusters")
    func scale() {
        let distances = ClusterDistances(centers: [
            Vector2(0, 0), Vector2(0.16, 0), Vector2(0, 0.16), Vector2(0.1, 0.9),
        ])
        #expect(distances.least == 0.16)
        #expect(distances.typicalNearest == 0.16)
        #expect(abs((distances.greatest ?? 0) - Vector2(0.1, 0.9).length) < 1e-12)
        #expect(distances.scale(holeSpacingUm: 4, distance: distances.typicalNearest) == 25)
        #expect(distances.matrix[1][2] == distances.matrix[2][1])
    }

    @Test("One cluster, or two in one place, give no k")
    func none() {
        #expect(ClusterDistances(centers: [.zero]).least == nil)
        let same = ClusterDistances(centers: [.zero, .zero])
        #expect(same.scale(holeSpacingUm: 4, distance: same.least) == nil)
    }

    @Test("An implausible k is warned of")
    func warning() {
        let result = KMeans(clusters: 2).cluster([Vector2(0, 0), Vector2(1, 0)])
        #expect(
            ClusterReport(session: "s", result: result, holeSpacingUm: 4).warning?.contains("outside 15 to 40") == true)
        #expect(ClusterReport(session: "s", result: result, holeSpacingUm: 25).warning == nil)
    }
}
