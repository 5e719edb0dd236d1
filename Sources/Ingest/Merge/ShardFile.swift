import EPUArchive
import EPUCore
import Foundation
import GRDB

/// An archive that is to be merged into another. Its file is not changed.
struct ShardFile {
    /// The file as it was given.
    let name: String
    /// Whether it is of an older version, or has what was left of sessions that were deleted with foreign keys off.
    private let isOutdated: Bool

    /// - Throws: `Failure` for a file that is missing, is no archive, or is the archive that it is to be merged into.
    init(_ given: String, into archive: String) throws {
        guard let status = PathText.status(given), PathText.isFile(status) else {
            throw Failure("There is no archive at \(given). Give the files of the archives that are to be merged.")
        }
        if let own = PathText.status(archive), own.st_dev == status.st_dev, own.st_ino == status.st_ino {
            throw Failure("\(given) is the archive itself. Name the one that is to be made or added to with --db.")
        }
        name = given
        isOutdated = try Self.isOld(given) || Self.hasRemains(given)
    }

    /// Makes a copy that is up to date; nil where the file itself is.
    func updatedCopy() throws -> WorkingCopy? {
        guard isOutdated else { return nil }
        let copy = try WorkingCopy(of: name)
        // Opened to be written, it is brought up to date.
        _ = try Archive(copy.path, access: .write, keepsCopy: false)
        return copy
    }

    /// Whether the file is an archive of an older version. What is no archive is found out when it is opened as one.
    private static func isOld(_ path: String) -> Bool {
        var configuration = Configuration()
        configuration.readonly = true
        let isOld = try? DatabaseQueue(path: path, configuration: configuration).read { db in
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            return try version > 0 && version < Archive.schemaVersion && db.tableExists("session")
        }
        return isOld ?? false
    }

    private static func hasRemains(_ path: String) throws -> Bool {
        try Archive(path, access: .read).read { db in
            try Bool.fetchOne(
                db,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM session_root
                                   WHERE session_id IS NOT NULL AND session_id NOT IN (SELECT session_id FROM session))
                    """) ?? false
        }
    }
}
