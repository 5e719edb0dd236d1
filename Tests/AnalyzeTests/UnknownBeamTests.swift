import EPUArchive
import EPUCore
import Foundation
import TestSupport
import Testing

@testable import epu_analyze

private typealias Exposure = SampleArchive.Exposure

/// What is not known is never 0, and nothing that it may have hit is called clean.
@Suite("Beams, fields and doses that are not known")
struct UnknownBeamTests {
    /// Two shots on one place, and one 5 um away.
    private func spotShotTwice(beamDiameter: Double? = 1, dose: Double? = 40, field: (Double, Double)? = (0.3, 0.3))
        throws -> Analysing
    {
        let archive = try Analysing()
        try archive.sample.add(
            "s",
            [
                Exposure(hole: 1, time: 0, name: "a"), Exposure(hole: 2, time: 60, name: "b"),
                Exposure(hole: 3, stage: Vector2(5, 0), time: 120, name: "far"),
            ], beamDiameter: beamDiameter, dose: dose, field: field.map { (width: $0.0, height: $0.1) })
        return archive
    }

    private func undecided(_ archive: Analysing, _ analysis: Int64) throws -> [String] {
        try archive.rows(
            """
            SELECT name FROM undecided_exposure JOIN exposure USING (exposure_id) WHERE analysis_id = \(analysis)
            ORDER BY name
            """
        ).map { $0[0] }
    }

    /// In each the field or the dose of b is not known, though it lies where a was shot.
    @Test(
        "A spot shot twice is not clean for want of a diameter, a dose, a field, or of trust in them",
        arguments: ["beam", "dose", "field", "doubtful beam", "doubtful dose", "doubtful pixel"])
    func notClean(missing: String) throws {
        let archive = try spotShotTwice(
            beamDiameter: missing == "beam" ? nil : 1, dose: missing == "dose" ? nil : 40,
            field: missing == "field" ? nil : (0.3, 0.3))
        switch missing {
        case "doubtful beam": try archive.execute("UPDATE exposure SET beam_diameter_doubtful = 1")
        case "doubtful dose": try archive.execute("UPDATE exposure SET dose_doubtful = 1")
        case "doubtful pixel": try archive.execute("UPDATE exposure SET pixel_size_doubtful = 1")
        default: break
        }
        let isDose = missing.hasSuffix("dose")
        let byDose = try archive.analyse(OverlapCriteria(minPreDose: 5))
        #expect(byDose.overexposed == 0 && byDose.undecided == 1)
        #expect(try undecided(archive, byDose.analysisID) == ["b"])
        let unknown = "1 could not be judged, as what their fields had received is not known"
        #expect(
            byDose.text.contains("nothing found to drop: none of 2 overexposed as far as could be compared; \(unknown)")
        )
        // The share needs no dose.
        let byShare = try archive.analyse(OverlapCriteria(minFieldOverlap: 0.5))
        #expect(byShare.overexposed == (isDose ? 1 : 0) && byShare.undecided == (isDose ? 0 : 1))
        let both = try archive.analyse(OverlapCriteria(radius: 0.4, minFieldOverlap: 0.5, minPreDose: 5))
        #expect(both.undecided == 1)
        // A distance needs neither.
        let byDistance = try archive.analyse(OverlapCriteria(radius: 0.4))
        #expect(byDistance.overexposed == 1 && byDistance.undecided == 0)
        let found = try archive.preExposures()
        #expect(found["b"].map { $0.dose == nil && $0.unplannedDose == nil } == true)
        #expect(found["b"]?.fieldShare == (isDose ? 1 : nil))
        // Nothing can have reached these.
        for name in ["a", "far"] { #expect(found[name].map { [$0.dose, $0.fieldShare] } == [0, 0], "\(name)") }
        #expect(try archive.rows("SELECT DISTINCT pre_dose_e_per_a2 FROM all_incidents") == [["NULL"]])
        #expect(byDistance.incidents.first?.preDoseEPerA2 == nil)
        #expect(byDistance.text.contains("not known"))
        #expect(try archive.rows("SELECT sum(undecided) FROM analysis") == [[isDose ? "2" : "3"]])
    }

    @Test("What a person says of a missing or doubtful beam decides it")
    func assumed() throws {
        for column in ["beam_diameter_doubtful", "dose_doubtful"] {
            let archive = try spotShotTwice()
            try archive.execute("UPDATE exposure SET \(column) = 1")
            let result = try archive.analyse(
                OverlapCriteria(minPreDose: 5), assuming: BeamAssumptions(dose: 30, beamDiameter: 0.8))
            #expect(result.overexposed == 1 && result.undecided == 0)
            #expect(try archive.preExposures()["b"]?.dose == (column == "dose_doubtful" ? 30 : 40))
        }
    }

    @Test("An unknown beam reaches 1 um, and no farther: by design it leaves open the whole dose only")
    func reach() throws {
        let archive = try Analysing()
        // Fields reach 0.25 um.
        try archive.sample.add(
            "s",
            [("a", 0.0), ("near", 1.2), ("far", 2.55)].enumerated().map { index, place in
                Exposure(
                    hole: Int64(index), stage: Vector2(place.1, 0), time: Double(60 * index), name: place.0)
            } + [
                Exposure(hole: 9, area: 1, stage: Vector2(20, 0), time: 300, name: "first area"),
                Exposure(
                    hole: 9, area: 2, stage: Vector2(20, 0), beamShift: Vector2(0.02, 0), time: 305, name: "second area"
                ),
            ], beamDiameter: nil, dose: 40, field: (0.4, 0.3))
        let strict = try archive.analyse(OverlapCriteria(minPreDose: 5))
        #expect(try undecided(archive, strict.analysisID) == ["near"])
        let found = try archive.preExposures()
        #expect(found["near"]?.dose == nil && found["near"]?.unplannedFieldShare == nil)
        #expect(found["far"].map { [$0.dose, $0.fieldShare, $0.unplannedDose] } == [0, 0, 0])
        #expect(found["second area"].map { $0.dose == nil && $0.fieldShare == nil } == true)
        #expect(found["second area"].map { [$0.unplannedDose, $0.unplannedFieldShare] } == [0, 0])
        let all = try archive.analyse(OverlapCriteria(minPreDose: 5, countNeighbours: true))
        #expect(try undecided(archive, all.analysisID) == ["near", "second area"])
    }

