import EPUArchive
import EPUCore
import GRDB

/// An image at hole magnification.
struct HoleImage {
    let foilHole: Int64
    let name: String
    /// The time when it was taken; nil if only the JPG exists, whose name then tells the time.
    let acquiredAt: Timestamp?
    /// The stage read-back, um; nil if only the JPG exists.
    let stage: Vector2?
    /// The path of the JPG; nil if the XML has none.
    let imagePath: String?

    /// The time when it was taken, for a microscope whose clock is `utcOffsetMinutes` ahead of UTC.
    func instant(utcOffsetMinutes: Int?) -> Timestamp? {
        acquiredAt ?? timeOfName(name)?.adding(seconds: -60 * Double(utcOffsetMinutes ?? 0))
    }
}

extension HoleImage {
    /// All hole images of a session, in the order of their names.
    static func all(of sessionID: Int64, _ db: Database) throws -> [HoleImage] {
        var images: [HoleImage] = []
        var statement = try RowStatement(
            db,
            """
            SELECT h.foil_hole, h.name, h.acquired_at, h.stage_x_um, h.stage_y_um, r.path || '/' || f.path
            FROM hole_image h
            LEFT JOIN source_file f ON f.source_file_id = h.image_file_id
            LEFT JOIN session_root r ON r.session_root_id = f.session_root_id
            WHERE h.session_id = ?
            ORDER BY h.name
            """)
        statement.bind(sessionID)
        try statement.forEachRow { row in
            images.append(
                HoleImage(
                    foilHole: row.int(0), name: row.string(1) ?? "",
                    acquiredAt: row.string(2).flatMap { Timestamp(archiveText: $0) }, stage: row.vector(3, 4),
                    imagePath: row.string(5)))
        }
        return images
    }
}
