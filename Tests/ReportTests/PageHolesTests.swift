import EPUArchive
import EPUCore
import Foundation
import GRDB
import Testing

@testable import epu_report

@Suite("Foil holes on a session's page")
struct PageHolesTests {
    private struct Decoded: Decodable {
        struct Holes: Decodable {
            struct Column: Decodable {
                let step: Double
                let values: [Double?]
            }

            let x: Column
            let y: Column
            let exposed: [Int]
        }

        let holes: Holes
    }

    @Test(
        "Those exposed are where their exposures are, others where they are best known, in the first session's coordinates"
    )
    func places() throws {
        let archive = try MontageArchive()
        try archive.analysis(1)
        try archive.exposure(hole: 7, minute: 5, stage: Vector2(10, 20), optics: .init())
        // It could not be placed.
        try archive.exposure(hole: 8, minute: 6, stage: Vector2(30, 40))
        try archive.archive.write { db in
            try db.execute(
                sql: """
                    UPDATE template_area SET offset_x_um = 0.5, offset_y_um = -0.25;
                    UPDATE foil_hole SET stage_x_um = 99, stage_y_um = 99 WHERE foil_hole = 7;
                    UPDATE foil_hole SET stage_x_um = 31, stage_y_um = 41 WHERE foil_hole = 8;
                    INSERT INTO foil_hole (session_id, foil_hole, stage_x_um, stage_y_um, corrected_x_um, corrected_y_um,
                                           position_refined)
                    VALUES (1, 11, 1, 2, NULL, NULL, 0), (1, 12, 3, 4, 3.5, 4.5, 0), (1, 13, 5, 6, 7, 8, 1),
                           (1, 14, NULL, NULL, NULL, NULL, NULL);
                    INSERT INTO placement_set_session (placement_set_id, session_id, calibration_id, offset_x_um, offset_y_um)
                    VALUES (1, 1, 1, 0.1, 0.2);
                    """)
        }
        let holes = try archive.archive.read { db in
            let choice = try #require(try AnalysisChoice.select(db, sessions: [], analysisID: nil).first)
            let command = try RadiusCommand(of: choice, archive: "/a.db", db)
            let data = try SessionPageData(choice, command: command, db)
            return try JSONDecoder().decode(Decoded.self, from: Data(data.json)).holes
        }
        func column(_ column: Decoded.Holes.Column) -> [Double] {
            column.values.map { (($0 ?? .nan) * column.step * 1000).rounded() / 1000 }
        }
        #expect(column(holes.x) == [9.5, 30.9, 0.9, 3.4, 4.9])
        #expect(column(holes.y) == [20.25, 40.8, 1.8, 4.3, 5.8])
        #expect(holes.exposed == [1, 1, 0, 0, 0])
    }
}
