import EPUArchive
import EPUCore
import Foundation
import GRDB
import Testing

@testable import epu_analyze

@Suite("Foil holes whose positions EPU has refined")
struct RefinedHoleTests {
    private static let map = ["--exposures", "300", "--areas", "1", "--epu-version", "3.11", "--seed", "12"]
    private static let truth = Matrix2(21.767, 11.130, 10.799, -21.682)

    private func session(_ options: [String]) throws -> ToolFolder {
        let tools = try ToolFolder()
        try tools.simulate(options)
        return tools
    }

    @Test("The hole map calibrates as well with them as without")
    func holeMap() throws {
        let (plain, refined) = (try session(Self.map), try session(Self.map + ["--refined-holes"]))
        let count = try refined.rows("SELECT count(*) FROM foil_hole WHERE position_refined")[0][0]
        #expect((Int(count) ?? 0) > 30)
        #expect(try plain.rows("SELECT count(*) FROM foil_hole WHERE position_refined") == [["0"]])
        let (before, after) = (
            try plain.part(["--method", "holes"]), try refined.part(["--method", "holes"])
        )
        #expect(before.verdict == "good" && after.verdict == "good")
        let chosen = "SELECT scale FROM calibration WHERE chosen > 0 AND method = 'holes'"
        let scales = try [plain, refined].map { try Double($0.rows(chosen)[0][0]) ?? 0 }
        #expect(abs(scales[0] - Self.truth.scale) < 0.1)
        #expect(abs(scales[0] - scales[1]) < 0.001)
    }

    @Test("Without the holes' pixels they are left out of the map, which stays good")
    func withoutPixels() throws {
        let tools = try session(Self.map + ["--refined-holes"])
        try Archive(tools.archive, access: .create).write {
            try $0.execute(sql: "UPDATE foil_hole SET image_x_px = NULL, image_y_px = NULL")
        }
        #expect(try tools.part(["--method", "holes"]).verdict == "good")
        let scale = try tools.rows("SELECT scale FROM calibration WHERE chosen > 0 AND method = 'holes'")
        #expect(abs((Double(scale[0][0]) ?? 0) - Self.truth.scale) < 0.1)
    }

    @Test("Of all methods the choice is as without them, and confirmed")
    func automatic() throws {
        let options = [
            "--exposures", "600", "--areas", "3", "--epu-version", "3.9", "--hole-map-scale-error", "0.04", "--seed",
            "7",
        ]
        for more in [[], ["--refined-holes"]] {
            let part = try session(options + more).part()
            #expect(part.verdict == "good")
        }
    }

    @Test("A hole with two ids is one, whichever of both was refined")
    func identity() throws {
        let tools = try session([
            "--exposures", "300", "--areas", "1", "--refined-holes", "--hole-map-scale-error", "0.04",
        ])
        try Archive(tools.archive, access: .create).write { db in
            let refined = try #require(
                try Int64.fetchOne(
                    db,
                    sql: """
                        SELECT foil_hole FROM foil_hole h JOIN grid_square s USING (session_id, grid_square)
                        WHERE position_refined
                        ORDER BY abs(h.stage_x_um - s.stage_x_um) + abs(h.stage_y_um - s.stage_y_um) DESC
                        """))
            let seen = try #require(try HolePositions(1, db).holes.first { $0.foilHole == refined })
            let (map, stage) = (try #require(seen.onMap), try #require(seen.onStage))
            // Else the test would show nothing.
            #expect(map.distance(to: stage) > 0.3)
            try db.execute(
                sql: """
                    INSERT INTO foil_hole (session_id, foil_hole, grid_square, stage_x_um, stage_y_um)
                    SELECT session_id, 1, grid_square, ?, ? FROM foil_hole WHERE foil_hole = ?
                    """, arguments: [map.x, map.y, refined])
            func exposure(_ hole: Int64) -> SessionExposure {
                SessionExposure(
                    exposureID: hole, sessionID: 1, foilHole: hole, area: 1, stage: .zero, beamShift: .zero,
                    gridSquare: nil)
            }
            #expect(try HoleIdentity([1], db).isSame(exposure(1), exposure(refined)))
        }
    }
}
