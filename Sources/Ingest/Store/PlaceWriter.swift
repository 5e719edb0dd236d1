import EPUArchive
import EPUCore
import EPUFormat
import GRDB

/// Writes squares, holes and areas that files name, and the images of squares and holes, within one transaction.
struct PlaceWriter {
    private let sessionID: Int64
    private var addSquare: RowStatement
    private var addHole: RowStatement
    private var addArea: RowStatement
    private var holeImages: Upsert<HoleImageColumns>
    private var squareImages: Upsert<ImageColumns>
    // Files come in the order of their names: what was added last is asked for again at once.
    private var lastSquare: Int64?
    private var lastHole: (hole: Int64, gridSquare: Int64?)?
    private var areas: Set<Int64> = []

    init(sessionID: Int64, _ db: Database) throws {
        self.sessionID = sessionID
        holeImages = Upsert(into: .holeImage, key: ["session_id", "name"], db)
        squareImages = Upsert(into: .gridSquareImage, key: ["session_id", "name"], db)
        addSquare = try RowStatement(
            db, "INSERT INTO grid_square (session_id, grid_square) VALUES (?, ?) ON CONFLICT DO NOTHING")
        addHole = try RowStatement(
            db,
            """
            INSERT INTO foil_hole (session_id, foil_hole, grid_square) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET grid_square = excluded.grid_square
            WHERE grid_square IS NULL AND excluded.grid_square IS NOT NULL
            """)
        addArea = try RowStatement(
            db, "INSERT INTO template_area (session_id, area) VALUES (?, ?) ON CONFLICT DO NOTHING")
    }

    mutating func add(gridSquare: Int64?) throws {
        guard let gridSquare, gridSquare != lastSquare else { return }
        addSquare.bind(sessionID)
        addSquare.bind(gridSquare)
        try addSquare.run()
        lastSquare = gridSquare
    }

    mutating func add(_ hole: Int64, gridSquare: Int64?) throws {
        guard lastHole?.hole != hole || lastHole?.gridSquare != gridSquare else { return }
        try add(gridSquare: gridSquare)
        addHole.bind(sessionID)
        addHole.bind(hole)
        addHole.bind(gridSquare)
        try addHole.run()
        lastHole = (hole, gridSquare)
    }

    mutating func add(area: Int64) throws {
        guard areas.insert(area).inserted else { return }
        addArea.bind(sessionID)
        addArea.bind(area)
        try addArea.run()
    }

    /// The file of the same image that the archive has already, where it is another one and still there; else nil.
    /// - Parameter column: The column of the image's XML or of its JPG.
    func twin(of file: SourceFile, in table: ImageTable, _ column: FileColumn, root: String, _ db: Database) throws
        -> String?
    {
        let known = try String.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT r.path || '/' || f.path FROM \(table.rawValue) i
                    JOIN source_file f ON f.source_file_id = i.\(column.rawValue)
                    JOIN session_root r USING (session_root_id)
                    WHERE i.session_id = ? AND i.name = ?
                    """),
            arguments: [sessionID, file.name.stem])
        guard let known, known != root + "/" + file.path, PathText.status(known) != nil else { return nil }
        return known
    }

    static func problem(_ path: String) -> String { "the same image as \(path)" }

    enum FileColumn: String {
        case metadata = "metadata_file_id"
        case image = "image_file_id"
    }

    enum ImageTable: String {
        case hole = "hole_image"
        case gridSquare = "grid_square_image"
    }

    /// Stores a hole image from its XML.
    /// - Returns: The results of epu-analyze that no longer hold, as they rest on what is new.
    mutating func store(_ name: HoleImageName, _ image: ImageMetadata, file: SourceFile, fileID: Int64) throws
        -> StaleResults
    {
        let columns = HoleImageColumns(
            foilHole: name.foilHole,
            image: ImageColumns(
                sessionID: sessionID, gridSquare: file.gridSquare, name: name.base, fileID: fileID, image: image))
        return try holeImages.run(columns)
    }

    /// Stores that a hole image has a JPG; its XML may come later, or never.
    func store(_ name: HoleImageName, file: SourceFile, imageFileID: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO hole_image (session_id, grid_square, foil_hole, name, image_file_id) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (session_id, name) DO UPDATE SET image_file_id = excluded.image_file_id
                """
        ).execute(arguments: [sessionID, file.gridSquare, name.foilHole, name.base, imageFileID])
    }

    /// Stores a grid square image from its XML.
    mutating func storeSquare(_ image: ImageMetadata, file: SourceFile, fileID: Int64) throws {
        let columns = ImageColumns(
            sessionID: sessionID, gridSquare: file.gridSquare, name: file.name.stem, fileID: fileID, image: image)
        try squareImages.run(columns)
    }

    func storeSquare(file: SourceFile, imageFileID: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO grid_square_image (session_id, grid_square, name, image_file_id) VALUES (?, ?, ?, ?)
                ON CONFLICT (session_id, name) DO UPDATE SET image_file_id = excluded.image_file_id
                """
        ).execute(arguments: [sessionID, file.gridSquare, file.name.stem, imageFileID])
    }
}
