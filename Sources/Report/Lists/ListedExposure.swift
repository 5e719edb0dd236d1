import EPUArchive
import GRDB

/// An exposure as the lists name it, with its verdict. Paths are absolute and written as `PathText`.
struct ListedExposure {
    /// The base name without suffix.
    let name: String
    /// The path of its XML; nil if there is none.
    let metadataPath: String?
    /// The path of its JPG. If there is no JPG, the path that it would have beside the XML; nil if there is neither.
    let imagePath: String?
    let hasImage: Bool
    /// The session's folders that hold the XML and the JPG.
    let roots: Set<String>
    /// The camera; nil if it is not known.
    let camera: SessionMovies.Camera?
    /// Whether it is bad; nil if it was not judged.
    let isBad: Bool?
    /// Whether the verdict is a person's.
    let isReviewed: Bool
    /// Whether its XML was read.
    var isRead = true
    /// Whether it is a possible overexposure of which no person has said what it is.
    var isPossible = false

    /// The exposures of a session in time order, then those of which no XML could be read.
    static func all(of choice: AnalysisChoice, _ movies: SessionMovies, _ db: Database) throws -> [ListedExposure] {
        try read(of: choice, db) + movies.files.unread.map(ListedExposure.init)
    }

    private init(
        name: String, metadataPath: String?, imagePath: String?, hasImage: Bool, roots: Set<String>,
        camera: SessionMovies.Camera?, isBad: Bool?, isReviewed: Bool
    ) {
        (self.name, self.metadataPath, self.imagePath, self.hasImage) = (name, metadataPath, imagePath, hasImage)
        (self.roots, self.camera, self.isBad, self.isReviewed) = (roots, camera, isBad, isReviewed)
    }

    private init(_ unread: LedgerFiles.Unread) {
        self.init(
            name: unread.name, metadataPath: unread.metadataPath,
            imagePath: unread.imagePath ?? unread.metadataPath.map(Self.jpgPath), hasImage: unread.imagePath != nil,
            roots: unread.roots, camera: nil, isBad: nil, isReviewed: false)
        isRead = false
    }

    private static func read(of choice: AnalysisChoice, _ db: Database) throws -> [ListedExposure] {
        var exposures: [ListedExposure] = []
        var statement = try RowStatement(
            db,
            """
            SELECT e.name, e.fractionation, \(SessionMovies.cameraSQL) AS camera, metadata_root.path AS metadata_root,
                   metadata_root.path || '/' || metadata.path AS metadata_path, image_root.path AS image_root,
                   image_root.path || '/' || image.path AS image_path,
                   \(ExposureVerdict.sql) AS is_bad,
                   r.exposure_id IS NOT NULL AS is_reviewed,
                   r.exposure_id IS NULL AND EXISTS (
                       SELECT 1 FROM possible_overexposure o
                       WHERE o.analysis_id = a.analysis_id AND o.exposure_id = e.exposure_id) AS is_possible
            FROM exposure e
            JOIN source_file metadata ON metadata.source_file_id = e.metadata_file_id
            JOIN session_root metadata_root ON metadata_root.session_root_id = metadata.session_root_id
            LEFT JOIN source_file image ON image.source_file_id = e.image_file_id
            LEFT JOIN session_root image_root ON image_root.session_root_id = image.session_root_id
            \(ExposureVerdict.joins(analysis: "?2"))
            WHERE e.session_id = ?1
            ORDER BY e.acquired_at, e.name, e.exposure_id
            """)
        statement.bind(choice.session.sessionID)
        statement.bind(choice.analysisID)
        try statement.forEachRow { row in
            let metadata = row.string(4) ?? ""
            let image = row.string(6)
            var exposure = ListedExposure(
                name: row.string(0) ?? "", metadataPath: metadata,
                imagePath: image ?? jpgPath(besideMetadata: metadata), hasImage: image != nil,
                roots: Set([row.string(3), row.string(5)].compactMap { $0 }),
                camera: SessionMovies.Camera(fractionation: row.string(1), name: row.string(2)),
                isBad: row.optionalInt(7).map { $0 != 0 }, isReviewed: row.int(8) != 0)
            exposure.isPossible = row.int(9) != 0
            exposures.append(exposure)
        }
        return exposures
    }

    private static func jpgPath(besideMetadata path: String) -> String {
        path.lowercased().hasSuffix(".xml") ? path.dropLast(4) + ".jpg" : path + ".jpg"
    }
}
