import EPUArchive
import EPUCore
import Foundation
import GRDB

/// An archive that is to be merged into another. Its file is not changed.
struct ShardFile {
    /// The file as it was given.
    let name: String
    /// The file to read: where the shard is of an older version, a copy of it that was brought up to date.
    let path: String
    private let copy: WorkingCopy?

    /// - Throws: `Failure` for a file that is missing, is no archive, or is the archive that it is to be merged into.
    init(_ given: String, into archive: String) throws {
        guard let status = PathText.status(given), PathText.isFile(status) else {
            throw Failure("There is no archive at \(given). Give the files of the archives that are to be merged.")
        }
        if let own = PathText.status(archive), own.st_dev == status.st_dev, own.st_ino == status.st_ino {
            throw Failure("\(given) is the archive itself. Name the one that is to be made or added to with --db.")
        }
        name = given
        if try !Self.isOld(given) && !Self.hasRemains(given) {
            (copy, path) = (nil, given)
        } else {
            let made = try WorkingCopy(of: given)
            // Opened to be written, it is brought up to date.
            _ = try Archive(made.path, access: .write)
            (copy, path) = (made, made.path)
        }
    }

    /// Whether the file is of an older version. What is no archive at all is found out when it is opened as one.
    private static func isOld(_ path: String) -> Bool {
        var configuration = Configuration()
        configuration.readonly = true
        let version = try? DatabaseQueue(path: path, configuration: configuration).read { db in
            try Int.fetchOne(db, sql: "PRAGMA user_version")
        }
        return version.map { $0 > 0 && $0 < Archive.schemaVersion } ?? false
    }

    /// Whether a session was deleted with foreign keys off, so that rows were left which belong to none.
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
