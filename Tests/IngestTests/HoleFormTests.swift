import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_ingest

@Suite("Foil holes are read in every form that EPU lists them in")
struct HoleFormTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var database: String { folder["a.db"] }

    /// What the archive has of holes and of what was planned for them.
    private func holes(_ database: String) throws -> [String] {
        try Archive(database, access: .read).read { db in
            try ["foil_hole", "planned_exposure"].flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map { "\(table) \($0)" }
            }
        }
    }

    @Test("On lacey foil: as on regular foil")
    func lacey() async throws {
        try folder.simulate("lac", ["--exposures", "300", "--areas", "1", "--seed", "51"])
        try await ingest([folder["lac"]], into: folder["regular.db"])
        try folder.makeLacey("lac")
        let sessions = try await ingest([folder["lac"]], into: database)
        #expect(sessions.allSatisfy { $0.problems.isEmpty })
        #expect(try count("SELECT count(*) FROM foil_hole WHERE stage_x_um IS NOT NULL", in: database) == 338)
        #expect(try holes(database) == holes(folder["regular.db"]))
    }

    @Test("In a form that is not known: the file is incomplete, and the square itself is read")
    func unknownForm() async throws {
        try folder.simulate("s", ["--exposures", "90"])
        for map in folder.holeMaps("s") {
            try folder.write(
                map, try folder.text(map).replacing("m_serializationArray", with: "m_anotherArray"))
        }
        try await ingest([folder["s"]], into: database)
        let files = try text(
            "SELECT problem FROM source_file WHERE kind = 'hole-map' AND status = 'incomplete'", in: database)
        #expect(files == ["its foil holes are listed in a form that is not known: none was read"])
        #expect(try count("SELECT count(*) FROM grid_square WHERE stage_x_um IS NOT NULL", in: database) == 1)
        #expect(try count("SELECT count(*) FROM foil_hole WHERE stage_x_um IS NOT NULL", in: database) == 0)
    }

    @Test("In files of their own, which come before the square's, with it, or after it", arguments: 0..<3)
    func ownFiles(order: Int) async throws {
        try folder.simulate("s", ["--exposures", "90", "--epu-version", "1.2", "--seed", "3"])
        try await ingest([folder["s"]], into: folder["inside.db"])
        let expected = try folder.giveHolesTheirOwnFiles("s")
        let map = try #require(folder.holeMaps("s").first)
        let own = String(map.dropLast(".dm".count))
        let late = order == 0 ? map : own
        if order != 1 {
            try FileManager.default.moveItem(atPath: folder[late], toPath: folder["late"])
            try await ingest([folder["s"]], into: database)
            try FileManager.default.moveItem(atPath: folder["late"], toPath: folder[late])
        }
        let sessions = try await ingest([folder["s"]], into: database)
        #expect(sessions.allSatisfy { $0.problems.isEmpty })
        #expect(expected > 40)
        #expect(
            try count("SELECT count(*) FROM source_file WHERE kind = 'foil-hole' AND status = 'ok'", in: database)
                == expected)
        #expect(try count("SELECT count(*) FROM foil_hole WHERE stage_x_um IS NOT NULL", in: database) == expected)
        #expect(try holes(database) == holes(folder["inside.db"]))
    }

    @Test("A hole's file that says of no square, or of no place, is incomplete")
    func faultyOwnFiles() async throws {
        try folder.addExposure(1)
        let place = "<StagePosition><X>1E-4</X><Y>2E-4</Y></StagePosition>"
        try folder.write("session/Metadata/TargetLocation_5.dm", "<TargetLocationXml>\(place)</TargetLocationXml>")
        try folder.write("session/Metadata/GridSquare_7/TargetLocation_6.dm", "<TargetLocationXml/>")
        try folder.write(
            "session/Metadata/GridSquare_8/TargetLocation_7.dm", "<TargetLocationXml>\(place)</TargetLocationXml>")
        try await ingest([folder["session"]], into: database)
        let problems = try text(
            "SELECT problem FROM source_file WHERE status = 'incomplete' ORDER BY path", in: database)
        #expect(
            problems == [
                "it has no stage position of a foil hole (StagePosition/X, Y)",
                "neither its folder nor its GridSquareId names a grid square",
            ])
        let hole = try text(
            "SELECT grid_square || ' ' || round(stage_x_um, 6) || ' ' || round(stage_y_um, 6) FROM foil_hole WHERE foil_hole = 7",
            in: database)
        #expect(hole == ["8 100.0 200.0"])
    }
}
