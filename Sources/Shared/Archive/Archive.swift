import EPUCore
import Foundation
public import GRDB

/// One SQLite file with the sessions of many microscopes and what was found in them. The schema is `schema.sql`.
public final class Archive: Sendable {
    public static let schemaVersion = 7
    /// The number that tells archives of these tools from other SQLite databases: "EPUA"
    /// (https://www.sqlite.org/pragma.html#pragma_application_id).
    static let applicationID = 0x4550_5541

    public let path: String
    public let database: DatabaseQueue

    public enum Access: Sendable {
        /// Access for reports: the file must exist and is not changed.
        case read
        /// Access for copies: as for reports, and the archive may be of any version.
        case copy
        /// Access for analyses: the file must exist.
        case write
        /// Access for ingest: the file is made where it is missing.
        case create
    }

    /// What a person is told while an archive is opened or waited for.
    public static let tellOnStandardError: @Sendable (String) -> Void = {
        StandardStream.write($0 + "\n", to: STDERR_FILENO)
    }

    /// Opens an archive, and brings an older one to this version.
    /// - Parameters:
    ///   - keepsCopy: Whether an older one is copied before it is brought to this version.
    ///   - tell: Takes what a person is to know, for example for whom the tool waits.
    /// - Throws: `Failure` for a missing file, one that is no archive or was written by newer tools, or that cannot be
    ///   read or written.
    public convenience init(
        _ path: String, access: Access, keepsCopy: Bool = true,
        tell: @escaping @Sendable (String) -> Void = Archive.tellOnStandardError
    ) throws {
        try self.init(path, access: access, keepsCopy: keepsCopy, isSecond: false, tell: tell)
    }

