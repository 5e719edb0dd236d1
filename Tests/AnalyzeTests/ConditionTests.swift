import EPUArchive
import EPUCore
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

@Suite("What exposures of a session are calibrated together")
struct ConditionTests {
    @Test("A stage that reads back a degree or two is not tilted; a tilt counts to the degree; nonsense does not count")
    func tilt() {
        func tilt(_ alpha: Double?) -> Int { Condition(probeMode: nil, alphaDegrees: alpha).tiltDegrees }
        #expect(
            [nil, 0, 1.4, -2.7, 2.9, 3, -3, 39.8, -40.4, 80, 91, .nan].map(tilt) == [
                0, 0, 0, 0, 3, 3, -3, 40, -40, 80, 0, 0,
            ])
        #expect(
            Condition(probeMode: "NanoProbe", alphaDegrees: 0.3) == Condition(probeMode: "NanoProbe", alphaDegrees: nil)
        )
        #expect(
            Condition(probeMode: "NanoProbe", alphaDegrees: 0) != Condition(probeMode: "MicroProbe", alphaDegrees: 0))
    }

    private func age(alpha: Double, grown: Double?, exposures: Int = 3, verdict: CalibrationVerdict = .good) throws
        -> Bool
    {
        let folder = try TemporaryFolder()
        let sample = try SampleArchive(folder["a.db"])
        func add(_ number: Int, _ alpha: Double) throws {
            try sample.add("s", [SampleArchive.Exposure(hole: Int64(number), time: Double(number))])
            try sample.archive.write { db in
                try db.execute(
                    sql: "UPDATE exposure SET stage_alpha_deg = ?, probe_mode = 'NanoProbe' WHERE foil_hole = ?",
                    arguments: [alpha, number])
            }
        }
        for number in 1...3 { try add(number, alpha) }
        try sample.archive.write { db in
            let tilt = Condition(probeMode: "NanoProbe", alphaDegrees: alpha).tiltDegrees
            try db.execute(
                sql: """
                    INSERT INTO calibration (session_id, method, chosen, probe_mode, tilt_deg, m11, m12, m21, m22, scale,
                        angle_deg, mirrored, verdict, exposures, created_at)
                    VALUES (1, 'lattice', 1, 'NanoProbe', ?, 25, 0, 0, 25, 25, 0, 0, ?, ?, '2025')
                    """, arguments: [Double(tilt), verdict.rawValue, exposures])
        }
        if let grown { try add(4, grown) }
        return try sample.archive.read { db in
            let session = try SessionRow.select(db, names: [])[0]
            return try CalibrationAge(session, db).isUpToDate
        }
    }

    @Test("A good calibration stays as long as the session does; a doubtful one is sought again")
    func growing() throws {
        #expect(try age(alpha: 0, grown: nil))
        #expect(try !age(alpha: 0, grown: 0))
        #expect(try !age(alpha: 0, grown: nil, verdict: .doubtful))
        #expect(try !age(alpha: 0, grown: nil, verdict: .undetermined))
    }

    @Test("Exposures at another tilt need a calibration of their own")
    func otherTilt() throws {
        #expect(try !age(alpha: 0, grown: 30, exposures: 4))
        #expect(try age(alpha: 30.2, grown: 29.8, exposures: 4))
        #expect(try age(alpha: 29.51, grown: 29.49, exposures: 4))
    }

    @Test("Read-backs just below 2.75 degrees are not tilted here either")
    func nearlyTilted() throws {
        #expect(try age(alpha: 2.7, grown: 2.7, exposures: 4))
    }
}
