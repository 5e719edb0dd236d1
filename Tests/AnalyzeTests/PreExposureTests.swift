import EPUArchive
import EPUCore
import Foundation
import TestSupport
import Testing

@testable import epu_analyze

private typealias Exposure = SampleArchive.Exposure

@Suite("What a camera field had received before")
struct PreExposureTests {
    private static let everything = OverlapCriteria(minFieldOverlap: 1e-9)

    @Test("A repeat with a beam wider than the field has received the whole dose, on the whole field")
    func repeated() throws {
        let archive = try Analysing()
        try archive.sample.add(
            "s", [Exposure(time: 0, name: "a"), Exposure(stage: Vector2(0.05, 0), time: 60, name: "b")], dose: 40,
            field: (0.3, 0.2))
        let result = try archive.analyse(OverlapCriteria(radius: 0.4))
        #expect(result.overexposed == 1)
        let found = try archive.preExposures()
        #expect(found["a"]?.dose == 0 && found["a"]?.fieldShare == 0)
        #expect(
            found["b"].map { [$0.dose, $0.unplannedDose, $0.fieldShare, $0.unplannedFieldShare] } == [40, 40, 1, 1])
        #expect(
            try archive.rows("SELECT pre_dose_e_per_a2, field_overlap, field_share FROM overexposed") == [
                ["40.0", "1.0", "1.0"]
            ])
    }

    @Test("A beam that hits half of the field, and one that hits it twice, add up; lenses are in closed form")
    func half() throws {
        let archive = try Analysing()
        // Beams so wide, and so far aside, that their edges are straight lines through the field's middle: from the left,
        // from the right, and from the left again.
        let far = 5000.0
        for (index, x) in [-far, far, -far].enumerated() {
            try archive.sample.add(
                "s", [Exposure(hole: Int64(index), stage: Vector2(x, 0), time: Double(index))], beamDiameter: 2 * far,
                dose: Double(10 * (index + 1)), field: (0.4, 0.4))
        }
        try archive.sample.add(
            "s", [Exposure(hole: 9, time: 10, name: "field")], beamDiameter: 1, dose: 40, field: (0.4, 0.4))
        try archive.analyse(Self.everything)
        let found = try #require(try archive.preExposures()["field"])
        // Of the field 0.2 + 1e-6 um at most are beside the line.
        #expect(abs((found.dose ?? 0) - (10 + 20 + 30) / 2) < 1e-3)
        #expect(abs((found.fieldShare ?? 0) - 1) < 1e-4)

        // Of beams 1 um wide and 0.5 um apart, the share that both cover: 2/3 - sqrt(3)/(2 pi).
        let lens = try Analysing()
        try lens.sample.add("s", [Exposure(hole: 1, time: 0), Exposure(hole: 2, stage: Vector2(0.5, 0), time: 60)])
        try lens.analyse(OverlapCriteria(radius: 0.6))
        let share = try #require(Double(try lens.rows("SELECT beam_overlap FROM overlap_pairs")[0][0]))
        #expect(abs(share - (2.0 / 3 - 3.0.squareRoot() / (2 * .pi))) < 1e-12)
        // Nobody knows the field.
        #expect(try lens.rows("SELECT field_overlap FROM overlap_pairs") == [["NULL"]])
    }

    /// Points that fill the unit square evenly (Halton 1960, bases 2 and 3).
    private static func halton(_ index: Int) -> Vector2 {
        func radical(_ base: Int) -> Double {
            var (result, fraction, number) = (0.0, 1.0, index)
            while number > 0 {
                fraction /= Double(base)
                result += fraction * Double(number % base)
                number /= base
            }
            return result
        }
        return Vector2(radical(2), radical(3))
    }

    @Test(
        "Doses and shares are what counting points in the field gives, for fields and beams of several sizes",
        arguments: 1...4)
    func counted(seed: UInt64) throws {
        let archive = try Analysing()
        let matrix = Matrix2(21.767, 11.130, 10.799, -21.682)
        var random = RandomSource(seed: seed, stream: "pre-exposure")
        struct Shot {
            let name: String
            let position: Vector2
            let beam: Double
            let dose: Double
            let field: (width: Double, height: Double)
            let angle: Double
        }
        var shots: [Shot] = []
        for index in 0..<60 {
            // Screening and acquisition on one grid.
            let isScreening = index % 7 == 0
            let stage = Vector2(-600 + random.uniform(0, 3), 250 + random.uniform(0, 3))
            let shift = Vector2(random.uniform(-0.02, 0.02), random.uniform(-0.02, 0.02))
            let shot = Shot(
                name: "\(index)", position: stage + matrix * shift, beam: isScreening ? 2.5 : random.uniform(0.4, 1.1),
                dose: isScreening ? 0.5 : random.uniform(20, 60), field: isScreening ? (1.5, 1.1) : (0.45, 0.32),
                angle: random.uniform(-180, 180))
            shots.append(shot)
            try archive.sample.add(
                "s",
                [Exposure(hole: Int64(index), stage: stage, beamShift: shift, time: Double(index), name: shot.name)],
                beamDiameter: shot.beam, dose: shot.dose, field: shot.field, fieldAngle: shot.angle)
        }
        try archive.analyse(Self.everything, matrix)
        let found = try archive.preExposures()
        let points = (1...2000).map(Self.halton)
        var differences: [Double] = []
        for (index, shot) in shots.enumerated() {
            let axis = Vector2(cos(shot.angle * .pi / 180), sin(shot.angle * .pi / 180))
            // Mirrored or not, a rectangle is the same.
            let across = Vector2(-axis.y, axis.x)
            var dose = 0.0
            var covered = 0
            for point in points {
                let place =
                    shot.position + shot.field.width * (point.x - 0.5) * axis + shot.field.height * (point.y - 0.5)
                    * across
                let hits = shots[..<index].filter { $0.position.distance(to: place) <= $0.beam / 2 }
                dose += hits.reduce(0) { $0 + $1.dose } / Double(points.count)
                covered += hits.isEmpty ? 0 : 1
            }
            let own = try #require(found[shot.name])
            let greatest = shots[..<index].reduce(1) { $0 + $1.dose }
            differences.append(abs((own.dose ?? -1) - dose) / greatest)
            differences.append(abs((own.fieldShare ?? -1) - Double(covered) / Double(points.count)))
        }
        // The discrepancy of 2000 such points leaves some 0.005 for a convex set, and less for most.
        #expect((differences.max() ?? 1) < 0.01)
        #expect(differences.reduce(0, +) / Double(differences.count) < 0.001)
        #expect(differences.contains { $0 > 0 })
    }

    @Test("A tilted specimen is hit as it is seen, shorter along y; however its matrix was given, the dose is the same")
    func tilted() throws {
        let archive = try Analysing()
        var random = RandomSource(seed: 5, stream: "tilt")
        let places = (0..<120).map { _ in Vector2(random.uniform(0, 6), random.uniform(0, 9)) }
        try archive.sample.add(
            "s",
            places.enumerated().map { Exposure(hole: Int64($0), stage: $1, time: Double($0), name: "\($0)") },
            beamDiameter: 0.6, dose: 40, field: (0.5, 0.3))
        try archive.execute("UPDATE exposure SET stage_alpha_deg = 55")
        try archive.analyse(OverlapCriteria(radius: 0.1))
        let found = try archive.preExposures()
        let field = CameraField(width: 0.5, height: 0.3)
        var hits = 0
        for (later, place) in places.enumerated() {
            let shares = places[..<later].map { earlier in
                let offset = earlier - place
                return field.share(
                    coveredBy: Disc(center: Vector2(offset.x, offset.y * cos(55 * .pi / 180)), radius: 0.3))
            }
            let dose = 40 * shares.reduce(0, +)
            #expect(abs((found["\(later)"]?.dose ?? -1) - dose) < 1e-9)
            // Of beams that a search as on a flat specimen would not reach.
            hits += zip(shares, places).count { $0 > 0 && abs($1.y - place.y) > 0.3 + field.reach }
        }
        #expect(hits > 3)
    }

    @Test("Areas of one visit add to the dose by design, and make nothing overexposed unless neighbours count")
    func byDesign() throws {
        let archive = try Analysing()
        try archive.sample.add(
            "s",
            [
                Exposure(area: 1, time: 0, name: "a"),
                Exposure(area: 2, beamShift: Vector2(0.02, 0), time: 5, name: "b"),
            ], dose: 40, field: (0.3, 0.3))
        let strict = try archive.analyse(OverlapCriteria(minPreDose: 5))
        #expect((strict.pairs, strict.overexposed) == (0, 0))
        #expect(strict.text.contains(": nothing to drop of 2 micrographs: none overexposed\n"))
        let found = try #require(try archive.preExposures()["b"])
        #expect((found.dose ?? 0) > 5)
        #expect(found.unplannedDose == 0 && found.unplannedFieldShare == 0)
        let all = try archive.analyse(OverlapCriteria(minPreDose: 5, countNeighbours: true))
        #expect((all.pairs, all.overexposed) == (1, 1))
        let overlap = try archive.analyse(OverlapCriteria(minFieldOverlap: 0.1))
        #expect((overlap.pairs, overlap.overexposed) == (1, 0))
        #expect(overlap.causes == ["by-design": 1])
    }

    @Test("Criteria that are given together must all be met, and each analysis says which it had")
    func criteria() throws {
        let archive = try Analysing()
        // 0.5 um wide beams with 40 e/A^2: b 0.1 um from a, c 0.35 from it and hit in part, d out of reach of a field.
        try archive.sample.add(
            "s",
            [("a", 0.0), ("b", 0.1), ("c", -0.35), ("d", 0.75)].enumerated().map { index, place in
                Exposure(hole: Int64(index), stage: Vector2(place.1, 0), time: Double(index), name: place.0)
            }, beamDiameter: 0.5, dose: 40, field: (0.3, 0.3))
        func found(_ criteria: OverlapCriteria) throws -> [String] {
            let id = try archive.analyse(criteria).analysisID
            return try archive.rows("SELECT name FROM all_overexposed WHERE analysis_id = \(id) ORDER BY name").map {
                $0[0]
            }
        }
        #expect(try found(OverlapCriteria(radius: 0.4)) == ["b", "c"])
        #expect(try found(OverlapCriteria(radius: 0.4, minFieldOverlap: 0.5)) == ["b"])
        #expect(try found(OverlapCriteria(minFieldOverlap: 0.05)) == ["b", "c"])
        #expect(try found(OverlapCriteria(minPreDose: 20)) == ["b"])
        #expect(try found(OverlapCriteria(minPreDose: 1)) == ["b", "c"])
        #expect(try found(OverlapCriteria(radius: 0.05, minPreDose: 1)) == [])
        // d lies 0.65 um from b: within a greater radius, but never hit.
        #expect(try found(OverlapCriteria(radius: 0.7)) == ["b", "c", "d"])
        #expect(try found(OverlapCriteria(radius: 0.7, minPreDose: 0.001)) == ["b", "c"])
        #expect(
            try archive.rows(
                "SELECT radius_um, min_field_overlap, min_pre_dose_e_per_a2, overexposed FROM analyses ORDER BY analysis_id"
            )
                == [
                    ["0.4", "NULL", "NULL", "2"], ["0.4", "0.5", "NULL", "1"], ["NULL", "0.05", "NULL", "2"],
                    ["NULL", "NULL", "20.0", "1"], ["NULL", "NULL", "1.0", "2"], ["0.05", "NULL", "1.0", "0"],
                    ["0.7", "NULL", "NULL", "3"], ["0.7", "NULL", "0.001", "2"],
                ])
        // All of one placement set, whose doses were found once.
        #expect(try archive.rows("SELECT count(*), count(DISTINCT placement_set_id) FROM placement") == [["4", "1"]])
    }

    @Test("A dose, or a share of the field, that is the least that is asked for counts; the next smaller one does not")
    func edge() throws {
        let archive = try Analysing()
        // The beam is wider than the field, and covers all of it.
        try archive.sample.add(
            "s", [Exposure(time: 0, name: "a"), Exposure(hole: 2, time: 60, name: "b")], dose: 40, field: (0.3, 0.2))
        #expect(try archive.analyse(OverlapCriteria(minPreDose: 40)).overexposed == 1)
        #expect(try archive.analyse(OverlapCriteria(minPreDose: 40.0.nextUp)).overexposed == 0)
        #expect(try archive.analyse(OverlapCriteria(minFieldOverlap: 1)).overexposed == 1)
    }

    @Test("Where dose or diameter are missing nothing is made up; what a person says is used, and kept apart")
    func missing() throws {
        let archive = try Analysing()
        try archive.sample.add("s", [Exposure(time: 0, name: "a")], beamDiameter: nil, dose: nil, field: (0.3, 0.3))
        try archive.sample.add("s", [Exposure(time: 60, name: "b")], beamDiameter: 1, dose: nil, field: (0.3, 0.3))
        try archive.sample.add("s", [Exposure(time: 90, name: "c")], beamDiameter: 1, dose: 40, field: (0.3, 0.3))
        let result = try archive.analyse(OverlapCriteria(radius: 0.4))
        #expect((result.pairs, result.overexposed) == (3, 2))
        #expect(result.text.contains("1 exposure without beam diameter"))
        #expect(result.text.contains("2 exposures without dose"))
        var found = try archive.preExposures()
        // Of a nothing is known, nor then of what b had got; c lies on b, which covers it, but its dose is not known.
        #expect(found["a"].map { [$0.dose, $0.fieldShare] } == [0, 0])
        #expect(found["b"].map { $0.dose == nil && $0.fieldShare == nil } == true)
        #expect(found["c"].map { $0.dose == nil && $0.fieldShare == 1 } == true)

        let assumed = try archive.analyse(
            OverlapCriteria(radius: 0.4), assuming: BeamAssumptions(dose: 30, beamDiameter: 2))
        #expect(assumed.analysisID != result.analysisID)
        #expect(!assumed.text.contains("without"))
        let sets = try archive.rows("SELECT DISTINCT placement_set_id FROM analysis ORDER BY 1").map { $0[0] }
        #expect(sets.count == 2)
        try archive.execute("DELETE FROM analysis WHERE analysis_id = \(result.analysisID)")
        try archive.execute("DELETE FROM placement_set WHERE placement_set_id = \(sets[0])")
        found = try archive.preExposures()
        #expect(found["c"]?.dose == 60)
        // An assumption that nobody needs makes nothing of its own.
        let other = try Analysing()
        try other.sample.add("s", [Exposure(time: 0), Exposure(time: 1, name: "b")], dose: 40, field: (0.3, 0.3))
        let first = try other.analyse(OverlapCriteria(radius: 0.4))
        let second = try other.analyse(
            OverlapCriteria(radius: 0.4), assuming: BeamAssumptions(dose: 1, beamDiameter: 1))
        #expect(first.analysisID == second.analysisID)
    }

    @Test("Fields that become known later are made good for all criteria; positions keep their ids")
    func knownLater() throws {
        let archive = try Analysing()
        try archive.sample.add("s", [Exposure(time: 0, name: "a"), Exposure(hole: 2, time: 60, name: "b")])
        try archive.analyse(OverlapCriteria(radius: 0.4))
        #expect(try archive.preExposures()["b"]?.dose == nil)
        let before = try archive.rows("SELECT placement_id, exposure_id FROM placement ORDER BY 1")
        // As ingest does where it reads a file again.
        try archive.execute(
            """
            UPDATE exposure SET dose_e_per_a2 = 40, readout_width_px = 3000, readout_height_px = 3000, pixel_size_a = 1;
            DELETE FROM pre_exposure WHERE placement_id = 2;
            """)
        #expect(try archive.analyse(OverlapCriteria(minPreDose: 5)).overexposed == 1)
        #expect(try archive.preExposures()["b"]?.dose == 40)
        #expect(try archive.rows("SELECT placement_id, exposure_id FROM placement ORDER BY 1") == before)
        #expect(try archive.rows("SELECT count(*) FROM placement_index") == [["2"]])
        #expect(try archive.rows("SELECT min(field_reach_um) > 0.2 FROM placement") == [["1"]])
    }

    @Test("An exposure that came late but was taken first adds to those after it")
    func late() throws {
        let archive = try Analysing()
        try archive.sample.add("s", [Exposure(time: 100, name: "b")], dose: 40, field: (0.3, 0.3))
        try archive.analyse(OverlapCriteria(radius: 0.4))
        #expect(try archive.preExposures()["b"]?.dose == 0)
        try archive.sample.add("s", [Exposure(hole: 2, time: 0, name: "a")], dose: 25, field: (0.3, 0.3))
        try archive.analyse(OverlapCriteria(radius: 0.4))
        #expect(try archive.preExposures()["b"]?.dose == 25)
        #expect(try archive.preExposures()["a"]?.dose == 0)
    }

    @Test(
        "Focusing beside the hole counts when asked for: once for each cluster, or each time the stage has moved enough"
    )
    func spots() throws {
        let archive = try Analysing()
        // Three holes at stops of their own, 4 um apart; the template's only area is 1 um right of the hole's centre, and EPU
        // focuses 1 um left of it: on the area of nobody, except where a hole lies 2 um left.
        try archive.sample.add(
            "s",
            [
                Exposure(hole: 1, stage: Vector2(0, 0), beamShift: Vector2(0.04, 0), time: 0, name: "first"),
                Exposure(hole: 2, stage: Vector2(4, 0), beamShift: Vector2(0.04, 0), time: 100, name: "second"),
                Exposure(hole: 3, stage: Vector2(2, 0), beamShift: Vector2(0.04, 0), time: 200, name: "third"),
            ], beamDiameter: 0.8, dose: 40, field: (0.3, 0.3))
        try archive.execute(
            """
            UPDATE template_area SET offset_x_um = 1, offset_y_um = 0;
            UPDATE session SET autofocus_x_um = -1, autofocus_y_um = 0, autofocus_recurrence = 'AfterCentering';
            """)
        // The spot of `second`, at 4 - 1, lies on the area of `third`, at 2 + 1.
        try archive.analyse(OverlapCriteria(radius: 0.4))
        #expect(try archive.preExposures()["third"]?.dose == 0)
        try archive.execute("DELETE FROM placement_set")
        try archive.analyse(OverlapCriteria(radius: 0.4), assuming: BeamAssumptions(spotDose: 15))
        #expect(try archive.preExposures()["third"].map { [$0.dose, $0.fieldShare] } == [15, 1])
        #expect(try archive.preExposures()["second"]?.dose == 0)
        // Each 8 um only: the stage has not been so far.
        try archive.execute(
            """
            DELETE FROM placement_set;
            UPDATE session SET autofocus_recurrence = 'AfterDistance', autofocus_distance_um = 8;
            """)
        try archive.analyse(OverlapCriteria(radius: 0.4), assuming: BeamAssumptions(spotDose: 15))
        #expect(try archive.preExposures()["third"]?.dose == 0)
    }
    @Test("What EPU focuses on, it focuses on before it shoots: the first exposure of the cluster has received it")
    func ownSpot() throws {
        let archive = try Analysing()
        // The only area is 1 um right of the hole's centre, and so is the spot.
        try archive.sample.add(
            "s", [Exposure(hole: 1, stage: Vector2(0, 0), beamShift: Vector2(0.04, 0), time: 0, name: "first")],
            beamDiameter: 0.8, dose: 40, field: (0.3, 0.3))
        try archive.execute(
            """
            UPDATE template_area SET offset_x_um = 1, offset_y_um = 0;
            UPDATE session SET autofocus_x_um = 1, autofocus_y_um = 0, autofocus_recurrence = 'AfterCentering';
            """)
        try archive.analyse(OverlapCriteria(radius: 0.4), assuming: BeamAssumptions(spotDose: 15))
        #expect(try archive.preExposures()["first"].map { [$0.dose, $0.fieldShare] } == [15, 1])
    }
}
