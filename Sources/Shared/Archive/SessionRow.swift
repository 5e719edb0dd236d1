import EPUCore
public import GRDB
import Glibc

/// A session of the archive, as commands choose and name it.
public struct SessionRow: Sendable {
    public let sessionID: Int64
    public let name: String
    public let grid: String
    /// The name made safe for a folder; no other session of the archive has the same.
    public let folderName: String

    /// The named sessions in the order of their ids; all of them where no name is given.
    /// - Parameter names: Names, or patterns with `*`, `?` and `[...]` as a shell has them.
    /// - Throws: `Failure` for a name that the archive does not have, or where there is no session at all.
    public static func select(_ db: Database, names: [String]) throws -> [SessionRow] {
        let all = try all(db)
        guard !all.isEmpty else {
            throw Failure("The archive holds no session. Load one with `epu-ingest SESSION_DIR`.")
        }
        let chosen = names.map { name in
            // A session may have a name with such characters, which is then that session's.
            let exact = all.filter { $0.name == name }
            return exact.isEmpty ? all.filter { fnmatch(name, $0.name, 0) == 0 } : exact
        }
        for (name, sessions) in zip(names, chosen) where sessions.isEmpty { throw unknown(name, of: all) }
        guard !names.isEmpty else { return all }
        let ids = Set(chosen.joined().map(\.sessionID))
        return all.filter { ids.contains($0.sessionID) }
    }

    /// The sessions of these names, in this order. No name is a pattern here: what is removed or joined is named.
    /// - Throws: `Failure` for a name that the archive does not have.
    public static func named(_ names: [String], _ db: Database) throws -> [SessionRow] {
        let all = try all(db)
        return try names.map { name in
            guard let session = all.first(where: { $0.name == name }) else { throw unknown(name, of: all) }
            return session
        }
    }

    private static func unknown(_ name: String, of all: [SessionRow]) -> Failure {
        guard !all.isEmpty else {
            return Failure("The archive holds no session. Load one with `epu-ingest SESSION_DIR`.")
        }
        let known = all.prefix(5).map(\.name).joined(separator: ", ")
        let more = all.count > 5 ? " and \(all.count - 5) more" : ""
        return Failure("The archive has no session \"\(name)\". It has: \(known)\(more).")
    }

    /// The named sessions, or all of the archive; those without exposures are left out unless they were named.
    /// - Throws: `Failure` for a name that the archive does not have, a named session without exposures, or where there is
    ///   no exposure at all.
    public static func withExposures(_ db: Database, names: [String]) throws -> [SessionRow] {
        let selected = try select(db, names: names).filter { session in
            let holdsExposures =
                try Int.fetchOne(
                    db, sql: "SELECT 1 FROM exposure WHERE session_id = ? LIMIT 1", arguments: [session.sessionID])
                != nil
            guard holdsExposures || names.isEmpty else {
                throw Failure("\(session.name) has no exposure in the archive. Run `epu-ingest` on its folder again.")
            }
            return holdsExposures
        }
        guard !selected.isEmpty else {
            throw Failure("The archive holds no exposure. Load some with `epu-ingest SESSION_DIR`.")
        }
        return selected
    }

    private static func all(_ db: Database) throws -> [SessionRow] {
        var taken: Set<String> = []
        // Each command reads all of them: in an archive of years, a record's look-ups of columns by name would be noticed.
        return try Row.fetchAll(db, sql: "SELECT session_id, name, grid FROM session ORDER BY session_id").map { row in
            let (id, name, grid): (Int64, String, String) = (row[0], row[1], row[2])
            let safe = safeFolderName(name)
            var folder = safe
            var number = 2
            // Case is left out, as some file systems compare without it.
            while !taken.insert(folder.lowercased()).inserted {
                folder = "\(safe)~\(number)"
                number += 1
            }
            return SessionRow(sessionID: id, name: name, grid: grid, folderName: folder)
        }
    }

    /// The name with everything but letters, digits, `.`, `-`, `_` and `~` made `_`.
    private static func safeFolderName(_ name: String) -> String {
        let safe = String(
            name.unicodeScalars.map { scalar in
                let allowed =
                    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    || "._-~".unicodeScalars.contains(scalar)
                return allowed ? Character(scalar) : "_"
            })
        return safe.allSatisfy { $0 == "." } ? String(repeating: "_", count: max(1, safe.count)) : safe
    }
}
