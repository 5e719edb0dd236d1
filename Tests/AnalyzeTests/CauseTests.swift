import EPUArchive
import EPUCore
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

private typealias Exposure = SampleArchive.Exposure

@Suite("Why exposures overlap, and what went wrong")
struct CauseTests {
    private let archive: Analysing
    /// A foil with holes 2.5 um apart along x and y.
    private static let pitch = 2.5
    private static let scale = 25.0
    /// The template's areas, um from the hole's centre.
    private static let areas = [Vector2(0.3, -0.2), Vector2(-0.25, 0.3)]

    init() throws { archive = try Analysing() }

    /// The areas of holes of one cluster.
    /// - Parameters:
    ///   - holes: ids, and the sites that the beam goes to, in pitches.
    ///   - stage: site at which the stage stands.
    ///   - start: seconds; a hole takes 4, and the first comes 30 after the centring.
    private func cluster(
        _ holes: [(id: Int64, site: Vector2)], stage: Vector2, start: Double, areas: Range<Int> = 0..<2,
        offset: Vector2 = .zero
    ) -> [Exposure] {
        holes.enumerated().flatMap { number, hole in
            areas.map { area in
                let shift = Self.pitch * (hole.site - stage) + Self.areas[area] + offset
                return Exposure(
                    hole: hole.id, area: Int64(area + 1), stage: Self.pitch * stage, beamShift: 1 / Self.scale * shift,
                    time: start + 30 + 4 * Double(number) + 2 * Double(area))
            }
        }
    }

    private func image(_ hole: Int64, stage: Vector2, time: Double) throws {
        let place = Self.pitch * stage
        try archive.execute(
            """
            INSERT OR IGNORE INTO foil_hole (session_id, foil_hole) VALUES (1, \(hole));
            INSERT INTO hole_image (session_id, foil_hole, name, acquired_at, stage_x_um, stage_y_um)
            SELECT 1, \(hole), 'FoilHole_\(hole)_\(time)', strftime('%Y-%m-%dT%H:%M:%S', '2025-01-08T12:00:00', '+\(time) seconds')
                || '.0000000Z', \(place.x), \(place.y);
            """)
    }

    private func causes(radius: Double = 0.4) throws -> [String: Int] {
        try archive.analyse(OverlapCriteria(radius: radius), Matrix2(scale: Self.scale)).causes
    }

    private func incidents() throws -> [[String]] {
        try archive.rows("SELECT cause, foil_hole, clusters, micrographs FROM incidents ORDER BY incident")
    }

    private func row(_ first: Int64, _ columns: [Double], y: Double = 0) -> [(id: Int64, site: Vector2)] {
        columns.enumerated().map { (first + Int64($0), Vector2($1, y)) }
    }

    @Test(
        "A second cluster shot from a stage that did not move: told by its hole image, and without images by the pause")
    func unmoved() throws {
        for hasImages in [true, false] {
            let archive = try CauseTests()
            let shot =
                archive.cluster(archive.row(10, [-1, 0, 1]), stage: .zero, start: 0)
                // Meant for 5 to 7, and shot on -1 to 1.
                + archive.cluster(archive.row(20, [0, -1, 1]), stage: .zero, start: 100)
            try archive.archive.sample.add("s", shot)
            if hasImages {
                for (hole, time) in [(Int64(11), 5.0), (11, 15), (20, 105), (20, 115)] {
                    try archive.image(hole, stage: .zero, time: time)
                }
            }
            #expect(try archive.causes() == ["unmoved-stage": 6], "\(hasImages)")
            #expect(try archive.incidents() == [["unmoved-stage", "20", "1", "6"]], "\(hasImages)")
        }
    }

    @Test("A stage that stood elsewhere for a hole image did move, and came back to a wrong centre")
    func cameBack() throws {
        try archive.sample.add(
            "s",
            cluster(row(10, [0]), stage: .zero, start: 0) + cluster(row(20, [0]), stage: .zero, start: 100))
        for (hole, stage, time) in [
            (Int64(10), Vector2.zero, 5.0), (20, Vector2(0.2, 0), 105), (20, Vector2.zero, 115),
        ] {
            try image(hole, stage: stage, time: time)
        }
        #expect(try causes() == ["wrong-centre": 2])
        #expect(try incidents() == [["wrong-centre", "20", "1", "2"]])
    }

