import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("Ingest")
struct IngestionTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder["archive.db"] }

    @Test("A session comes in with its exposures, images, holes and squares")
    func wholeSession() async throws {
        for number in 1...3 { try folder.addExposure(number) }
        try folder.addExposure(4, disc: 2, jpg: false)
        try folder.write("session/Images-Disc1/GridSquare_7/Data/FoilHole_9_Data_2_3_20250108_154915.jpg", "orphan")
        try folder.write("session/Images-Disc1/GridSquare_7/Data/FoilHole_1_Data_2_3_20250108_154915_Fractions.xml", "")
        try folder.write("session/Images-Disc1/GridSquare_7/FoilHoles/FoilHole_1_20250108_154715.jpg", "")
        try folder.write(
            "session/Images-Disc1/GridSquare_7/FoilHoles/FoilHole_1_20250108_154725.xml", SampleImage().xml)
        try folder.write("session/notes.txt", "")
        let sessions = try await ingest([folder["session"]], into: database)
        #expect(sessions.map(\.session) == ["session"])
        #expect(sessions[0].exposures == 4)
        #expect(sessions[0].problems.isEmpty)
        #expect(try count("SELECT count(*) FROM exposure WHERE image_file_id IS NOT NULL", in: database) == 3)
        #expect(try count("SELECT count(*) FROM foil_hole", in: database) == 4)
        #expect(try count("SELECT count(*) FROM grid_square", in: database) == 1)
        #expect(try count("SELECT count(*) FROM hole_image", in: database) == 2)
        #expect(try count("SELECT count(*) FROM source_file", in: database) == 12)
        let statuses = try Archive(database, access: .read).read { db in
            try Row.fetchAll(db, sql: "SELECT status, count(*) FROM source_file GROUP BY 1 ORDER BY 1")
                .map { "\($0[0] as String) \($0[1] as Int)" }
        }
        #expect(statuses == ["missing image 1", "ok 8", "orphan image 1", "twin 1", "unknown 1"])
    }

    @Test("Running again changes nothing; a changed file changes its exposure alone")
    func again() async throws {
        for number in 1...3 { try folder.addExposure(number) }
        try await ingest([folder["session"]], into: database)
        let before = try dump(database)
        let second = try await ingest([folder["session"]], into: database)
        #expect(second[0].unchanged == 3)
        #expect(second[0].new == 0)
        #expect(try dump(database) == before)

        let base = try folder.addExposure(2)
        var sample = SampleImage()
        sample.uniqueID = "id-2"
        sample.stage = Vector2(222.25, 0)
        try folder.write(base + ".xml", sample.xml)
        try folder.addExposure(4)
        let third = try await ingest([folder["session"]], into: database)
        #expect(third[0].changed == 1)
        #expect(third[0].new == 1)
        #expect(third[0].unchanged == 2)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 4)
        #expect(try count("SELECT exposure_id FROM exposure WHERE round(stage_x_um, 6) = 222.25", in: database) == 2)
    }

    @Test("Any number of readers gives the same archive")
    func jobs() async throws {
        for number in 1...40 { try folder.addExposure(number) }
        try await ingest([folder["session"]], into: database, jobs: 1)
        try await ingest([folder["session"]], into: folder["other.db"], jobs: 7)
        #expect(try dump(database) == dump(folder["other.db"]))
    }

    @Test("A fault in one file costs that file only, and is told")
    func faults() async throws {
        for number in 1...8 { try folder.addExposure(number) }
        func name(_ number: Int) -> String {
            "session/Images-Disc1/GridSquare_7/Data/FoilHole_\(number)_Data_2_3_20250108_154915.xml"
        }
        let whole = SampleImage().xml
        try folder.write(name(1), "")
        try folder.write(name(2), String(whole.prefix(whole.count / 2)))
        try folder.write(name(3), "\u{1}\u{2} rubbish")
        try folder.write(name(4), "<Acquisition/>")
        try folder.write(name(5), whole.replacing("BeamShift", with: "BeamShaft"))
        try folder.write(name(6), whole.replacing("<a:_x>0.06", with: "<a:_x>0,06"))
        try FileManager.default.removeItem(atPath: folder[name(7)])
        #expect(mkfifo(folder[name(7)], 0o600) == 0)
        let sessions = try await ingest([folder["session"]], into: database)
        #expect(sessions[0].exposures == 1)
        #expect(
            sessions[0].problems.map(\.status) == [
                "incomplete", "incomplete", "malformed", "malformed", "incomplete", "incomplete", "unreadable",
            ])
        #expect(sessions[0].problems.allSatisfy { $0.problem?.isEmpty == false })

        // Mended files are picked up by the next run, even with the old time and size.
        try folder.write(name(2), whole.replacing("0000000001", with: "0000000002"))
        let second = try await ingest([folder["session"]], into: database)
        #expect(second[0].new == 1)
        #expect(second[0].problems.count == 6)
    }

    @Test("A file that turns bad later does not take its exposure away")
    func turnsBad() async throws {
        let base = try folder.addExposure(1)
        try await ingest([folder["session"]], into: database)
        try folder.write(base + ".xml", "<MicroscopeImage>")
        let sessions = try await ingest([folder["session"]], into: database)
        #expect(sessions[0].problems.count == 1)
        #expect(sessions[0].exposures == 1)
    }

    @Test("Without acquisitionDateTime the time is the name's, on the clock of the other exposures")
    func timeFromName() async throws {
        let base = try folder.addExposure(1)
        let other = try folder.addExposure(2)
        try folder.write(
            other + ".xml",
            SampleImage().xml.replacing("15:49:18.1158288+00:00", with: "15:49:18+02:00").replacing(
                "0001", with: "0002"))
        try folder.write(base + ".xml", SampleImage().xml.replacing("2025-01-08T15:49:18", with: "yesterday"))
        try await ingest([folder["session"]], into: database)
        let time = try Archive(database, access: .read).read {
            try String.fetchOne($0, sql: "SELECT acquired_at FROM exposure WHERE utc_offset_minutes IS NULL")
        }
        #expect(time == "2025-01-08T13:49:15.0000000Z")
    }

    @Test("A file that turns into a copy of another exposure becomes its twin")
    func turnsIntoCopy() async throws {
        let first = "session/Images-Disc1/GridSquare_7/Data/FoilHole_1_Data_2_3_20250108_154915.xml"
        let second = "session/Images-Disc1/GridSquare_8/Data/FoilHole_1_Data_2_3_20250108_154915.xml"
        try folder.write(first, SampleImage().xml)
        try folder.write(second, SampleImage().xml.replacing("0000000001", with: "0000000002"))
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 2)
        try folder.write(second, SampleImage().xml + "\n")
        let sessions = try await ingest([folder["session"]], into: database)
        #expect(sessions[0].exposures == 1)
        #expect(try count("SELECT count(*) FROM source_file WHERE status = 'twin'", in: database) == 1)
    }

    @Test("Values beyond any microscope make a file malformed; a time without a year that EPU has seen is none")
    func outOfRange() async throws {
        let whole = SampleImage().xml
        var (far, away) = (SampleImage(), SampleImage())
        far.beamShift.x = 1e200
        away.stage.y = 1e300
        let base = "session/Images-Disc1/GridSquare_7/Data/FoilHole_"
        let name = "_Data_2_3_20250108_154915.xml"
        try folder.write(base + "1" + name, far.xml)
        try folder.write(base + "2" + name, away.xml)
        try folder.write(base + "3" + name, whole.replacing("<BeamDiameter>8", with: "<BeamDiameter>8E+305"))
        try folder.write(
            base + "4" + name, whole.replacing("2025-01-08T15:49:18.1158288+00:00", with: "0001-01-01T00:00:00"))
        let sessions = try await ingest([folder["session"]], into: database)
        #expect(sessions[0].problems.map(\.status) == ["malformed", "malformed"])
        #expect(try count("SELECT count(*) FROM exposure WHERE beam_diameter_um IS NULL", in: database) == 1)
        #expect(try count("SELECT count(*) FROM exposure WHERE utc_offset_minutes IS NULL", in: database) == 1)
    }

    @Test("Files younger than --min-age wait for the next run")
    func minimumAge() async throws {
        try folder.addExposure(1)
        let first = try await ingest([folder["session"]], into: database, minimumAge: 3600)
        #expect(first[0].exposures == 0)
        #expect(try count("SELECT count(*) FROM source_file WHERE status = 'too young'", in: database) == 2)
        let second = try await ingest([folder["session"]], into: database)
        #expect(second[0].exposures == 1)
    }

    @Test("A hole image that comes late leaves what was found, and has its causes asked for again")
    func causesAreToldAnew() async throws {
        try folder.addExposure(1)
        try await ingest([folder["session"]], into: database)
        try Archive(database, access: .write).write { db in
            try db.execute(
                sql: """
                    INSERT INTO calibration
                        (calibration_id, session_id, method, m11, m12, m21, m22, scale, angle_deg, mirrored, verdict, created_at)
                    VALUES (1, 1, 'given', 25, 0, 0, 25, 25, 0, 0, 'given', 'now');
                    INSERT INTO placement_set (placement_set_id, grid) VALUES (1, 'g');
                    INSERT INTO analysis
                        (analysis_id, placement_set_id, radius_um, count_neighbours, across_sessions, exposures, pairs,
                         overexposed, created_at, rules)
                    VALUES (1, 1, 0.5, 0, 0, 1, 0, 0, 'now', \(OverlapCause.rulesVersion));
                    INSERT INTO analysis_session VALUES (1, 1, 1);
                    """)
        }
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM analysis WHERE rules > 0", in: database) == 1, "nothing is new")
        try folder.write(
            "session/Images-Disc1/GridSquare_7/FoilHoles/FoilHole_1_20250108_154725.xml", SampleImage().xml)
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM analysis WHERE rules = 0", in: database) == 1)
    }

    @Test("A change of position takes the analyses that rest on it away")
    func analysesAreForgotten() async throws {
        let base = try folder.addExposure(1)
        try await ingest([folder["session"]], into: database)
        try Archive(database, access: .write).write { db in
            try db.execute(
                sql: """
                    INSERT INTO calibration
                        (calibration_id, session_id, method, m11, m12, m21, m22, scale, angle_deg, mirrored, verdict, created_at)
                    VALUES
                        (1, 1, 'given', 25, 0, 0, 25, 25, 0, 0, 'given', 'now'),
                        (2, 1, 'lattice', 25, 0, 0, 25, 25, 0, 0, 'good', 'now');
                    INSERT INTO placement_set (placement_set_id, grid) VALUES (1, 'g');
                    INSERT INTO placement_set_session (placement_set_id, session_id, calibration_id) VALUES (1, 1, 2);
                    INSERT INTO placement (placement_id, placement_set_id, exposure_id, x_um, y_um) VALUES (1, 1, 1, 1, 2);
                    INSERT INTO placement_index VALUES (1, 1, 1, 2, 2, 1, 1);
                    INSERT INTO analysis
                        (analysis_id, placement_set_id, radius_um, count_neighbours, across_sessions, exposures, pairs,
                         overexposed, created_at)
                    VALUES (1, 1, 0.5, 0, 0, 1, 0, 0, 'now');
                    INSERT INTO analysis_session VALUES (1, 1, 1);
                    """)
        }
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: folder[base + ".xml"])
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM analysis", in: database) == 1, "a touched file is the same exposure")
        var sample = SampleImage()
        sample.uniqueID = "id-1"
        sample.beamShift.x += 0.1
        try folder.write(base + ".xml", sample.xml)
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM analysis", in: database) == 0)
        #expect(try count("SELECT count(*) FROM placement", in: database) == 0)
        #expect(try count("SELECT count(*) FROM placement_index", in: database) == 0)
        #expect(try count("SELECT count(*) FROM calibration", in: database) == 1, "what a user gave still holds")
    }
}

