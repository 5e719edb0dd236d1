import EPUArchive
import EPUCore
import GRDB
import TestSupport
import Testing

@Suite("Where a foil hole lies")
struct HolePositionsTests {
    private let folder: TemporaryFolder
    private let archive: Archive

    /// From pixels to the stage, um.
    private static let matrix = Matrix2(0.031, -0.017, -0.016, -0.030)
    private static let origin = Vector2(-52, 311)

    private static func stage(_ x: Double, _ y: Double) -> Vector2 { origin + matrix * Vector2(x, y) }

    init() throws {
        folder = try TemporaryFolder()
        archive = try SampleArchive(folder["a.db"]).archive
        try archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO session (session_id, name, grid) VALUES (1, 's', 'g');
                    INSERT INTO grid_square (session_id, grid_square) VALUES (1, 7), (1, 8);
                    """)
        }
    }

    private func add(
        _ hole: Int, square: Int = 7, pixel: (Double, Double)?, stage: Vector2?, refined: Bool? = false,
        corrected: Vector2? = nil
    ) throws {
        try archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO foil_hole (session_id, foil_hole, grid_square, image_x_px, image_y_px, stage_x_um, stage_y_um,
                                           position_refined, corrected_x_um, corrected_y_um)
                    VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [hole, square, pixel?.0, pixel?.1, stage?.x, stage?.y, refined, corrected?.x, corrected?.y])
        }
    }

    /// Twelve holes as the square's image has them.
    private func addSeen(square: Int = 7, first: Int = 1, rows: Int = 3) throws {
        for number in 0..<12 {
            let (x, y) = (80 * Double(number / rows), 90 * Double(number % rows))
            try add(first + number, square: square, pixel: (x, y), stage: Self.stage(x, y))
        }
    }

    private func hole(_ id: Int64) throws -> HolePositions.Hole {
        try #require(try archive.read { try HolePositions(1, $0) }.holes.first { $0.foilHole == id })
    }

    @Test("Not refined: on the map and on the stage where the .dm says; what EPU corrected is nearer to the truth")
    func plain() throws {
        try addSeen()
        try add(20, pixel: nil, stage: Vector2(3, 4), refined: nil)
        try add(21, pixel: nil, stage: Vector2(3, 4), corrected: Vector2(3.2, 4.1))
        try add(22, pixel: nil, stage: nil)
        #expect(try hole(2).onMap == Self.stage(0, 90) && hole(2).onStage == Self.stage(0, 90))
        #expect(try hole(20).onMap == Vector2(3, 4) && hole(20).onStage == Vector2(3, 4))
        #expect(try hole(21).onMap == Vector2(3, 4) && hole(21).onStage == Vector2(3.2, 4.1))
        #expect(try hole(22).onMap == nil && hole(22).onStage == nil)
        #expect(try hole(22).gridSquare == 7)
    }

    @Test("Refined: on the stage where it was found, on the map where its pixel says")
    func refined() throws {
        try addSeen()
        let found = Self.stage(200, -50) + Vector2(0.4, -0.7)
        try add(20, pixel: (200, -50), stage: found, refined: true, corrected: Vector2(1, 1))
        #expect(try hole(20).onStage == found)
        let place = try #require(try hole(20).onMap)
        #expect(place.distance(to: Self.stage(200, -50)) < 1e-9)
    }

    @Test("The map has no place for a refined hole whose square does not tell it")
    func untold() throws {
        try addSeen()
        try add(20, pixel: nil, stage: Vector2(3, 4), refined: true)
        // Another square has too few holes, and a third only one row of them.
        try add(30, square: 8, pixel: (0, 0), stage: Vector2(3, 4), refined: true)
        for number in 31..<36 {
            try add(number, square: 8, pixel: (Double(number * number), Double(number)), stage: .zero)
        }
        try archive.write {
            try $0.execute(sql: "INSERT INTO grid_square (session_id, grid_square) VALUES (1, 9), (1, 10)")
        }
        try addSeen(square: 9, first: 40, rows: 1)
        try add(60, square: 9, pixel: (80, 10), stage: Vector2(3, 4), refined: true)
        // In a fourth they were found in two images that have no pixel in common.
        try addSeen(square: 10, first: 70)
        for number in 0..<12 {
            try add(90 + number, square: 10, pixel: (80 * Double(number), 90 * Double(number % 5)), stage: .zero)
        }
        try add(110, square: 10, pixel: (80, 10), stage: Vector2(3, 4), refined: true)
        for id in [20, 30, 60, 110] as [Int64] {
            #expect(try hole(id).onMap == nil)
            #expect(try hole(id).onStage == Vector2(3, 4))
        }
    }
}
