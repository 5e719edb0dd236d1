import EPUArchive
import EPUCore
import GRDB

/// The links from JPGs to the exposures that they show: the two share a base name, may lie in different folders or roots of a
/// session, and come in any order. Where something is written before the name of both, it has to be the same.
struct PreviewLinks {
    private let sessionID: Int64
    private let rootID: Int64
    private let db: Database
    private var setImage: RowStatement
    private var find: RowStatement
    /// The JPG that was just written, whose XML comes next.
    private var expected: (name: SourceName, fileID: Int64)?

    struct Preview {
        let fileID: Int64
        /// Whether the ledger has the JPG as one without exposure, or as one whose exposure had another name.
        let wasOrphan: Bool
    }

    struct Exposure {
        let id: Int64
        let metadataFileID: Int64
        let imageFileID: Int64?
        let hasStatusMissing: Bool
    }

    init(sessionID: Int64, rootID: Int64, _ db: Database) throws {
        self.sessionID = sessionID
        self.rootID = rootID
        self.db = db
        find = try RowStatement(
            db,
            """
            SELECT f.source_file_id, f.path FROM source_file f JOIN session_root r USING (session_root_id)
            WHERE f.stem = ? AND f.kind = \(SourceKind.exposureImage.sql) AND f.status <> \(FileStatus.unreadable.sql)
                AND r.session_id = ?
            ORDER BY f.session_root_id <> ?, f.path
            """)
        setImage = try RowStatement(db, "UPDATE exposure SET image_file_id = ? WHERE exposure_id = ?")
    }

    mutating func expect(_ name: SourceName, _ fileID: Int64) { expected = (name, fileID) }

    /// The JPG of an exposure, from the exposure's own root if there is one; nil where there is none.
    mutating func preview(of name: SourceName) throws -> Preview? {
        if let expected, expected.name.stem == name.stem, expected.name.prefix == name.prefix {
            return Preview(fileID: expected.fileID, wasOrphan: false)
        }
        find.bind(name.stem)
        find.bind(sessionID)
        find.bind(rootID)
        var found: (likeness: Likeness, fileID: Int64)?
        try find.forEachRow { row in
            let likeness = Likeness(name, row.string(1) ?? "")
            if likeness > found?.likeness ?? .other { found = (likeness, row.int(0)) }
        }
        guard let fileID = found?.fileID else { return nil }
        let word = try String.fetchOne(
            db.cachedStatement(sql: "SELECT status FROM source_file WHERE source_file_id = ?"), arguments: [fileID])
        let status = word.flatMap(FileStatus.init)
        return Preview(fileID: fileID, wasOrphan: status == .orphanImage || status == .twin)
    }

    /// The exposure of a JPG; of several, one that has no JPG yet.
    func exposure(of name: SourceName) throws -> Exposure? {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT e.exposure_id, e.metadata_file_id, e.image_file_id, f.status, f.path
                    FROM exposure e JOIN source_file f ON f.source_file_id = e.metadata_file_id
                    WHERE e.session_id = ? AND e.name = ? ORDER BY e.image_file_id IS NOT NULL, e.exposure_id
                    """),
            arguments: [sessionID, name.stem])
        var found: (likeness: Likeness, exposure: Exposure)?
        for row in rows {
            let likeness = Likeness(name, row[4])
            guard likeness > found?.likeness ?? .other else { continue }
            found = (
                likeness,
                Exposure(
                    id: row[0], metadataFileID: row[1], imageFileID: row[2],
                    hasStatusMissing: row[3] == FileStatus.missingImage.rawValue
                )
            )
        }
        return found?.exposure
    }

    /// How sure it is that two files with the same base name are of one image, by what is written before it.
    private enum Likeness: Comparable {
        case other
        /// One of the two has EPU's own name, and the other has something before it.
        case renamed
        case same

        init(_ name: SourceName, _ path: String) {
            let fileName = path.utf8.split(separator: UInt8(ascii: "/")).last.map { Substring($0) } ?? ""
            let prefix = fileName.hasPrefix(name.stem) ? "" : SourceName(String(fileName)).prefix
            self = prefix == name.prefix ? .same : prefix.isEmpty || name.prefix.isEmpty ? .renamed : .other
        }
    }

    mutating func link(_ exposureID: Int64, to fileID: Int64) throws {
        setImage.bind(fileID)
        setImage.bind(exposureID)
        try setImage.run()
    }
}