@Suite("Real sessions", .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)))
struct RealSessionTests {
    @Test("morado: 189 exposures, their twins, one square, 63 holes, no problem")
    func morado() async throws {
        let folder = try TemporaryFolder()
        let sessions = try await ingest([RealData.path("morado")], into: folder["a.db"])
        #expect(sessions.map(\.exposures) == [189])
        #expect(sessions[0].problems.isEmpty)
        #expect(try count("SELECT count(*) FROM source_file WHERE status = 'twin'", in: folder["a.db"]) == 189)
        #expect(try count("SELECT count(DISTINCT grid_square) FROM exposures", in: folder["a.db"]) == 1)
        #expect(try count("SELECT count(DISTINCT foil_hole) FROM exposures", in: folder["a.db"]) == 63)
    }

    @Test("diamond-example: 4 exposures with images, 5 hole images, named by EpuSession.dm")
    func diamond() async throws {
        let folder = try TemporaryFolder()
        let sessions = try await ingest([RealData.path("diamond-example")], into: folder["a.db"])
        #expect(sessions.map(\.session) == ["Supervisor_20250108_101446_62_cm40593-1_EPU"])
        #expect(try count("SELECT count(*) FROM exposures WHERE image_path IS NOT NULL", in: folder["a.db"]) == 4)
        #expect(try count("SELECT count(*) FROM hole_image", in: folder["a.db"]) == 5)
        #expect(try count("SELECT count(*) FROM hole_image WHERE image_file_id IS NOT NULL", in: folder["a.db"]) == 5)
        #expect(try count("SELECT count(*) FROM session WHERE clustering_radius_um = 12", in: folder["a.db"]) == 1)
    }

    @Test("All real sessions at once, without a problem")
    func all() async throws {
        let folder = try TemporaryFolder()
        let sessions = try await ingest([RealData.path("")], into: folder["a.db"])
        #expect(sessions.compactMap(\.session).count == 5)
        #expect(sessions.flatMap(\.problems).isEmpty)
    }
}
