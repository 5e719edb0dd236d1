import EPUArchive
import EPUCore
import EPUFormat
import Foundation
import GRDB

/// Writes exposures of one session within one transaction.
struct ExposureWriter {
    private let sessionID: Int64
    /// The folder that paths are relative to.
    private let root: String
    private let db: Database
    private var insert: RowStatement?
    private var update: RowStatement?
    private var staleQuery: StaleQuery?

    enum Outcome {
        case new
        case changed
        /// The archive has this exposure from another file.
        case twin(of: String)
        /// Another exposure has its name, and nothing tells the two apart for good.
        case indistinct(from: String)
    }

    init(sessionID: Int64, root: String, _ db: Database) throws {
        self.sessionID = sessionID
        self.root = root
        self.db = db
    }

    /// Stores what an exposure's XML says, or brings its row up to date.
    /// - Parameters:
    ///   - isNewFile: Whether the ledger had no row of this file.
    ///   - imageFileID: The id of its JPG, where one is known.
    mutating func store(
        _ exposure: ExposureColumns, file: SourceFile, fileID: Int64, isNewFile: Bool, imageFileID: Int64?
    ) throws -> Outcome {
        let known =
            isNewFile
            ? nil
            : try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT exposure_id FROM exposure WHERE metadata_file_id = ?"),
                arguments: [fileID])
        if known == nil, try insert(exposure, fileID: fileID, imageFileID: imageFileID) { return .new }
        let twin = try twin(exposure)
        if let known, let twin, twin.exposureID != known {
            // The file's content was replaced by that of an exposure which the archive has from another file.
            try StaleResults.positions.forget(of: sessionID, exposures: [known], db)
            try db.execute(sql: "DELETE FROM exposure WHERE exposure_id = ?", arguments: [known])
            return .twin(of: twin.path)
        }
        if let known {
            try update(known, exposure, imageFileID: imageFileID)
            return .changed
        }
        guard let twin else { throw Failure("The archive refuses \(root)/\(file.path).") }
        let isSameFile = twin.path.hasSameBytes(as: root + "/" + file.path)
        guard isSameFile || PathText.status(twin.path) == nil else {
            if try isOtherShot(twin.exposureID, exposure) { return .indistinct(from: twin.path) }
            guard comes(file, exposure, before: twin) else { return .twin(of: twin.path) }
            try update(twin.exposureID, exposure, imageFileID: nil)
            try take(twin.exposureID, fileID: fileID, imageFileID: imageFileID)
            try SameShot.mark(twin.fileID, asTwinOf: root + "/" + file.path, insteadOf: twin.path, db)
            return .changed
        }
        // The session was moved, or the file is now seen from a folder above: the exposure stays the same, its file
        // is the new one.
        try update(twin.exposureID, exposure, imageFileID: nil)
        try take(twin.exposureID, fileID: fileID, imageFileID: imageFileID)
        try db.cachedStatement(sql: "DELETE FROM source_file WHERE source_file_id = ?")
            .execute(arguments: [twin.fileID])
        return .changed
    }

    private func take(_ exposureID: Int64, fileID: Int64, imageFileID: Int64?) throws {
        try db.cachedStatement(
            sql: "UPDATE exposure SET metadata_file_id = ?, image_file_id = ? WHERE exposure_id = ?"
        ).execute(arguments: [fileID, imageFileID, exposureID])
    }

    /// Whether the file is the one to keep of two that are there: the one in the folder of a square, as a flat folder of copies or
    /// links does not say it; of two squares of one root the one whose path comes first, whichever file did.
    private func comes(_ file: SourceFile, _ exposure: ExposureColumns, before twin: Twin) -> Bool {
        guard let square = exposure.gridSquare, let other = twin.gridSquare else {
            return exposure.gridSquare != nil && twin.gridSquare == nil
        }
        let path = root + "/" + file.path
        return square != other
            && twin.path.utf8.starts(with: (root + "/").utf8) && path.utf8.lexicographicallyPrecedes(twin.path.utf8)
    }

    private struct Twin {
        let exposureID: Int64
        let path: String
        let fileID: Int64
        let gridSquare: Int64?
    }

    /// Inserts an exposure.
    /// - Returns: False where the archive has the exposure.
    private mutating func insert(_ exposure: ExposureColumns, fileID: Int64, imageFileID: Int64?) throws -> Bool {
        var statement: RowStatement
        if let insert {
            statement = insert
        } else {
            let columns = ColumnNames(of: exposure)
            statement = try RowStatement(
                db,
                """
                INSERT INTO exposure (\(columns.list), session_id, metadata_file_id, image_file_id)
                VALUES (\(columns.parameters), ?, ?, ?) ON CONFLICT DO NOTHING
                """)
            insert = statement
        }
        exposure.visit(&statement)
        statement.bind(sessionID)
        statement.bind(fileID)
        statement.bind(imageFileID)
        try statement.run()
        return statement.changes == 1
    }

    private mutating func update(_ exposureID: Int64, _ exposure: ExposureColumns, imageFileID: Int64?) throws {
        try stale(exposureID, exposure).forget(of: sessionID, exposures: [exposureID], db)
        var statement: RowStatement
        if let update {
            statement = update
        } else {
            let columns = ColumnNames(of: exposure)
            statement = try RowStatement(
                db,
                """
                UPDATE exposure SET \(columns.assignments), image_file_id = ifnull(image_file_id, ?)
                WHERE exposure_id = ?
                """)
            update = statement
        }
        exposure.visit(&statement)
        statement.bind(imageFileID)
        statement.bind(exposureID)
        try statement.run()
    }

    /// Finds which results no longer hold when the archive's row says what the file says.
    private mutating func stale(_ exposureID: Int64, _ exposure: ExposureColumns) throws -> StaleResults {
        let query =
            staleQuery
            ?? StaleQuery(.exposure, key: "exposure_id", given: Set(ColumnNames(of: exposure).names))
        staleQuery = query
        return try query.run(exposureID, becoming: ColumnValues(of: exposure, in: query.columns).values, db)
    }

    private func twin(_ exposure: ExposureColumns) throws -> Twin? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT e.exposure_id, r.path || '/' || f.path AS path, f.source_file_id,
                        e.grid_square
                    FROM exposure e
                    JOIN source_file f ON f.source_file_id = e.metadata_file_id
                    JOIN session_root r USING (session_root_id)
                    WHERE e.session_id = ? AND e.name = ? AND ifnull(e.unique_id, '') = ifnull(?, '')
                    """),
            arguments: [sessionID, exposure.name.base, exposure.image.uniqueID]
        ).map { Twin(exposureID: $0[0], path: $0[1], fileID: $0[2], gridSquare: $0[3]) }
    }

    /// Whether an exposure of the same name is another shot: two files that people renamed may hold one name and be of two grids.
    /// Without a uniqueID their times tell it.
    private func isOtherShot(_ exposureID: Int64, _ exposure: ExposureColumns) throws -> Bool {
        guard exposure.image.uniqueID == nil, exposure.image.acquired?.utcOffsetMinutes != nil else { return false }
        return try Bool.fetchOne(
            db,
            sql: "SELECT acquired_at <> ? AND utc_offset_minutes IS NOT NULL FROM exposure WHERE exposure_id = ?",
            arguments: [exposure.image.acquired?.instant.archiveText, exposureID]) ?? false
    }
}
