import EPUCore
import GRDB

/// Finds which of a folder's sessions has the exposure or image of the name that a file without an instrument has.
struct CompanionNames {
    let roots: FolderRoots

    /// The root of that session; nil where none of them has it, or several.
    func root(of name: SourceName, _ db: Database) throws -> Int64? {
        switch name.kind {
        case .holeImage:
            if let own = try root(with: "SELECT 1 FROM hole_image WHERE session_id = ? AND name = ?", [name.stem], db) {
                return own
            }
            let hole = name.hole?.foilHole
            return try root(with: "SELECT 1 FROM exposure WHERE session_id = ? AND foil_hole = ? LIMIT 1", [hole], db)
        case .gridSquareImage:
            return try root(
                with: "SELECT 1 FROM grid_square_image WHERE session_id = ? AND name = ?", [name.stem], db)
        default:
            return try root(with: "SELECT 1 FROM exposure WHERE session_id = ? AND name = ? LIMIT 1", [name.stem], db)
        }
    }

    /// The root of the session that has holes in a square; of a split session that of the base, which keeps the hole maps.
    func root(ofSquare square: Int64, _ db: Database) throws -> Int64? {
        let bases = try Set(
            owners(with: "SELECT 1 FROM foil_hole WHERE session_id = ?1 AND grid_square = ?2 LIMIT 1", [square], db)
                .map(roots.base))
        return bases.count == 1 ? bases.first : nil
    }

    private func root(
        with condition: String, _ arguments: [(any DatabaseValueConvertible)?], _ db: Database
    ) throws -> Int64? {
        let owners = try owners(with: condition, arguments, db)
        return owners.count == 1 ? owners[0].id : nil
    }

    private func owners(
        with condition: String, _ arguments: [(any DatabaseValueConvertible)?], _ db: Database
    ) throws -> [FolderRoots.Root] {
        let statement = try db.cachedStatement(sql: condition)
        return try roots.all.filter { root in
            try Int.fetchOne(statement, arguments: StatementArguments([root.sessionID] + arguments)) != nil
        }
    }
}
