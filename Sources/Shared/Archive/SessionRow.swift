import EPUCore
public import GRDB

/// A session of the archive, as commands choose and name it.
public struct SessionRow: Sendable {
    public let sessionID: Int64
    public let name: String
    public let grid: String
    /// The name made safe for a folder; no other session of the archive has the same.
    public let folderName: String

    /// The named sessions in the order of their ids; all of them where no name is given.
    /// - Throws: `Failure` for a name that the archive does not have, or where there is no session at all.
    public static func select(_ db: Database, names: [String]) throws -> [SessionRow] {
        let all = try all(db)
        guard !all.isEmpty else {
            throw Failure("The archive holds no session. Load one with `epu-ingest SESSION_DIR`.")
        }
        for name in names where !all.contains(where: { $0.name == name }) {
            let known = all.prefix(5).map(\.name).joined(separator: ", ")
            let more = all.count > 5 ? " and \(all.count - 5) more" : ""
            throw Failure("The archive has no session \"\(name)\". It has: \(known)\(more).")
        }
        return names.isEmpty ? all : all.filter { names.contains($0.name) }
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
