import EPUArchive
import EPUCore
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

private typealias Exposure = SampleArchive.Exposure

@Suite("How near the nearest earlier exposure is")
struct NearestExposureTests {
    /// Visits of two areas to random holes, of which some meet.
    private func crowd(_ archive: Analysing, holes: Range<Int>, seed: UInt64) throws {
        var random = RandomSource(seed: seed, stream: "nearest")
        try archive.sample.add(
            "s",
            holes.flatMap { hole -> [Exposure] in
                let stage = Vector2(random.uniform(0, 12), random.uniform(0, 12))
                return (0..<2).map { area in
                    Exposure(
                        hole: Int64(hole % 140), area: Int64(area), stage: stage,
                        beamShift: Vector2(0.03 * Double(area), 0), time: Double(2 * hole + area))
                }
            })
    }

    private func expectRecounts(_ archive: Analysing) throws {
        for radius in [0.05, 0.2, 0.3735, 0.74, 0.76, 1] {
            for neighbours in [false, true] {
                let column = neighbours ? "nearest_um" : "nearest_unplanned_um"
                let counted = try archive.rows("SELECT count(*) FROM pre_exposure WHERE \(column) <= \(radius)")
                let result = try archive.analyse(OverlapCriteria(radius: radius, countNeighbours: neighbours))
                #expect(counted == [["\(result.overexposed)"]], "\(radius) um, neighbours counted: \(neighbours)")
                #expect(result.overexposed > 0 || !neighbours)
            }
        }
    }

    @Test("Counted within any radius they are as many as an analysis of it finds, also of a session that grew")
    func recounts() throws {
        let archive = try Analysing()
        try crowd(archive, holes: 0..<150, seed: 3)
        try archive.analyse(OverlapCriteria(radius: 0.1))
        try expectRecounts(archive)
        let before = try archive.rows("SELECT placement_id, nearest_um FROM pre_exposure ORDER BY 1")
        try crowd(archive, holes: 150..<200, seed: 4)
        // Within a radius beyond what is sought, too.
        try archive.analyse(OverlapCriteria(radius: 3))
        #expect(try archive.rows("SELECT count(*) FROM pre_exposure WHERE nearest_um > 1") == [["0"]])
        try expectRecounts(archive)
        #expect(try archive.rows("SELECT placement_id, nearest_um FROM pre_exposure ORDER BY 1").starts(with: before))
    }

    @Test("An archive in which they were not sought gets them with the next analysis, and keeps its doses until then")
    func sought() throws {
        let archive = try Analysing()
        try archive.sample.add("s", [Exposure(time: 0, name: "a"), Exposure(hole: 2, time: 60, name: "b")])
        try archive.analyse(OverlapCriteria(radius: 0.4))
        try archive.execute(
            "UPDATE placement_set SET nearest_within_um = NULL; UPDATE pre_exposure SET nearest_um = NULL")
        try archive.analyse(OverlapCriteria(radius: 0.3))
        #expect(try archive.preExposures()["a"]?.nearest == nil)
        #expect(try archive.preExposures()["b"]?.nearest == 0)
        #expect(try archive.rows("SELECT nearest_within_um FROM placement_set") == [["1.0"]])
    }
}
