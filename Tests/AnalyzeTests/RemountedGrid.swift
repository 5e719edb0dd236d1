import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport

@testable import epu_analyze

/// A simulated session and a second one of the same grid, turned in the archive to lie as if the grid had been taken out: made
/// without the tool that is to find it.
struct RemountedGrid {
    let tools: ToolFolder
    /// From the first session's stage to the second's.
    let move: GridMove

    /// The microscope of epu-simulate, um per beam-shift unit.
    private static let matrix = Matrix2(21.767, 11.130, 10.799, -21.682)
    /// The tables that have places on the stage.
    private static let places = ["exposure", "hole_image", "foil_hole", "grid_square", "grid_square_image"]

    /// - Parameters:
    ///   - newAtlas: whether the second session's squares have other ids, and its atlas another name.
    init(
        degrees: Double, isMirrored: Bool = false, shift: Vector2, newAtlas: Bool = false, options: [String]
    ) throws {
        tools = try ToolFolder()
        try tools.run("epu-simulate", ["make", "one", "--no-images", "--second-session"] + options)
        try tools.run("epu-ingest", ["one", "one-second"])
        let archive = try Archive(tools.archive, access: .write)
        let centre = try archive.read { db in
            try Row.fetchOne(
                db,
                sql: "SELECT stage_x_um, stage_y_um FROM grid_square WHERE session_id = 1 AND stage_x_um IS NOT NULL")
        }.map { Vector2($0[0], $0[1]) }
        let move = GridMove(
            turnDegrees: degrees, isMirrored: isMirrored, centre: centre ?? .zero, target: (centre ?? .zero) + shift)
        self.move = move
        let beam = (Self.matrix.inverse ?? .identity) * (move.linear * Self.matrix)
        try archive.write { db in
            for table in Self.places {
                try Self.map(table, "stage_x_um", "stage_y_um", db) { move.place($0) }
            }
            try Self.map("exposure", "beam_shift_x", "beam_shift_y", db) { beam * $0 }
            try Self.map("template_area", "offset_x_um", "offset_y_um", db) { move.linear * $0 }
            // What an image shows of a hole turns with the grid, too: else pairs of images would say that the stage errs.
            for (x, y) in [("m11", "m21"), ("m12", "m22")] {
                try Self.map("hole_image", "image_to_stage_\(x)", "image_to_stage_\(y)", db) { move.linear * $0 }
            }
            try db.execute(
                sql: "UPDATE grid_square SET rotation_deg = ? * rotation_deg + ? WHERE session_id = 2",
                arguments: [isMirrored ? -1 : 1, degrees])
            guard newAtlas else { return }
            try db.execute(sql: "UPDATE session SET grid = grid || ' again' WHERE session_id = 2")
            try db.execute(
                sql: """
                    INSERT INTO grid_square (session_id, grid_square, stage_x_um, stage_y_um, hole_spacing_um, rotation_deg)
                    SELECT 2, grid_square + 900000, stage_x_um, stage_y_um, hole_spacing_um, rotation_deg FROM grid_square
                    WHERE session_id = 2
                    """)
            for table in Self.places where table != "grid_square" {
                try db.execute(sql: "UPDATE \(table) SET grid_square = grid_square + 900000 WHERE session_id = 2")
            }
            try db.execute(sql: "DELETE FROM grid_square WHERE session_id = 2 AND grid_square < 9000000")
        }
    }

    /// Two columns of the second session.
    private static func map(_ table: String, _ x: String, _ y: String, _ db: Database, _ change: (Vector2) -> Vector2)
        throws
    {
        let at = change(.zero)
        let (along, across) = (change(Vector2(1, 0)) - at, change(Vector2(0, 1)) - at)
        try db.execute(
            sql: """
                UPDATE \(table) SET \(x) = ?1 + ?2 * \(x) + ?3 * \(y), \(y) = ?4 + ?5 * \(x) + ?6 * \(y)
                WHERE session_id = 2
                """, arguments: [at.x, along.x, across.x, at.y, along.y, across.y])
    }

    /// Moves the last of the second session's squares along the arc about the first, as if the stage had lost its way between them.
    func turnLastSquare(degrees: Double) throws {
        let squares = try squaresShotAgain
        let apart = (squares.last?.middle ?? .zero) - (squares.first?.middle ?? .zero)
        try moveLastSquare(by: Matrix2(scale: 1, angleDegrees: degrees, isMirrored: false) * apart - apart)
    }

    /// - Returns: the id of the square.
    @discardableResult
    func moveLastSquare(by shift: Vector2) throws -> Int64 {
        let last = try squaresShotAgain.last?.id ?? 0
        try Archive(tools.archive, access: .write).write { db in
            for table in Self.places {
                try db.execute(
                    sql: """
                        UPDATE \(table) SET stage_x_um = stage_x_um + ?, stage_y_um = stage_y_um + ?
                        WHERE session_id = 2 AND grid_square = ?
                        """, arguments: [shift.x, shift.y, last])
            }
        }
        return last
    }

    /// The squares in which the second session exposed, and the middle of its stage stops there, um.
    private var squaresShotAgain: [(id: Int64, middle: Vector2)] {
        get throws {
            try Archive(tools.archive, access: .read).read { db in
                try Row.fetchAll(
                    db,
                    sql: """
                        SELECT grid_square, avg(stage_x_um), avg(stage_y_um) FROM exposure WHERE session_id = 2
                        GROUP BY grid_square ORDER BY grid_square
                        """)
            }.map { ($0[0], Vector2($0[1], $0[2])) }
        }
    }

    func write(_ sql: String) throws { try Archive(tools.archive, access: .write).write { try $0.execute(sql: sql) } }

    /// Names of an earlier and a later exposure of two sessions.
    struct NamedPair: Hashable {
        let later: String
        let earlier: String
    }

    /// By the truth file, all pairs with all: those of two sessions within so many um of each other.
    func truePairs(within radius: Double) throws -> Set<NamedPair> {
        struct Truth: Decodable {
            struct Exposure: Decodable {
                let name: String
                let session: String
                let xUm: Double
                let yUm: Double
            }
            let exposures: [Exposure]
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = try Data(contentsOf: URL(fileURLWithPath: tools.folder["one.truth.json"]))
        let truth = try decoder.decode(Truth.self, from: data)
        let bySession = Dictionary(grouping: truth.exposures, by: \.session)
        var pairs: Set<NamedPair> = []
        for later in bySession["one-second"] ?? [] {
            for earlier in bySession["one"] ?? []
            where Vector2(later.xUm, later.yUm).distance(to: Vector2(earlier.xUm, earlier.yUm)) <= radius {
                pairs.insert(NamedPair(later: later.name, earlier: earlier.name))
            }
        }
        return pairs
    }

    var foundPairs: Set<NamedPair> {
        get throws {
            Set(
                try tools.rows(
                    """
                    SELECT b.name, a.name FROM overlap o JOIN exposure a ON a.exposure_id = o.earlier_id
                    JOIN exposure b ON b.exposure_id = o.later_id WHERE a.session_id = 1 AND b.session_id = 2
                    """
                ).map { NamedPair(later: $0[0], earlier: $0[1]) })
        }
    }

    /// How it was measured.
    var found: GridMove? {
        get throws {
            try Archive(tools.archive, access: .read).read { db in
                let set = try Int64.fetchOne(
                    db, sql: "SELECT placement_set_id FROM placement_set WHERE session_id = 2 ORDER BY 1 DESC")
                return try set.flatMap { try GridMove.stored(in: $0, db)[1] }
            }
        }
    }
}
