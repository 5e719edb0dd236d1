import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("Files of a session that come, change and go")
struct SessionChangesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder["archive.db"] }

    private func exposures() throws -> Int { try count("SELECT count(*) FROM exposure", in: database) }

    private func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: folder[path]) }

    private func statuses(_ kind: String) throws -> [String?] {
        try text("SELECT status FROM source_file WHERE kind = '\(kind)' ORDER BY path", in: database)
    }

    /// Just enough of an EpuSession.dm.
    private func session(_ name: String, began: String = "2025-01-08T15:10:39Z") -> String {
        "<EpuSessionXml><Name>\(name)</Name><StartDateTime>\(began)</StartDateTime></EpuSessionXml>"
    }

    @Test("A folder that turns out to be a session of its own takes its exposures along")
    func nestedSession() async throws {
        try folder.write("parent/EpuSession.dm", session("parent"))
        try folder.addExposure(1, to: "parent")
        for number in 2...3 { try folder.addExposure(number, to: "other") }
        // Without Images-Disc it was a part of its parent.
        try FileManager.default.moveItem(
            atPath: folder["other/Images-Disc1/GridSquare_7"], toPath: folder["parent/nested"])
        try folder.write("parent/nested/FoilHoles/FoilHole_2_20250108_154725.xml", SampleImage().xml)
        try await ingest([folder["parent"]], into: database)
        #expect(try count("SELECT count(*) FROM session", in: database) == 1)
        let before = try text("SELECT exposure_id || name FROM exposure ORDER BY 1", in: database)
        try Archive(database, access: .write).write {
            try $0.execute(sql: "INSERT INTO review SELECT exposure_id, 'bad', 'ice', 'now' FROM exposure")
        }
        try folder.write("parent/nested/EpuSession.dm", session("nested"))
        for _ in 1...2 { try await ingest([folder["parent"]], into: database) }
        #expect(
            try text("SELECT session || ' ' || exposures || ' ' || root FROM sessions ORDER BY 1", in: database)
                == ["nested 2 \(folder["parent/nested"])", "parent 1 \(folder["parent"])"])
        #expect(try text("SELECT exposure_id || name FROM exposure ORDER BY 1", in: database) == before)
        #expect(try count("SELECT count(*) FROM review", in: database) == 3, "what people said of them stays")
        #expect(try text("SELECT image_path FROM exposures WHERE image_path IS NULL", in: database).isEmpty)
        #expect(
            try text(
                """
                SELECT s.name || ' ' || foil_hole FROM foil_hole JOIN session s USING (session_id)
                UNION ALL SELECT s.name || ' image of ' || foil_hole FROM hole_image JOIN session s USING (session_id)
                """, in: database
            ).compactMap { $0 }.sorted()
                == ["nested 2", "nested 3", "nested image of 2", "parent 1"])
        #expect(try count("SELECT count(*) FROM source_file", in: database) == 9)
    }

    @Test(
        "Numbers of optics groups come along with all exposures of a session, and stay where some stay",
        arguments: [0, 1])
    func opticsGroups(staying: Int) async throws {
        try folder.write("parent/EpuSession.dm", session("parent"))
        for number in 0..<staying { try folder.addExposure(9 + number, to: "parent") }
        for number in 2...3 { try folder.addExposure(number, to: "other") }
        try FileManager.default.createDirectory(atPath: folder["parent/nested"], withIntermediateDirectories: true)
        try FileManager.default.moveItem(
            atPath: folder["other/Images-Disc1/GridSquare_7"], toPath: folder["parent/nested/GridSquare_7"])
        try await ingest([folder["parent"]], into: database)
        try Archive(database, access: .write).write {
            try $0.execute(
                sql: """
                    INSERT INTO optics_group (optics_group_id, session_id, optics_group, tilt_deg, center_x, center_y)
                    SELECT number, session_id, number, 0, 0, 0
                    FROM session, (SELECT 1 AS number UNION SELECT 2) WHERE name = 'parent';
                    INSERT INTO optics_group_member SELECT exposure_id, 1 + (foil_hole = 3) FROM exposure;
                    """)
        }
        try folder.write("parent/nested/EpuSession.dm", session("nested"))
        for _ in 1...2 { try await ingest([folder["parent"]], into: database) }
        #expect(
            try text("SELECT session || ' ' || optics_group FROM optics_groups ORDER BY 1", in: database)
                == (staying == 0 ? ["nested 1", "nested 2"] : ["parent 1", "parent 2"]))
        if staying == 0 {
            #expect(
                try text("SELECT foil_hole || ' ' || optics_group FROM exposures ORDER BY 1", in: database)
                    == ["2 1", "3 2"])
        }
    }

    @Test("What people said of a copy holds for the exposure that the archive keeps")
    func reviewOfCopy() async throws {
        try folder.write("first/EpuSession.dm", session("nested"))
        for place in ["first", "parent/nested"] {
            for number in 2...3 { try folder.addExposure(number, to: place) }
        }
        try await ingest([folder["first"]], into: database)
        // As long as it has no EpuSession.dm and no Images-Disc it is a part of its parent.
        try FileManager.default.moveItem(
            atPath: folder["parent/nested/Images-Disc1/GridSquare_7"], toPath: folder["parent/nested/GridSquare_7"])
        try remove("parent/nested/Images-Disc1")
        try folder.write("parent/EpuSession.dm", session("parent"))
        try folder.addExposure(1, to: "parent")
        try await ingest([folder["parent"]], into: database)
        #expect(try exposures() == 5)
        try Archive(database, access: .write).write {
            try $0.execute(
                sql: """
                    INSERT INTO review SELECT exposure_id, 'bad', 'of ' || s.name, 'now'
                    FROM exposure JOIN session s USING (session_id)
                    WHERE s.name = 'parent' OR foil_hole = 3
                    """)
        }
        try folder.write("parent/nested/EpuSession.dm", session("nested"))
        try await ingest([folder["parent"]], into: database)
        #expect(try exposures() == 3)
        #expect(
            try text(
                "SELECT foil_hole || ' ' || reason FROM review JOIN exposure USING (exposure_id) ORDER BY 1",
                in: database)
                == ["1 of parent", "2 of parent", "3 of nested"], "its own verdict outweighs the copy's")
    }

    @Test("A folder that is used again holds another session; the rows of the first stay its own")
    func reusedFolder() async throws {
        try folder.write("grid/EpuSession.dm", session("monday"))
        for number in 1...2 { try folder.addExposure(number, to: "grid") }
        try await ingest([folder["grid"]], into: database)
        try remove("grid")
        try folder.write("grid/EpuSession.dm", session("tuesday", began: "2025-01-08T15:40:00Z"))
        for number in 2...4 {
            let base = try folder.addExposure(number, to: "grid")
            try folder.write(base + ".xml", SampleImage().xml.replacing("000001", with: "00000\(number)"))
        }
        for _ in 1...2 { try await ingest([folder["grid"]], into: database) }
        #expect(
            try text("SELECT session || ' ' || exposures FROM sessions ORDER BY 1", in: database)
                == ["monday 2", "tuesday 3"])
        #expect(try count("SELECT count(*) FROM session_root WHERE path = '\(folder["grid"])'", in: database) == 2)
        let strangers = """
            SELECT count(*) FROM exposure e JOIN source_file f ON f.source_file_id IN (e.metadata_file_id, e.image_file_id)
            JOIN session_root r USING (session_root_id) WHERE r.session_id <> e.session_id
            """
        #expect(try count(strangers, in: database) == 0)
        // A half-written EpuSession.dm does not bring the first one back.
        try folder.write("grid/EpuSession.dm", "<EpuSession")
        try folder.addExposure(5, to: "grid")
        try await ingest([folder["grid"]], into: database)
        #expect(
            try text("SELECT session || ' ' || exposures FROM sessions ORDER BY 1", in: database)
                == ["monday 2", "tuesday 4"])
    }

    @Test("A deleted file is no problem any more, whether it had been read before or not")
    func deletedMalformed() throws {
        let base = try folder.addExposure(1)
        let never = try folder.addExposure(2)
        try folder.write(never + ".xml", "<")
        func status() throws -> Int32 {
            try ToolRun.run("epu-ingest", ["--strict", "--db", folder["archive.db"], folder["session"]]).status
        }
        #expect(try status() == 3)
        try remove(never + ".xml")
        #expect(try status() == 0)
        try folder.write(base + ".xml", "<")
        #expect(try status() == 3)
        try remove(base + ".xml")
        #expect(try status() == 0)
        #expect(try exposures() == 1)
        try folder.write(base + ".xml", "<")
        #expect(try status() == 3)
    }

    @Test("A deleted JPG makes its exposure one without image; one that comes again ends that")
    func deletedImage() async throws {
        let base = try folder.addExposure(1)
        try await ingest([folder["session"]], into: database)
        try remove(base + ".jpg")
        try await ingest([folder["session"]], into: database)
        #expect(try statuses("exposure") == ["missing image"])
        #expect(try text("SELECT image_path FROM exposures", in: database) == [nil])
        try folder.write(base + ".jpg", "again")
        try await ingest([folder["session"]], into: database)
        #expect(try statuses("exposure") == ["ok"])
        #expect(try text("SELECT image_path FROM exposures", in: database) == [folder[base + ".jpg"]])
    }

    @Test("A deleted JPG of which there is another leaves that one")
    func deletedOneOfTwoImages() async throws {
        let base = try folder.addExposure(1)
        let second = try folder.write("session/previews/\((base as NSString).lastPathComponent).jpg", "copy")
        try await ingest([folder["session"]], into: database)
        try remove(base + ".jpg")
        try await ingest([folder["session"]], into: database)
        #expect(try statuses("exposure") == ["ok"])
        #expect(try text("SELECT image_path FROM exposures", in: database) == [second])
    }

    @Test("A hole image of which there was only the JPG is gone when the JPG is")
    func deletedHoleImage() async throws {
        try folder.addExposure(1)
        let path = "session/Images-Disc1/GridSquare_7/FoilHoles/FoilHole_1_20250108_154725.jpg"
        try folder.write(path, "")
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM hole_image", in: database) == 1)
        try remove(path)
        try await ingest([folder["session"]], into: database)
        #expect(try count("SELECT count(*) FROM hole_image", in: database) == 0)
    }

    @Test("An exposure whose XML was deleted stays")
    func deletedExposure() async throws {
        let bases = try (1...2).map { try folder.addExposure($0) }
        try await ingest([folder["session"]], into: database)
        for suffix in [".xml", ".jpg"] { try remove(bases[0] + suffix) }
        let sessions = try await ingest([folder["session"]], into: database)
        #expect(sessions[0].exposures == 2)
        #expect(sessions[0].problems.isEmpty)
        #expect(try statuses("exposure") == ["missing image", "ok"])
    }

    @Test(
        "A JPG finds its exposure whether it comes before or after it, in whatever batch or root", arguments: [1, 2, 3])
    func imageOrder(batchSize: Int) async throws {
        for number in 1...6 { try folder.addExposure(number, jpg: number > 2) }
        // After its XML, in a folder that comes later; before it, in one that comes earlier; in a tree of its own.
        let name = "FoilHole_1_Data_2_3_20250108_154915.jpg"
        try folder.write("session/Images-Disc1/GridSquare_9/\(name)", "")
        try folder.write("session/A/FoilHole_2_Data_2_3_20250108_154915.jpg", "")
        try folder.write("previews/FoilHole_7_Data_2_3_20250108_154915.jpg", "")
        try await ingest([folder["session"], folder["previews"]], into: database, batchSize: batchSize)
        try folder.addExposure(7, jpg: false)
        try await ingest([folder["session"], folder["previews"]], into: database, batchSize: batchSize)
        // The folder of previews is the session's when its one exposure is there.
        try await ingest([folder["session"], folder["previews"]], into: database, batchSize: batchSize)
        #expect(try exposures() == 7)
        #expect(try text("SELECT name FROM exposures WHERE image_path IS NULL", in: database).isEmpty)
        #expect(try Set(statuses("exposure") + statuses("exposure-image")) == ["ok"])
    }

    @Test("What the first version of the tools stored is filled up by the next ingest; analyses and reviews stay")
    func afterMigration() async throws {
        for number in 1...2 { try folder.addExposure(number) }
        let sample = SampleImage()
        for number in 1...2 {
            var exposure = sample
            exposure.uniqueID = "id-\(number)"
            try folder.write(
                "session/Images-Disc1/GridSquare_7/Data/FoilHole_\(number)_Data_2_3_20250108_154915.xml", exposure.xml)
        }
        try await ingest([folder["session"]], into: folder["new.db"])
        let positions = try Archive(folder["new.db"], access: .read).read {
            try Row.fetchOne($0, sql: "SELECT stage_x_um, stage_y_um, beam_shift_x, beam_shift_y FROM exposure")
        }
        let position = try #require(positions)
        try OldArchive.write(
            to: database, root: folder["session"], stage: (position[0], position[1]),
            beamShift: (position[2], position[3]))
        let sessions = try await ingest([folder["session"]], into: database)
        #expect(sessions.map(\.changed) == [2])
        #expect(try count("SELECT count(*) FROM session", in: database) == 1)
        let columns = "exposure_id, name, camera, beam_shift_x, core_guid, instrument_id, epu_version, dose_e_per_a2"
        func rows(_ path: String) throws -> [String] {
            try Archive(path, access: .read).read { db in
                try Row.fetchAll(db, sql: "SELECT \(columns) FROM exposure ORDER BY 1").map { "\($0)" }
            }
        }
        #expect(try rows(database) == rows(folder["new.db"]))
        #expect(
            try count("SELECT count(*) FROM custom_value", in: database)
                == count(
                    "SELECT count(*) FROM custom_value", in: folder["new.db"]))
        #expect(try statuses("exposure") == ["ok", "ok"])
        #expect(try count("SELECT count(*) FROM overlap", in: database) == 1)
        #expect(try count("SELECT count(*) FROM placement_index", in: database) == 2)
        #expect(try text("SELECT review FROM overexposed", in: database) == ["bad"])
        let again = try await ingest([folder["session"]], into: database)
        #expect(again.map(\.unchanged) == [2])
    }

    @Test("A later EpuSession.dm with another template keeps the areas of the earlier one")
    func laterTemplate() async throws {
        let first = try String(contentsOfFile: try simulated(1), encoding: .utf8)
        let second = try String(contentsOfFile: try simulated(2), encoding: .utf8)
        // The same session with the other's template.
        let areas = try Regex("<[a-z]*:?DataAcquisitionAreas.*</[a-z]*:?DataAcquisitionAreas>").dotMatchesNewlines()
        let mine = try #require(first.firstMatch(of: areas))
        let other = try #require(second.firstMatch(of: areas))
        try folder.write("session/EpuSession.dm", first)
        try await ingest([folder["session"]], into: database)
        let earlier = try text("SELECT area FROM template_area WHERE shift_x_px IS NOT NULL", in: database)
        #expect(!earlier.isEmpty)
        try folder.write(
            "session/EpuSession.dm", first.replacingCharacters(in: mine.range, with: second[other.range]))
        try await ingest([folder["session"]], into: database)
        let both = try text("SELECT area FROM template_area WHERE shift_x_px IS NOT NULL", in: database)
        #expect(both.count == 2 * earlier.count)
        #expect(Set(both).isSuperset(of: Set(earlier)))
        #expect(try count("SELECT count(*) FROM session", in: database) == 1)
    }

    private func simulated(_ seed: Int) throws -> String {
        let path = folder["simulated-\(seed)"]
        let run = try ToolRun.run(
            "epu-simulate", [path, "--exposures", "100", "--no-images", "--seed", "\(seed)", "--cluster-radius", "4"])
        #expect(run.status == 0, "\(run.errors)")
        return path + "/EpuSession.dm"
    }
}
