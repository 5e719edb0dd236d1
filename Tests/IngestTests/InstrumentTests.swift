import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest
@testable import epu_simulate

@Suite("Exposures of two instruments never share a session")
struct InstrumentTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder["archive.db"] }

    /// Name, instrument and number of exposures of each session, by the exposures themselves.
    private func sessions(_ path: String? = nil) throws -> [String] {
        try rows(
            """
            SELECT s.name || ' ' || s.instrument_id || ' ' || group_concat(DISTINCT e.instrument_id) || ' ' || count(*)
            FROM session s JOIN exposure e USING (session_id) GROUP BY s.session_id ORDER BY s.name
            """, path)
    }

    private func rows(_ sql: String, _ path: String? = nil) throws -> [String] {
        try text(sql, in: path ?? database).map { $0 ?? "" }
    }

    private func xml(_ number: Int, _ instrument: String, day: Int = 8) -> String {
        var sample = SampleImage()
        sample.uniqueID = "id-\(number)"
        sample.instrument = instrument
        sample.acquired = "2025-01-\(day < 10 ? "0" : "")\(day)T15:49:\(10 + number % 50)+00:00"
        return sample.xml
    }

    /// Exposures 1 to 6 of instrument 3632 and 21 to 26 of 3429, flat, each with JPG and movie; a hole image of each.
    private func writeMixed(_ name: String = "flat", numbers: ClosedRange<Int> = 1...6) throws {
        for (first, instrument) in [(0, "3632"), (20, "3429")] {
            for number in numbers.map({ $0 + first }) {
                let base = "\(name)/FoilHole_\(number)_Data_2_3_20250108_1549\(10 + number)"
                try folder.write(base + ".xml", xml(number, instrument))
                try folder.write(base + ".jpg", "")
                try folder.write(base + "_fractions.tiff", "")
            }
            let hole = "\(name)/FoilHole_\(first + 1)_20250108_154725"
            try folder.write(hole + ".xml", xml(first + 40, instrument))
            try folder.write(hole + ".jpg", "")
            let square = "\(name)/GridSquare_20250108_1500\(first + 10)"
            try folder.write(square + ".xml", xml(first + 41, instrument))
            try folder.write(square + ".jpg", "")
        }
    }

    private func expectApart(_ path: String? = nil) throws {
        #expect(try sessions(path) == ["flat 3632 3632 6", "flat-3429 3429 3429 6"])
        for (session, first) in [("flat", 1), ("flat-3429", 21)] {
            let own = "JOIN session s USING (session_id) WHERE s.name = '\(session)'"
            #expect(try rows("SELECT DISTINCT h.foil_hole FROM hole_image h \(own)", path) == ["\(first)"])
            #expect(try rows("SELECT count(*) FROM hole_image h \(own) AND h.image_file_id > 0", path) == ["1"])
            #expect(try rows("SELECT count(*) FROM grid_square_image i \(own) AND i.image_file_id > 0", path) == ["1"])
            #expect(try rows("SELECT min(foil_hole) FROM foil_hole h \(own)", path) == ["\(first)"])
            #expect(try rows("SELECT count(*) FROM foil_hole h \(own)", path) == ["6"])
            let files = "SELECT count(*) FROM source_file f JOIN session_root r USING (session_root_id) \(own)"
            #expect(try rows(files, path) == ["22"])
            #expect(try rows("\(files) AND f.kind = 'movie'", path) == ["6"])
        }
        #expect(try rows("SELECT count(*) FROM source_file WHERE status <> 'ok'", path) == ["0"])
        #expect(try rows("SELECT count(*) FROM exposures WHERE image_path IS NULL", path) == ["0"])
        #expect(try rows("SELECT count(*) FROM source_file", path) == ["44"])
    }

    @Test("A flat folder of two becomes two sessions, whatever the batches", arguments: [1, 2, 5, 2048])
    func flat(batchSize: Int) async throws {
        try writeMixed()
        let found = try await ingest([folder["flat"]], into: database, jobs: batchSize % 3 + 1, batchSize: batchSize)
        #expect(found.compactMap(\.session) == ["flat", "flat-3429"])
        #expect(found.map(\.new) == [6, 6])
        try expectApart()
        let before = try dump(database)
        let again = try await ingest([folder["flat"]], into: database, batchSize: batchSize)
        #expect(again.map(\.unchanged) == [6, 6])
        #expect(again.map(\.new) == [0, 0])
        #expect(try dump(database) == before)
    }

    @Test("Files of the second that come later, or change, go to its session")
    func later() async throws {
        try writeMixed(numbers: 1...3)
        try await ingest([folder["flat"]], into: database)
        try writeMixed(numbers: 4...6)
        try folder.write("flat/FoilHole_22_Data_2_3_20250108_154932.xml", xml(22, "3429") + "\n")
        let again = try await ingest([folder["flat"]], into: database)
        #expect(again.map(\.new) == [3, 3])
        #expect(again.map(\.changed).reduce(0, +) >= 1)
        try expectApart()
    }

    @Test(
        "Looks at a part of a session, for example while it runs, give what a complete run gives",
        arguments: [true, false])
    func looks(isBegun: Bool) async throws {
        try writeMixed(numbers: 1...3)
        if isBegun {
            try await ingest([folder["flat"]], into: database)
        } else {
            try await look(at: [folder["flat"]], below: folder["flat"], into: database)
        }
        try writeMixed(numbers: 4...6)
        try await look(at: [folder["flat"]], below: folder["flat"], into: database)
        try expectApart()
        try await ingest([folder["flat"]], into: database)
        try expectApart()
        try await ingest([folder["flat"]], into: folder["fresh.db"])
        #expect(try content(database) == content(folder["fresh.db"]))
    }

    @Test("A folder of two that was moved has its two sessions still")
    func moved() async throws {
        try writeMixed()
        try await ingest([folder["flat"]], into: database)
        let before = try rows("SELECT exposure_id || name FROM exposure ORDER BY 1")
        try FileManager.default.moveItem(atPath: folder["flat"], toPath: folder["elsewhere"])
        try await ingest([folder["elsewhere"]], into: database)
        #expect(try sessions() == ["flat 3632 3632 6", "flat-3429 3429 3429 6"])
        #expect(try rows("SELECT exposure_id || name FROM exposure ORDER BY 1") == before)
        #expect(try rows("SELECT DISTINCT path FROM session_root") == [folder["elsewhere"]])
    }

    @Test("A folder of the movies of both is each session's own part")
    func movies() async throws {
        try writeMixed()
        try FileManager.default.createDirectory(atPath: folder["movies"], withIntermediateDirectories: true)
        for name in folder.names("flat") where name.hasSuffix(".tiff") {
            try FileManager.default.moveItem(atPath: folder["flat/\(name)"], toPath: folder["movies/\(name)"])
        }
        for _ in 1...2 { try await ingest([folder["flat"], folder["movies"]], into: database) }
        try expectApart()
    }

    @Test(
        "Two sessions whose squares and areas have the same numbers, one without EpuSession.dm", arguments: [0, 1, 2])
    func sameNumbers(order: Int) async throws {
        var options = SimulationOptions()
        options.exposures = 30
        options.images = false
        options.dm = false
        try Simulation(options).write(to: folder["ma"])
        options.dm = true
        options.epuVersion = .epu311
        options.start = try #require(LocalTime(epuText: "2025-06-01T10:00:00Z")).instant
        try Simulation(options).write(to: folder["mb"])
        let runs = [[["ma"], ["mb"]], [["mb"], ["ma"]], [["ma", "mb"]]]
        for run in runs[order] { try await ingest(run.map { folder[$0] }, into: database) }
        #expect(try sessions() == ["ma 3902 3902 30", "mb 3903 3903 30"])
        let squares = try rows("SELECT count(*) FROM grid_square GROUP BY grid_square")
        #expect(squares.contains("2"), "their numbers are the same: \(squares)")
        // The same instrument at another time is another session as well.
        try await ingest([folder["ma"], folder["mb"]], into: database)
        #expect(try sessions() == ["ma 3902 3902 30", "mb 3903 3903 30"])
    }

    @Test("An archive of an older version comes apart at the next ingest; what people said stays with its exposure")
    func olderArchive() async throws {
        try writeMixed()
        // As one instrument's first, which is how the older versions saw them.
        for number in 21...26 {
            try folder.write("flat/FoilHole_\(number)_Data_2_3_20250108_1549\(10 + number).xml", xml(number, "3632"))
        }
        for name in ["FoilHole_21_20250108_154725", "GridSquare_20250108_150030"] {
            try folder.write("flat/\(name).xml", xml(50, "3632"))
        }
        try await ingest([folder["flat"]], into: database)
        #expect(try sessions() == ["flat 3632 3632 12"])
        try Archive(database, access: .write).write { db in
            try db.execute(
                sql: """
                    UPDATE exposure SET instrument_id = '3429' WHERE foil_hole > 10;
                    UPDATE source_file SET size_bytes = NULL;
                    INSERT INTO review SELECT exposure_id, 'bad', 'ice', '2025-01-10' FROM exposure WHERE foil_hole IN (2, 22);
                    INSERT INTO calibration
                        (calibration_id, session_id, method, m11, m12, m21, m22, scale, angle_deg, mirrored, verdict,
                         created_at)
                    VALUES
                        (1, 1, 'given', 25, 0, 0, 25, 25, 0, 0, 'given', 'now'),
                        (2, 1, 'lattice', 25, 0, 0, 25, 25, 0, 0, 'good', 'now');
                    INSERT INTO placement_set (placement_set_id, grid) VALUES (1, 'g');
                    INSERT INTO placement_set_session (placement_set_id, session_id, calibration_id) VALUES (1, 1, 2);
                    INSERT INTO placement (placement_id, placement_set_id, exposure_id, x_um, y_um)
                    SELECT exposure_id, 1, exposure_id, exposure_id, 0 FROM exposure;
                    INSERT INTO analysis
                        (analysis_id, placement_set_id, radius_um, count_neighbours, across_sessions, exposures, pairs,
                         overexposed, created_at)
                    VALUES (1, 1, 0.5, 0, 0, 12, 0, 0, 'now');
                    INSERT INTO analysis_session VALUES (1, 1, 2);
                    INSERT INTO published_analysis
                        (session_id, analysis_id, radius_um, count_neighbours, across_sessions, published_at)
                    VALUES (1, 1, 0.5, 0, 0, 'now');
                    INSERT INTO optics_group (optics_group_id, session_id, optics_group, tilt_deg, center_x, center_y)
                    VALUES (1, 1, 1, 0, 0, 0);
                    INSERT INTO optics_group_member SELECT exposure_id, 1 FROM exposure;
                    """)
        }
        try writeMixed()
        let before = try rows("SELECT exposure_id || ' ' || name FROM exposure ORDER BY exposure_id")
        for _ in 1...2 {
            try await ingest([folder["flat"]], into: database, batchSize: 7)
            try expectApart()
        }
        #expect(try rows("SELECT exposure_id || ' ' || name FROM exposure ORDER BY exposure_id") == before)
        let reviews = """
            SELECT s.name || ' ' || e.foil_hole || ' ' || r.verdict || ' ' || r.reason
            FROM review r JOIN exposure e USING (exposure_id) JOIN session s USING (session_id) ORDER BY 1
            """
        #expect(try rows(reviews) == ["flat 2 bad ice", "flat-3429 22 bad ice"])
        // What was found of the mixture is to be found again; what a person gave, or named, is not lost.
        #expect(try rows("SELECT method FROM calibration") == ["given"])
        #expect(try count("SELECT count(*) FROM analysis", in: database) == 0)
        #expect(try count("SELECT count(*) FROM placement", in: database) == 0)
        #expect(try rows("SELECT radius_um FROM published_analysis WHERE analysis_id IS NULL") == ["0.5"])
        #expect(
            try count(
                """
                SELECT count(*) FROM optics_group_member m JOIN optics_group g USING (optics_group_id)
                JOIN exposure e USING (exposure_id) WHERE e.session_id <> g.session_id
                """, in: database) == 0)
    }

    /// Makes one session of the two, as older versions had them.
    private func joinToOldArchive() throws {
        try Archive(database, access: .write).write { db in
            try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
            for table in ["grid_square", "foil_hole", "template_area", "exposure", "hole_image", "grid_square_image"] {
                try db.execute(sql: "UPDATE OR REPLACE \(table) SET session_id = 1 WHERE session_id = 2")
            }
            try db.execute(
                sql: """
                    UPDATE source_file SET session_root_id = 1;
                    DELETE FROM session_root WHERE session_id = 2;
                    DELETE FROM session WHERE session_id = 2;
                    UPDATE session SET is_settled = 0;
                    """)
        }
        #expect(try sessions().count == 1)
    }

    @Test("An archive of an older version comes apart also where its files are as they were, and are not read")
    func olderArchiveUnread() async throws {
        try writeMixed()
        try await ingest([folder["flat"]], into: database)
        let before = try rows("SELECT exposure_id || ' ' || name FROM exposure ORDER BY exposure_id")
        try joinToOldArchive()
        for _ in 1...2 {
            let again = try await ingest([folder["flat"]], into: database)
            #expect(again.map(\.new).reduce(0, +) == 0)
            #expect(try sessions() == ["flat 3632 3632 6", "flat-3429 3429 3429 6"])
            let holes =
                "SELECT s.name || ' ' || h.foil_hole FROM hole_image h JOIN session s USING (session_id) ORDER BY 1"
            #expect(try rows(holes) == ["flat 1", "flat-3429 21"])
            #expect(try count("SELECT count(*) FROM exposures WHERE image_path IS NULL", in: database) == 0)
            let movies = """
                SELECT s.name || ' ' || count(*) FROM source_file f JOIN session_root r USING (session_root_id)
                JOIN session s USING (session_id) WHERE f.kind IN ('movie', 'exposure-image') GROUP BY s.name ORDER BY 1
                """
            #expect(try rows(movies) == ["flat 12", "flat-3429 12"])
        }
        #expect(try rows("SELECT exposure_id || ' ' || name FROM exposure ORDER BY exposure_id") == before)
    }

    @Test("Exposures of two instruments that have one name come apart, each with its JPG")
    func olderArchiveOneName() async throws {
        for (part, number, instrument) in [("a", 1, "3632"), ("a", 2, "3632"), ("b", 21, "3429")] {
            // The third has the name of the first.
            let base = "flat/\(part)/FoilHole_\(number % 20)_Data_2_3_20250108_15491\(number % 20)"
            try folder.write(base + ".xml", xml(number, instrument))
            try folder.write(base + ".jpg", "")
        }
        try await ingest([folder["flat"]], into: database)
        let apart = try sessions()
        #expect(apart.count == 2)
        let pictures = """
            SELECT instrument_id || ' ' || name || ' ' || ifnull(substr(image_path, -45), '-') FROM exposures
            ORDER BY instrument_id, name
            """
        let before = try rows(pictures)
        try joinToOldArchive()
        for _ in 1...2 {
            try await ingest([folder["flat"]], into: database)
            #expect(try sessions() == apart)
            #expect(try rows(pictures) == before)
        }
    }

    @Test("A JPG of a hole that comes alone is of the session that has the hole")
    func holeJPG() async throws {
        try writeMixed()
        try await ingest([folder["flat"]], into: database)
        for hole in [2, 22] { try folder.write("flat/FoilHole_\(hole)_20250108_154726.jpg", "") }
        for _ in 1...2 {
            try await ingest([folder["flat"]], into: database)
            let images = "SELECT s.name FROM hole_image h JOIN session s USING (session_id) WHERE h.foil_hole ="
            #expect(try rows("\(images) 2") == ["flat"])
            #expect(try rows("\(images) 22") == ["flat-3429"])
        }
    }

    @Test("An archive in which two folders were made one session comes apart, each with its own name and EpuSession.dm")
    func olderArchiveOfTwoFolders() async throws {
        for (name, first, instrument, day) in [("ma", 0, "3902", 10), ("mb", 10, "3903", 20)] {
            for number in (first + 1)...(first + 4) {
                try folder.write(
                    "\(name)/Images-Disc1/GridSquare_7/Data/FoilHole_\(number)_Data_2_3_202501\(day)_154915.xml",
                    xml(number, instrument, day: day))
            }
        }
        try folder.write("mb/EpuSession.dm", SessionFileXML(name: "mb", start: "2025-01-20T10:00:00Z").xml)
        try await ingest([folder["ma"], folder["mb"]], into: database)
        let apart = try content(database)
        try Archive(database, access: .write).write { db in
            try db.execute(sql: "PRAGMA defer_foreign_keys = ON")
            let columns = try String.fetchAll(db, sql: "SELECT name FROM pragma_table_info('session')")
                .filter { $0 != "session_id" && $0 != "name" }
            try db.execute(
                sql: """
                    UPDATE session SET (\(columns.joined(separator: ", "))) =
                        (SELECT \(columns.joined(separator: ", ")) FROM session WHERE session_id = 2)
                    WHERE session_id = 1
                    """)
            for table in [
                "preset", "storage_folder", "grid_square", "foil_hole", "template_area", "exposure", "session_root",
            ] {
                try db.execute(sql: "UPDATE OR REPLACE \(table) SET session_id = 1 WHERE session_id = 2")
            }
            try db.execute(sql: "DELETE FROM session WHERE session_id = 2; UPDATE source_file SET size_bytes = NULL")
        }
        #expect(try count("SELECT count(*) FROM session", in: database) == 1)
        for _ in 1...2 { try await ingest([folder["ma"], folder["mb"]], into: database) }
        #expect(try sessions() == ["ma 3902 3902 4", "mb 3903 3903 4"])
        #expect(try rows("SELECT name FROM session WHERE epu_name = 'mb'") == ["mb"])
        #expect(try content(database) == apart)
    }

    @Test("Exposures that say no instrument stay with the others of their folder")
    func unknownInstrument() async throws {
        try folder.write("s/FoilHole_1_Data_2_3_20250108_154915.xml", xml(1, ""))
        try folder.write("s/FoilHole_2_Data_2_3_20250108_154915.xml", xml(2, "3632"))
        try await ingest([folder["s"]], into: database)
        #expect(try count("SELECT count(*) FROM session", in: database) == 1)
        #expect(try count("SELECT count(*) FROM exposure", in: database) == 2)
        #expect(try rows("SELECT instrument_id FROM session") == ["3632"])
    }

    @Test(
        "What a run that was interrupted left open, the next one settles, though no file is new; what is settled is left alone"
    )
    func interrupted() async throws {
        for (number, day) in [2, 20].enumerated() {
            try folder.write(
                "s/FoilHole_\(number)_Data_2_3_2025010\(number)_154915.xml", xml(number, "3632", day: day))
        }
        try await ingest([folder["s"]], into: database)
        #expect(try rows("SELECT is_settled FROM session") == ["1"])
        func forget(isSettled: Int) throws {
            try Archive(database, access: .write).write {
                try $0.execute(sql: "DELETE FROM notice; UPDATE session SET is_settled = \(isSettled)")
            }
        }
        try forget(isSettled: 0)
        #expect(
            try await ingest([folder["s"]], into: database)[0].notices.map(\.name) == ["pause-without-session-file"])
        #expect(try rows("SELECT is_settled FROM session") == ["1"])
        try forget(isSettled: 1)
        #expect(try await ingest([folder["s"]], into: database)[0].notices.isEmpty)
        // One more exposure opens it again.
        try folder.write("s/FoilHole_3_Data_2_3_20250103_154915.xml", xml(3, "3632", day: 21))
        #expect(
            try await ingest([folder["s"]], into: database)[0].notices.map(\.name) == ["pause-without-session-file"])
    }

    @Test("Without EpuSession.dm a pause of days is told, with its dates; with it, or after a night, it is not")
    func pause() async throws {
        func write(_ name: String, days: [Int]) throws {
            for (number, day) in days.enumerated() {
                try folder.write(
                    "\(name)/FoilHole_\(number)_Data_2_3_2025010\(number)_154915.xml",
                    xml(number, "3632", day: day).replacing("id-", with: name))
            }
        }
        try write("weeks", days: [2, 3, 20, 21, 25])
        try write("nights", days: [2, 3, 4])
        try write("described", days: [2, 3, 20])
        try folder.write("described/EpuSession.dm", SessionFileXML(start: "2025-01-02T10:00:00Z").xml)
        let found = try await ingest(["weeks", "nights", "described"].map { folder[$0] }, into: database)
        let notices = found.flatMap(\.notices)
        #expect(notices.map(\.name) == ["pause-without-session-file"])
        let notice = try #require(notices.first)
        #expect(notice.exposures == 5)
        for part in [
            "17.0 days", "2025-01-03 15:49 (UTC+00:00)", "2025-01-20 15:49 (UTC+00:00)", "2 pauses",
            "2 exposures before",
            "3 after", "EpuSession.dm",
        ] {
            #expect(notice.message.contains(part), "\(part) in: \(notice.message)")
        }
        #expect(try count("SELECT count(*) FROM session", in: database) == 3)
        let text = IngestReport(archive: database, sessions: found).text
        #expect(text.contains("1 notice: read it before the results are believed.\nweeks: nothing was shot"))
    }
}
