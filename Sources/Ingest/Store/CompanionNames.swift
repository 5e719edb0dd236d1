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

    func root(ofSquare square: Int64, _ db: Database) throws -> Int64? {
        try root(
            with: "SELECT 1 FROM foil_hole WHERE session_id = ?1 AND grid_square = ?2 LIMIT 1", [square], db)
    }

    private func root(
        with condition: String, _ arguments: [(any DatabaseValueConvertible)?], _ db: Database
    ) throws -> Int64? {
        let statement = try db.cachedStatement(sql: condition)
        let owners = try roots.all.filter { root in
            try Int.fetchOne(statement, arguments: StatementArguments([root.sessionID] + arguments)) != nil
        }
        return owners.count == 1 ? owners[0].id : nil
    }
}
