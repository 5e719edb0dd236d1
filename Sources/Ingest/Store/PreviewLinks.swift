import EPUShared
import GRDB

/// Which JPG shows which exposure: they share a base name, and may lie in different folders or roots of a session, and
/// come in any order.
struct PreviewLinks {
    private let sessionID: Int64
    private let rootID: Int64
    private let db: Database
    private var setImage: RowStatement
    private var find: RowStatement
    /// The JPG that was just written, whose XML comes next.
    private var expected: (stem: String, fileID: Int64)?

    struct Preview {
        let fileID: Int64
        /// The ledger has it as one without exposure.
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
            SELECT f.source_file_id FROM source_file f JOIN session_root r USING (session_root_id)
            WHERE f.stem = ? AND f.kind = 'exposure-image' AND f.status <> 'unreadable' AND r.session_id = ?
            ORDER BY f.session_root_id <> ?, f.path LIMIT 1
            """)
        setImage = try RowStatement(db, "UPDATE exposure SET image_file_id = ? WHERE exposure_id = ?")
    }

    mutating func expect(_ stem: String, _ fileID: Int64) { expected = (stem, fileID) }

    /// The JPG of an exposure; the exposure's own root comes first.
    mutating func preview(of name: String) throws -> Preview? {
        if let expected, expected.stem == name { return Preview(fileID: expected.fileID, wasOrphan: false) }
        find.bind(name)
        find.bind(sessionID)
        find.bind(rootID)
        guard let fileID = try find.run() else { return nil }
        let status = try String.fetchOne(
            db.cachedStatement(sql: "SELECT status FROM source_file WHERE source_file_id = ?"), arguments: [fileID])
        return Preview(fileID: fileID, wasOrphan: status == "orphan image")
    }

    func exposure(named name: String) throws -> Exposure? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT e.exposure_id, e.metadata_file_id, e.image_file_id, f.status
                    FROM exposure e JOIN source_file f ON f.source_file_id = e.metadata_file_id
                    WHERE e.session_id = ? AND e.name = ? ORDER BY e.image_file_id IS NOT NULL, e.exposure_id LIMIT 1
                    """),
            arguments: [sessionID, name]
        ).map {
            Exposure(id: $0[0], metadataFileID: $0[1], imageFileID: $0[2], hasStatusMissing: $0[3] == "missing image")
        }
    }

    mutating func link(_ exposureID: Int64, to fileID: Int64) throws {
        setImage.bind(fileID)
        setImage.bind(exposureID)
        try setImage.run()
    }
}