    @Test("An unmoved stage is the cause, too, where its cluster reaches holes of a third one, before or after it")
    func third() throws {
        try archive.sample.add(
            "s",
            cluster(row(30, [3]), stage: Vector2(3, 0), start: 0)
                + cluster(row(10, [-1, 0, 1]), stage: .zero, start: 100)
                + cluster(row(20, [0, 3, 4]), stage: .zero, start: 200)
                + cluster(row(40, [4]), stage: Vector2(4, 0), start: 300))
        #expect(try causes() == ["unmoved-stage": 6])
        // All that was lost, also what came later, is the same incident's.
        #expect(try incidents() == [["unmoved-stage", "20", "1", "6"]])
    }

    @Test("A stage that stands still for several clusters is one incident")
    func standing() throws {
        try archive.sample.add(
            "s", (0..<4).flatMap { cluster(row(Int64(10 * $0), [-1, 0, 1]), stage: .zero, start: 100 * Double($0)) })
        #expect(try causes() == ["unmoved-stage": 36])
        #expect(try incidents() == [["unmoved-stage", "10", "3", "18"]])
    }

    @Test("Centring again on the same hole, or shooting on after a pause, is no unmoved stage")
    func recentred() throws {
        try archive.sample.add(
            "s",
            cluster(row(10, [-1, 0]), stage: .zero, start: 0) + cluster(row(12, [1, 2]), stage: .zero, start: 500))
        for time in [5.0, 505] { try image(11, stage: .zero, time: time) }
        #expect(try causes() == [:])
        // A hole image of elsewhere says nothing of this stop.
        try image(99, stage: Vector2(10, 10), time: 510)
        #expect(try causes() == [:])
    }

    @Test("A cluster on a wrong centre is one incident, whichever of its neighbours were shot before and after it")
    func wrongCentre() throws {
        // The middle one was meant for 13 to 16, and lies one hole to the left.
        let misplaced = row(103, [2, 3, 4, 5]).map { (id: $0.id, site: $0.site) }
        try archive.sample.add(
            "s",
            cluster(row(100, [0, 1, 2]), stage: Vector2(1, 0), start: 0)
                + cluster(misplaced, stage: Vector2(3, 0), start: 100)
                + cluster(row(200, [5, 6, 7]), stage: Vector2(6, 0), start: 200))
        #expect(try causes() == ["wrong-centre": 4])
        #expect(try incidents() == [["wrong-centre", "103", "1", "4"]])
    }

    @Test("A hole missed for its neighbour hits that in part")
    func neighbour() throws {
        try archive.sample.add(
            "s",
            cluster(row(10, [0]), stage: .zero, start: 0)
                + cluster([(11, .zero)], stage: Vector2(0.2, 0), start: 100, offset: Vector2(0, 0.3)))
        #expect(try causes() == ["neighbour": 2])
        #expect(try incidents() == [["neighbour", "11", "1", "2"]])
    }

    @Test("Holes up to 0.2 um apart are on one site", arguments: [(0.19, "wrong-centre"), (0.21, "neighbour")])
    func site(distance: Double, cause: String) throws {
        try archive.sample.add(
            "s",
            cluster(row(10, [0]), stage: .zero, start: 0)
                + cluster(row(11, [0]), stage: Vector2(0.2, 0), start: 100, offset: Vector2(0, distance)))
        #expect(try causes() == [cause: 2])
    }

    @Test(
        "A stage within 0.05 um of where it was did not move",
        arguments: [(0.04, "unmoved-stage"), (0.06, "wrong-centre")])
    func stood(distance: Double, cause: String) throws {
        for hasImages in [true, false] {
            let archive = try CauseTests()
            let stage = Vector2(distance / Self.pitch, 0)
            try archive.archive.sample.add(
                "s",
                archive.cluster(archive.row(10, [-1, 0, 1]), stage: .zero, start: 0)
                    + archive.cluster(archive.row(20, [0, -1, 1]), stage: stage, start: 100))
            if hasImages {
                try archive.image(11, stage: .zero, time: 5)
                try archive.image(20, stage: stage, time: 105)
            }
            #expect(try archive.causes() == [cause: 6], "\(hasImages)")
        }
    }

    @Test("Holes shot again, one after another, are one incident; with holes between them they are two")
    func repeated() throws {
        let first =
            cluster(row(10, [0, 1]), stage: .zero, start: 0)
            + cluster(row(20, [4, 5]), stage: Vector2(4, 0), start: 100)
        let again =
            cluster(row(10, [0, 1]), stage: Vector2(0.1, 0), start: 1000)
            + cluster(row(20, [4, 5]), stage: Vector2(4.1, 0), start: 1100)
        try archive.sample.add("s", first + again)
        #expect(try causes()["same-area"] == 8)
        #expect(try incidents() == [["same-area", "10", "2", "8"]])

        let apart = try CauseTests()
        let between = apart.cluster(apart.row(30, [20]), stage: Vector2(20, 0), start: 1050)
        try apart.archive.sample.add("s", first + again + between)
        _ = try apart.causes()
        #expect(try apart.incidents() == [["same-area", "10", "1", "4"], ["same-area", "20", "1", "4"]])
    }