    @Test("What is known for certain is enough for a criterion, however much more there may be")
    func atLeast() throws {
        let archive = try spotShotTwice()
        try archive.sample.add("s", [Exposure(hole: 4, time: 180, name: "c")], dose: 40, field: (0.3, 0.3))
        // Of what b gave nothing is known.
        try archive.execute("UPDATE exposure SET dose_doubtful = 1 WHERE name = 'b'")
        for _ in 0..<2 {
            let result = try archive.analyse(OverlapCriteria(minPreDose: 40))
            #expect(result.undecided == 0)
            #expect(try archive.rows("SELECT DISTINCT name FROM overexposed ORDER BY 1") == [["b"], ["c"]])
        }
        #expect(try archive.preExposures()["c"].map { $0.dose == nil } == true)
        #expect(try archive.analyse(OverlapCriteria(minPreDose: 50)).undecided == 1)
    }

    @Test("A field whose direction is not known has received what holds for every direction")
    func direction() throws {
        // A field of 0.4 x 0.3 um reaches 0.25 um.
        for (x, expected) in [(0.2, 1.0), (0.4, nil), (0.76, 0.0)] as [(Double, Double?)] {
            let archive = try Analysing()
            try archive.sample.add(
                "s",
                [
                    Exposure(hole: 1, time: 0, name: "a"),
                    Exposure(hole: 2, stage: Vector2(x, 0), time: 60, name: "b"),
                ], dose: 40, field: (0.4, 0.3))
            try archive.execute("UPDATE exposure SET image_to_stage_m11 = NULL")
            let result = try archive.analyse(OverlapCriteria(minFieldOverlap: 0.01))
            let found = try archive.preExposures()["b"]
            #expect(found?.fieldShare == expected && found?.dose == expected.map { 40 * $0 }, "\(x)")
            #expect(result.overexposed == (expected == 1 ? 1 : 0) && result.undecided == (expected == nil ? 1 : 0))
            #expect(result.text.contains("direction of the camera"))
        }
    }

    @Test("Focusing with a beam of unknown size leaves open what it may have hit")
    func spots() throws {
        let archive = try Analysing()
        try archive.sample.add(
            "s",
            [
                Exposure(hole: 1, time: 0, name: "a"),
                Exposure(hole: 2, stage: Vector2(2, 0), time: 100, name: "b"),
                Exposure(hole: 3, stage: Vector2(9, 0), time: 200, name: "c"),
            ], beamDiameter: nil, dose: 40, field: (0.3, 0.3))
        try archive.execute(
            """
            UPDATE template_area SET offset_x_um = 0, offset_y_um = 0;
            UPDATE session SET autofocus_x_um = 1.5, autofocus_y_um = 0, autofocus_recurrence = 'AfterCentering';
            """)
        try archive.analyse(OverlapCriteria(radius: 0.4), assuming: BeamAssumptions(spotDose: 15))
        let found = try archive.preExposures()
        #expect(found["b"].map { $0.dose == nil } == true)
        #expect(found["a"]?.dose == 0 && found["c"]?.dose == 0)
    }

    @Test("The mean dose of an incident is not that of the part whose dose is known")
    func incidentDose() throws {
        let archive = try Analysing()
        try archive.sample.add(
            "s",
            (0..<4).map {
                Exposure(hole: 1, area: Int64($0 % 2), stage: Vector2(3 * Double($0 % 2), 0), time: Double(60 * $0))
            },
            dose: 40, field: (0.3, 0.3))
        func doses() throws -> [[String]] {
            try archive.analyse(OverlapCriteria(radius: 0.4))
            return try archive.rows("SELECT micrographs, pre_dose_e_per_a2 FROM incident")
        }
        let known = try doses()
        #expect(known.allSatisfy { $0[1] == "40.0" } && !known.isEmpty)
        try archive.execute(
            "UPDATE exposure SET dose_doubtful = 1 WHERE exposure_id = 1; DELETE FROM pre_exposure; UPDATE analysis SET rules = 0"
        )
        #expect(try doses().contains { $0[1] == "NULL" })
    }

    @Test("Of a session that nobody analysed it is not known how many are overexposed")
    func neverAnalysed() throws {
        let archive = try spotShotTwice()
        #expect(try archive.rows("SELECT overexposed FROM sessions") == [["NULL"]])
        try archive.analyse(OverlapCriteria(radius: 0.01))
        #expect(try archive.rows("SELECT overexposed FROM sessions") == [["1"]])
    }

    @Test("The default radius rests on diameters that are believed")
    func radius() throws {
        let archive = try spotShotTwice()
        func radius() throws -> DefaultRadius? {
            try archive.sample.archive.read { try DefaultRadius(of: 1, assuming: nil, $0) }
        }
        #expect(try radius()?.radius == 0.45)
        try archive.execute("UPDATE exposure SET beam_diameter_doubtful = 1")
        #expect(try radius()?.source == .cameraField && radius()?.radius == 0.15)
        try archive.execute("UPDATE exposure SET pixel_size_doubtful = 1")
        #expect(try radius() == nil)
    }
}
