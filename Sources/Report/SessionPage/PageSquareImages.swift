import EPUArchive
import EPUCore
import GRDB

/// Pictures of a session's grid squares, which lie beneath the map: the latest of each square that has a JPG and whose matrix is
/// recorded.
struct PageSquareImages {
    private struct Image: Sendable {
        let square: Int64
        let path: String
        /// The middle, um, in the coordinates of the analysis.
        let centre: Vector2
        /// Where the picture's width leads on the stage, um; `down` is where its height leads.
        let right: Vector2
        let down: Vector2
    }

    /// The most bytes of all pictures, before base 64 makes them longer by a third.
    private static let mostBytes = 200_000
    private static let side = 288

    private let images: [Image]

    init(of choice: AnalysisChoice, _ db: Database) throws {
        // Where the grid lay turned, the pictures would have to be turned with it.
        guard try !Self.isTurned(choice, db) else {
            images = []
            return
        }
        let offset = try SessionPageData.offset(of: choice, db)
        var latest: [Int64: Image] = [:]
        var statement = try RowStatement(
            db,
            """
            SELECT i.grid_square, r.path || '/' || f.path, i.stage_x_um, i.stage_y_um, ifnull(i.binning, 1),
                   i.readout_width_px, i.readout_height_px,
                   i.image_to_stage_m11, i.image_to_stage_m12, i.image_to_stage_m21, i.image_to_stage_m22
            FROM grid_square_image i
            JOIN source_file f ON f.source_file_id = i.image_file_id JOIN session_root r USING (session_root_id)
            WHERE i.session_id = ?1 AND i.grid_square IN (SELECT grid_square FROM exposure WHERE session_id = ?1)
            ORDER BY i.acquired_at, i.name
            """)
        statement.bind(choice.session.sessionID)
        try statement.forEachRow { row in
            guard let path = row.string(1), let stage = row.vector(2, 3), let width = row.optionalDouble(5),
                let height = row.optionalDouble(6), let first = row.vector(7, 8), let second = row.vector(9, 10)
            else { return }
            // A feature d pixels from the middle (y down) lies at stage - binning x matrix x d.
            let matrix = Matrix2(first.x, first.y, second.x, second.y)
            let scale = -row.double(4)
            let image = Image(
                square: row.int(0), path: path, centre: stage - offset, right: (scale * width) * matrix.firstColumn,
                down: (scale * height) * matrix.secondColumn)
            guard image.centre.isFinite, image.right.isFinite, image.down.isFinite else { return }
            latest[image.square] = image
        }
        images = latest.values.sorted { $0.square < $1.square }
    }

    private static func isTurned(_ choice: AnalysisChoice, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (
                    SELECT 1 FROM placement_set_session s JOIN analysis a USING (placement_set_id)
                    WHERE a.analysis_id = ? AND s.session_id = ?
                        AND (abs(ifnull(s.turn_deg, 0)) > 0.1 OR ifnull(s.mirrored, 0)))
                """, arguments: [choice.analysisID, choice.session.sessionID]) ?? false
    }

    var isEmpty: Bool { images.isEmpty }

    /// The pictures for the script, which draws them; those that cannot be read are left out.
    var html: HTML {
        guard !images.isEmpty else { return "" }
        let pictures = images.compactMap { image -> HTML? in
            let limit = Self.mostBytes / images.count
            guard let picture = PagePicture.small(of: image.path, side: Self.side, atMost: limit) else { return nil }
            let numbers = [image.centre, image.right, image.down].flatMap { [$0.x, $0.y] }
            return """
                <img alt="" src="\(picture.dataURL)" data-place="\(numbers.map { $0.text(decimals: 3) }.joined(separator: " "))">
                """
        }
        return "<div id=\"square-pictures\" hidden>\(pictures.joined(separator: "\n"))</div>"
    }
}