    @Test("A hole shot twice with nothing between starts its incident at the second time, and ends it there")
    func repeatedAtOnce() throws {
        try archive.sample.add(
            "s",
            cluster(row(10, [-1, 0]), stage: .zero, start: 0) + cluster(row(11, [0]), stage: .zero, start: 40)
                + cluster(row(12, [1]), stage: .zero, start: 60))
        #expect(try causes() == ["same-area": 2])
        let times = try archive.rows("SELECT substr(started_at, 12, 8), substr(ended_at, 12, 8) FROM incidents")
        // The cluster began at 12:00:30, and went on with another hole at 12:01:30.
        #expect(times == [["12:01:10", "12:01:12"]])
    }

    @Test("A hole that EPU was interrupted at and went on with from another stop overlaps by design")
    func interrupted() throws {
        try archive.sample.add(
            "s",
            cluster(row(10, [0, 1]), stage: .zero, start: 0)
                + cluster(row(12, [2]), stage: .zero, start: 40, areas: 0..<1)
                + cluster(row(12, [2]), stage: Vector2(2, 0), start: 900, areas: 1..<2, offset: Vector2(0.04, 0)))
        // Areas of one hole lie 0.74 um apart.
        #expect(try causes(radius: 0.8) == ["by-design": 3])
        // Where it went on at the wrong place it is not.
        let astray = try CauseTests()
        try astray.archive.sample.add(
            "s",
            astray.cluster(astray.row(12, [2, 3]), stage: .zero, start: 0)
                + astray.cluster(astray.row(13, [4]), stage: .zero, start: 40, areas: 0..<1)
                + astray.cluster(
                    astray.row(13, [4]), stage: Vector2(2, 0), start: 900, areas: 1..<2, offset: Vector2(0.55, -0.5)))
        #expect(try astray.causes() == ["neighbour": 1])
    }

    @Test("A hole that was found twice and has two ids, by the hole map, is one hole shot again")
    func renamed() throws {
        try archive.sample.add(
            "s",
            cluster(row(10, [0]), stage: .zero, start: 0) + cluster(row(90, [0]), stage: Vector2(0.2, 0), start: 500))
        #expect(try causes() == ["wrong-centre": 2])
        try archive.execute(
            """
            UPDATE foil_hole SET stage_x_um = 7.1, stage_y_um = 8 WHERE foil_hole = 10;
            UPDATE foil_hole SET stage_x_um = 7.2, stage_y_um = 8.1 WHERE foil_hole = 90;
            """)
        #expect(try causes() == ["same-area": 2])
        try archive.execute("UPDATE foil_hole SET stage_x_um = 9.6 WHERE foil_hole = 90")
        #expect(try causes() == ["wrong-centre": 2])
    }

    @Test("Incidents part the overexposed exposures, and are numbered in time")
    func incidentsArePartition() throws {
        try archive.sample.add(
            "s",
            cluster(row(10, [-1, 0, 1]), stage: .zero, start: 0)
                + cluster(row(20, [0, -1, 1]), stage: .zero, start: 100)
                + cluster(row(10, [0]), stage: Vector2(0.2, 0), start: 300)
                + cluster(row(50, [9]), stage: Vector2(9, 0), start: 400)
                + cluster(row(60, [9]), stage: Vector2(9.1, 0), start: 500, offset: Vector2(0.3, 0)))
        let result = try archive.analyse(OverlapCriteria(radius: 0.4), Matrix2(scale: Self.scale))
        #expect(result.incidents.map(\.incident) == Array(1...result.incidents.count))
        #expect(result.incidents.map(\.startedAt) == result.incidents.map(\.startedAt).sorted())
        #expect(result.incidents.reduce(0) { $0 + $1.micrographs } == result.overexposed)
        #expect(
            try archive.rows("SELECT count(*), count(DISTINCT name) FROM overexposed WHERE incident IS NOT NULL")
                == [["\(result.overexposed)", "\(result.overexposed)"]])
        #expect(
            try archive.rows(
                """
                SELECT i.incident FROM incidents i
                WHERE micrographs <> (SELECT count(*) FROM overexposed o WHERE o.incident = i.incident)
                """
            ).isEmpty)
    }
}
