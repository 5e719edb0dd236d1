import EPUCore
import GRDB

/// An archive that came back from the sqlite3 shell's `.dump`, which keeps all rows and leaves out the two numbers that tell an
/// archive from other databases (PRAGMA application_id and user_version).
enum RestoredDump {
    /// The schema version of a database that does not say that it is an archive.
    /// - Throws: `Failure` where its tables are not ours, or where they are and nothing says of which version.
    static func version(of db: Database, path: String) throws -> Int {
        let names = try Set(String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"))
        guard names.isSuperset(of: ["session", "session_root", "source_file", "foil_hole", "exposure"]),
            try Int.fetchOne(db, sql: "PRAGMA application_id") == 0
        else {
            throw Failure("\(path) is an SQLite database, but not an EPU archive. Name another file with --db.")
        }
        if names.contains("archive_version"),
            let version = try Int.fetchOne(db, sql: "SELECT schema_version FROM archive_version")
        {
            return version
        }
        // Only version 7 and later say in a view which they are.
        let version = names.contains("notice") ? "6" : "N"
        throw Failure(
            "\(path) has the tables of an EPU archive, and its PRAGMA application_id and user_version are missing, as after the "
                + "sqlite3 shell's .dump. Run in the sqlite3 shell: `PRAGMA application_id = \(Archive.applicationID); "
                + "PRAGMA user_version = \(version);`"
                + (version == "N" ? ", where N is what the archive that was dumped has (1 to 5)." : ""))
    }

    /// Writes the missing numbers, where all else is an archive's.
    static func mark(_ db: Database, _ version: Int) throws {
        guard try Int.fetchOne(db, sql: "PRAGMA application_id") == 0 else { return }
        try db.inTransaction(.immediate) {
            try Archive.mark(db, version)
            return .commit
        }
    }
}