    /// - Parameter isSecond: Whether this process has the file open already. Then nothing besides SQLite may open and close it, as
    ///   that would take SQLite's locks from it (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
    init(
        _ path: String, access: Access, keepsCopy: Bool, isSecond: Bool, tell: @escaping @Sendable (String) -> Void
    ) throws {
        let existed = FileManager.default.fileExists(atPath: path)
        if !existed && access != .create {
            throw Failure(
                "There is no archive at \(path). Make one with `epu-ingest SESSION_DIR`, or name another with --db.")
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw Failure("\(path) is a folder. Name the archive's file with --db.")
        }
        self.path = path
        do {
            var configuration = Configuration()
            configuration.readonly = access == .read || access == .copy
            let wait = try LockWait(for: path, tell: tell)
            configuration.busyMode = .callback { wait.isToTryAgain($0) }
            // SQLite's own 2 MB are few for the indexes of a large session; analyses go through its exposures in time order,
            // which is not the order of the table, and ingest goes through them several times when it has stored all.
            let cacheKilobytes = access == .write ? 49_152 : access == .create ? 24_576 : 8192
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -\(cacheKilobytes)") }
            if !isSecond { try NetworkDisk.refuseWAL(path) }
            database = try Self.open(path, configuration)
            try prepare(access) { version in
                guard keepsCopy else { return }
                try CopyBeforeMigration.write(of: path, version: version, tell: tell)
            }
        } catch {
            // Nothing is left of a file that could not be begun; a file that another tool has begun has a size.
            if !existed, (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int == 0 {
                try? FileManager.default.removeItem(atPath: path)
            }
            throw Self.explain(error, path: path)
        }
    }

    public func read<T>(_ work: (Database) throws -> T) throws -> T {
        do { return try database.read(work) } catch { throw Self.explain(error, path: path) }
    }

    /// Runs `work` in one transaction: all of it is stored or none of it.
    public func write<T>(_ work: (Database) throws -> T) throws -> T {
        do {
            return try database.writeWithoutTransaction { try Self.transact($0, work) }
        } catch {
            throw Self.explain(error, path: path)
        }
    }

    /// Runs `work` in one transaction without holding the thread that waits for it.
    public func writeInBackground<T: Sendable>(_ work: @escaping @Sendable (Database) throws -> T) async throws -> T {
        do {
            return try await database.writeWithoutTransaction { try Self.transact($0, work) }
        } catch {
            throw Self.explain(error, path: path)
        }
    }

    /// Writes the file again without its free pages. Others wait meanwhile; a stop leaves it as it was.
    public func vacuum() throws {
        do {
            try database.vacuum()
        } catch {
            throw Self.explain(error, path: path)
        }
    }

    private static func transact<T>(_ db: Database, _ work: (Database) throws -> T) throws -> T {
        var result: T?
        // Taking the write lock at once avoids a deadlock between two tools that both read and then write.
        try db.inTransaction(.immediate) {
            result = try work(db)
            return .commit
        }
        guard let result else { throw Failure("The transaction was rolled back.") }
        return result
    }

    /// Opens the file. A tool that was killed leaves a journal, which only a connection that may write can roll back
    /// (https://www.sqlite.org/rescode.html#readonly_rollback).
    private static func open(_ path: String, _ configuration: Configuration) throws -> DatabaseQueue {
        guard configuration.readonly else { return try DatabaseQueue(path: path, configuration: configuration) }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            _ = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") }
            return queue
        } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
            var writing = configuration
            writing.readonly = false
            do {
                try DatabaseQueue(path: path, configuration: writing).read { db in
                    _ = try Int.fetchOne(db, sql: "PRAGMA user_version")
                }
            } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
                throw Failure(
                    "A program that wrote to \(path) was stopped in the middle, and what it left cannot be undone here, as the "
                        + "disk is read-only. Run any of the tools once where the archive may be written.")
            }
            return try DatabaseQueue(path: path, configuration: configuration)
        }
    }

    /// Sees that the file is an archive of this version.
    /// - Parameter aboutToMigrate: Called before an archive of an older version, which is given, is changed; nobody else changes it meanwhile.
    private func prepare(_ access: Access, aboutToMigrate: (Int) throws -> Void) throws {
        let (version, isEmpty) = try database.read { db in
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
            if application == Self.applicationID || (tables == 0 && application == 0) { return (version, tables == 0) }
            return (try RestoredDump.version(of: db, path: path), false)
        }
        if access == .copy, !isEmpty { return }
        if version > Self.schemaVersion {
            throw Failure(
                "\(path) was written by a newer version of these tools (schema \(version), this one knows "
                    + "\(Self.schemaVersion)). Update the tools.")
        }
        guard isEmpty || version < Self.schemaVersion else {
            guard access != .read else { return }
            return try database.writeWithoutTransaction { db in
                try RestoredDump.mark(db, version)
                try DeletedSessions.finish(db)
            }
        }
        guard access != .read && access != .copy else {
            throw isEmpty
                ? Failure("\(path) is empty. Fill it with `epu-ingest SESSION_DIR`.")
                : Failure(
                    "\(path) is of an older version (schema \(version), this one is \(Self.schemaVersion)). Run `epu-ingest` or "
                        + "`epu-analyze` on it once, where the file may be written: they bring it up to date.")
        }
        let schema = String(decoding: PackageResources.schema_sql, as: UTF8.self)
        guard isEmpty else {
            try database.writeWithoutTransaction { db in
                try db.inTransaction(.immediate) {
                    // Another tool may have brought it up to date since the look above.
                    let present = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                    if present < Self.schemaVersion { try aboutToMigrate(version) }
                    return .commit
                }
            }
            return try Migration.run(database, schema: schema, from: version, to: Self.schemaVersion)
        }
        try database.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                // Another tool may have made the schema since the look above.
                if try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 {
                    try db.execute(sql: schema)
                    try Self.mark(db, Self.schemaVersion)
                }
                return .commit
            }
        }
    }

    /// Writes that this is an archive, and of which version.
    static func mark(_ db: Database, _ version: Int) throws {
        try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }
}
