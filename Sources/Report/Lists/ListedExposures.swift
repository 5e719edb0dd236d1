import EPUArchive
import EPUCore
import GRDB

/// The exposures of a session as the lists name them. They come of the rows of `exposures.csv`, so that these are read once.
struct ListedExposures {
    /// The exposures in time order, then those of which no XML could be read.
    private(set) var all: [ListedExposure] = []
    /// The session's folders that hold an XML or a JPG of these, as `PathText`.
    private(set) var roots: Set<PathKey> = []
    private var rootIDs: Set<Int64> = []
    /// The folders of the XML and the JPG of the row before, and its camera: few rows have others.
    private var rootsBefore: (metadata: Int64, image: Int64?)?
    private var cameraBefore = SessionMovies.Camera(fractionation: nil, name: nil)

    /// The columns that only the lists need. They are the last ones of a row: those of an exposure `e`, its XML `metadata`, its JPG
    /// `image`, a person's verdict `r` and a possible overexposure `m`.
    static let columnsSQL = """
        metadata.session_root_id AS metadata_root_id, image.session_root_id AS image_root_id, e.fractionation AS movie_fractions,
        \(SessionMovies.cameraSQL) AS camera_names, r.exposure_id IS NOT NULL AS is_reviewed,
        r.exposure_id IS NULL AND m.exposure_id IS NOT NULL AS is_possible
        """
    /// The number of these columns.
    static let columns = 6

    /// Adds the exposure of a row of `exposures.csv`, which begins with its name and its list.
    /// - Parameters:
    ///   - metadataPath: the column of the path of the XML.
    ///   - imagePath: the column of the path of the JPG.
    ///   - first: the first of `columnsSQL`.
    mutating func add(_ row: borrowing ResultRow, metadataPath: Int32, imagePath: Int32, first: Int32) {
        let roots = (metadata: row.int(first), image: row.optionalInt(first + 1))
        if rootsBefore.map({ $0 != roots }) ?? true {
            rootIDs.formUnion([roots.metadata, roots.image ?? roots.metadata])
            rootsBefore = roots
        }
        if !Self.has(row, first + 2, cameraBefore.fractionation) || !Self.has(row, first + 3, cameraBefore.name) {
            cameraBefore = SessionMovies.Camera(fractionation: row.string(first + 2), name: row.string(first + 3))
        }
        all.append(
            ListedExposure(
                name: row.string(0) ?? "", metadataPath: row.string(metadataPath) ?? "",
                imagePath: row.string(imagePath),
                camera: cameraBefore, isBad: row.hasText(1, "notjudged") ? nil : row.hasText(1, "bad"),
                isReviewed: row.int(first + 4) != 0, isPossible: row.int(first + 5) != 0))
    }

    private static func has(_ row: borrowing ResultRow, _ column: Int32, _ text: String?) -> Bool {
        guard let text else { return row.isNull(column) }
        return row.hasText(column, text)
    }

    /// Looks up the folders of the exposures that were added.
    mutating func nameRoots(_ db: Database) throws {
        let paths = try String.fetchAll(
            db, sql: "SELECT path FROM session_root WHERE session_root_id IN (\(rootIDs.sorted().sqlList))")
        roots.formUnion(paths.map(PathKey.init))
    }

    /// Adds the exposures of which no XML could be read.
    mutating func add(_ unread: [LedgerFiles.Unread]) {
        for exposure in unread {
            all.append(ListedExposure(exposure))
            roots.formUnion(exposure.roots)
        }
    }
}
