import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

@Suite("Optics groups in the archive")
struct OpticsGroupTests {
    private static let byName = """
        SELECT name, optics_group FROM exposures ORDER BY name
        """

    @Test(
        "The first analysis numbers a simulated session by position: areas of a hole share a group, holes of a stop do not"
    )
    func simulated() throws {
        let tools = try ToolFolder()
        try tools.simulate(["--exposures", "600"])
        try tools.run("epu-analyze", [])
        let groups = try tools.rows("SELECT optics_group, lattice_i, lattice_j FROM optics_groups ORDER BY 1")
        #expect(groups.map { $0[0] } == (1...groups.count).map(String.init))
        #expect(groups[0] != groups[1])
        #expect(Set(groups.map { $0[1] + " " + $0[2] }).count == groups.count)
        // Of the template, areas of one visit to a hole; of AFIS, one hole for each position of a stop.
        #expect(
            try tools.rows("SELECT count(*) FROM exposures GROUP BY foil_hole HAVING count(DISTINCT optics_group) > 1")
                .isEmpty)
        #expect(
            try tools.rows(
                """
                SELECT 1 FROM exposures
                GROUP BY stage_x_um, stage_y_um, optics_group HAVING count(DISTINCT foil_hole) > 1
                """
            ).isEmpty)
        #expect(try tools.rows("SELECT 1 FROM exposures WHERE optics_group IS NULL").isEmpty)
        let firsts = try tools.rows("SELECT first_acquired_at FROM optics_groups ORDER BY optics_group").map { $0[0] }
        #expect(firsts == firsts.sorted())
        #expect(try tools.rows("SELECT sum(exposures) FROM optics_groups") == [["600"]])
        #expect(try tools.rows("SELECT DISTINCT high_tension_kv, tilt_deg FROM optics_groups") == [["300.0", "0.0"]])
    }

    @Test("A session that grows only appends; calibrating again changes nothing; --renumber-optics numbers all again")
    func growing() throws {
        let tools = try ToolFolder()
        try tools.run("epu-simulate", ["make", "session", "--no-images", "--exposures", "450"])
        let data = try #require(
            FileManager.default.subpathsOfDirectory(atPath: tools.folder["session"]).first { $0.hasSuffix("/Data") })
        let files = tools.folder.names("session/" + data).sorted { String($0.suffix(19)) < String($1.suffix(19)) }
        func move(_ files: some Sequence<String>, _ from: String, _ to: String) throws {
            try FileManager.default.createDirectory(atPath: tools.folder[to], withIntermediateDirectories: true)
            for file in files {
                try FileManager.default.moveItem(
                    atPath: tools.folder["\(from)/\(file)"], toPath: tools.folder["\(to)/\(file)"])
            }
        }
        // The beginning comes last: by acquisition, its positions would be the first.
        try move(files.prefix(9), "session/" + data, "later")
        try move(files.dropFirst(90), "session/" + data, "later")
        try tools.run("epu-ingest", ["session"])
        try tools.run("epu-analyze", [])
        let before = try tools.rows(Self.byName)
        let groups = try tools.rows("SELECT count(*) FROM optics_groups")
        #expect(before.count == 81)
        try move(tools.folder.names("later"), "later", "session/" + data)
        try tools.run("epu-ingest", ["session"])
        try tools.run("epu-analyze", [])
        let after = try tools.rows(Self.byName)
        #expect(after.count == 450)
        #expect(before.allSatisfy(after.contains), "\(before.count { !after.contains($0) }) changed")
        #expect(try tools.rows("SELECT count(*) FROM optics_groups") != groups)
        #expect(try tools.rows("SELECT max(optics_group) = count(*) FROM optics_groups") == [["1"]])
        for command in [["calibrate"], ["calibrate", "--method", "template"], ["clusters"]] {
            try tools.run("epu-analyze", command)
            #expect(try tools.rows(Self.byName) == after)
        }
        try tools.run("epu-analyze", ["calibrate", "--renumber-optics"])
        let renumbered = try tools.rows(Self.byName)
        #expect(renumbered != after)
        let firsts = try tools.rows("SELECT first_acquired_at FROM optics_groups ORDER BY optics_group").map { $0[0] }
        #expect(firsts == firsts.sorted())
        // The same groups under other numbers.
        let pairs = Set(zip(after, renumbered).map { $0[1] + " " + $1[1] })
        #expect(pairs.count == Set(after.map { $0[1] }).count)
    }

    @Test("Without AFIS there is one group, whatever matrix is given")
    func withoutAFIS() throws {
        let tools = try ToolFolder()
        try tools.simulate(["--exposures", "90", "--cluster-radius", "0.5"])
        try tools.run("epu-analyze", ["--k", "25", "--radius", "0.3"])
        #expect(
            try tools.rows("SELECT optics_group, lattice_i IS NULL, exposures FROM optics_groups") == [
                ["1", "1", "90"]
            ])
    }

    @Test("Under AFIS, exposures that show no lattice have no group until they do")
    func withoutLattice() throws {
        let tools = try ToolFolder()
        try tools.simulate(["--exposures", "3"])
        try tools.run("epu-analyze", ["--radius", "0.3"])
        #expect(try tools.rows("SELECT count(*) FROM optics_group") == [["0"]])
        #expect(try tools.rows("SELECT count(*) FROM exposures WHERE optics_group IS NULL") == [["3"]])
        // Never no file.
        let run = try tools.run("epu-report", ["optics"])
        #expect(run.output.hasPrefix("session: 3 movies in 0 optics groups, 3 to keep, 0 bad"))
        let star = try tools.folder.text("report/session/movies.star")
        #expect(star.split(separator: "\n").count { $0.hasPrefix("FoilHole_") && $0.hasSuffix(" 1") } == 3)
        #expect(star.contains("\nsession_opticsGroup_unplaced 1 "))
    }

    @Test("Without AFIS, areas of a template that lie farther apart than a hole is wide are groups of their own")
    func wideTemplate() throws {
        let tools = try ToolFolder()
        let sample = try SampleArchive(tools.archive)
        var shots: [SampleArchive.Exposure] = []
        for hole in 0..<6 {
            for area in 0..<2 {
                let shift = Vector2(0.2 * Double(area), 0.001 * Double(hole))
                shots.append(
                    .init(
                        hole: Int64(hole + 1), area: Int64(area + 1), stage: Vector2(8 * Double(hole), 0),
                        beamShift: shift, time: Double(60 * hole + 10 * area)))
            }
        }
        try sample.add("s", shots)
        try sample.archive.write { db in
            try db.execute(
                sql: """
                    UPDATE exposure SET high_tension_kv = 300, pixel_size_a = 0.8;
                    UPDATE session SET clustering_mode = 'NoClustering';
                    """)
        }
        try tools.run("epu-analyze", ["calibrate"])
        #expect(
            try tools.rows("SELECT DISTINCT area, optics_group FROM exposures ORDER BY 1")
                == [["1", "1"], ["2", "2"]])
    }

    @Test(
        "The first few exposures of AFIS are not taken for one position where no .dm file tells of it",
        arguments: [4, 6])
    func withoutSessionFile(first: Int) throws {
        let tools = try ToolFolder()
        try tools.run(
            "epu-simulate", ["make", "session", "--no-images", "--no-dm", "--exposures", "400", "--seed", "3"])
        let data = try #require(
            FileManager.default.subpathsOfDirectory(atPath: tools.folder["session"]).first { $0.hasSuffix("/Data") })
        let files = tools.folder.names("session/" + data).sorted { String($0.suffix(19)) < String($1.suffix(19)) }
        try FileManager.default.createDirectory(atPath: tools.folder["later"], withIntermediateDirectories: true)
        for file in files.dropFirst(first) {
            try FileManager.default.moveItem(
                atPath: tools.folder["session/\(data)/\(file)"], toPath: tools.folder["later/\(file)"])
        }
        try tools.run("epu-ingest", ["session"])
        try tools.run("epu-analyze", ["--radius", "0.3"])
        for file in files.dropFirst(first) {
            try FileManager.default.moveItem(
                atPath: tools.folder["later/\(file)"], toPath: tools.folder["session/\(data)/\(file)"])
        }
        try tools.run("epu-ingest", ["session"])
        try tools.run("epu-analyze", [])
        #expect(try tools.rows("SELECT count(*) FROM exposures WHERE optics_group IS NULL") == [["0"]])
        // Numbered again, in the knowledge of all: the same groups.
        let before = try tools.rows(Self.byName).map { $0[1] }
        try tools.run("epu-analyze", ["calibrate", "--renumber-optics"])
        let renumbered = try tools.rows(Self.byName).map { $0[1] }
        #expect(Set(zip(before, renumbered).map { $0 + " " + $1 }).count == Set(renumbered).count)
    }

    @Test("Movies in super-resolution have finer pixels than the images: K3 only, whatever a Falcon says")
    func superResolution() throws {
        let tools = try ToolFolder()
        try tools.simulate(["--exposures", "90"])
        let archive = try Archive(tools.archive, access: .write)
        try archive.write { db in
            try db.execute(
                sql: """
                    UPDATE exposure SET pixel_size_a = 1.0559, super_resolution = 2, fractionation = 'Equidistant';
                    UPDATE exposure SET fractionation = 'Eer' WHERE exposure_id > 60;
                    UPDATE exposure SET super_resolution = 1 WHERE exposure_id <= 30;
                    """)
        }
        try tools.run("epu-analyze", [])
        #expect(
            try tools.rows(
                """
                SELECT DISTINCT g.pixel_size_a, e.super_resolution, e.fractionation
                FROM exposure e JOIN optics_group_member USING (exposure_id) JOIN optics_group g USING (optics_group_id)
                ORDER BY 1, 2
                """
            ) == [["0.52795", "2", "Equidistant"], ["1.0559", "1", "Equidistant"], ["1.0559", "2", "Eer"]])
    }

    @Test("Another pixel size makes new groups of later exposures, and changes none")
    func pixelSize() throws {
        let tools = try ToolFolder()
        try tools.simulate(["--exposures", "300"])
        let archive = try Archive(tools.archive, access: .write)
        try archive.write { try $0.execute(sql: "UPDATE exposure SET pixel_size_a = 0.5 WHERE exposure_id > 200") }
        try tools.run("epu-analyze", [])
        #expect(
            try tools.rows(
                "SELECT count(DISTINCT pixel_size_a) FROM exposures GROUP BY optics_group HAVING count(DISTINCT pixel_size_a) > 1"
            ).isEmpty)
        #expect(try tools.rows("SELECT count(DISTINCT pixel_size_a) FROM optics_groups") == [["2"]])
        let before = try tools.rows(Self.byName)
        // Its position's group is found again by the beam shift when no exposure tells of it.
        let gone = try tools.rows("SELECT name, optics_group FROM exposures WHERE optics_group = 2 ORDER BY name")
        try archive.write { db in
            try db.execute(
                sql: """
                    DELETE FROM optics_group_member
                    WHERE optics_group_id = (SELECT optics_group_id FROM optics_group WHERE optics_group = 2)
                    """)
        }
        #expect(!gone.isEmpty)
        try tools.run("epu-analyze", [])
        #expect(try tools.rows(Self.byName) == before)
    }

    @Test(
        "morado: 63 holes at 21 positions are 21 groups",
        .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)))
    func morado() throws {
        let tools = try ToolFolder()
        try tools.run("epu-ingest", [RealData.path("morado")])
        try tools.run("epu-analyze", [])
        // Three holes of three areas each.
        #expect(
            try tools.rows("SELECT DISTINCT exposures, pixel_size_a, high_tension_kv FROM optics_groups")
                == [["9", "0.870768", "300.0"]])
        #expect(try tools.rows("SELECT count(*), max(optics_group) FROM optics_groups") == [["21", "21"]])
    }
}
