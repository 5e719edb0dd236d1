import EPUArchive
import EPUCore
import GRDB

/// What the ledger knows of a session's exposures besides their values: movies, and exposures of which no XML could be read.
struct LedgerFiles {
    /// An exposure of which there is a movie, a JPG or a damaged XML, but no values.
    struct Unread {
        /// The base name without suffix.
        let name: String
        fileprivate(set) var metadataPath: String?
        fileprivate(set) var imagePath: String?
        fileprivate(set) var roots: Set<PathKey> = []
    }

    private static let kinds: [SourceKind] = [.exposure, .exposureImage, .movie]

    private(set) var movies = MovieIndex()
    /// The exposures without values, in the order of their names.
    private(set) var unread: [Unread] = []

    init(of session: SessionRow, _ db: Database) throws {
        var known: Set<ExposureKey> = []
        var names = try RowStatement(db, "SELECT name FROM exposure WHERE session_id = ?")
        names.bind(session.sessionID)
        try names.forEachRow { row in
            if let key = row.withBytes(0, ExposureKey.init(in:)) { known.insert(key) }
        }
        var unread: [ExposureKey: Unread] = [:]
        // The last root comes first: a session that was moved lies there.
        var files = try RowStatement(
            db,
            """
            SELECT f.path, r.path, f.kind, f.status, r.session_root_id
            FROM source_file f JOIN session_root r USING (session_root_id)
            WHERE r.session_id = ? AND \(Self.kinds.sql(isIn: "f.kind"))
            ORDER BY r.session_root_id DESC, f.path
            """)
        files.bind(session.sessionID)
        // Nearly all are files of known exposures; of these, only the bytes of the name are looked at.
        try files.forEachRow { row in
            let isMovie = row.hasText(2, SourceKind.movie.rawValue)
            let key = row.withBytes(0, ExposureKey.init(in:))
            // A file that repeats another one under its own name was judged as that other one.
            if let key, row.hasText(3, FileStatus.twin.rawValue) { known.insert(key) }
            let isKnown = key.map { known.contains($0) } ?? true
            guard isMovie || !isKnown, let path = row.string(0), let root = row.string(1) else { return }
            let fileName = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? ""
            let fullPath = root + "/" + path
            if isMovie { movies.add(fileName, at: fullPath, order: -Int(row.int(4))) }
            guard !isKnown, let key, let (name, _) = ExposureName.find(inAnyCase: fileName) else { return }
            var entry = unread[key] ?? Unread(name: name.base)
            entry.roots.insert(PathKey(root))
            if row.hasText(2, SourceKind.exposure.rawValue) { entry.metadataPath = entry.metadataPath ?? fullPath }
            if row.hasText(2, SourceKind.exposureImage.rawValue) { entry.imagePath = entry.imagePath ?? fullPath }
            unread[key] = entry
        }
        self.unread = unread.filter { !known.contains($0.key) }.values.sorted { $0.name < $1.name }
    }
}
