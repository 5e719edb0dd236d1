import EPUCore
import GRDB

/// The three plain tables in which SQLite keeps the R-tree `placement_index`, read and written within one transaction.
///
/// SQLite documents them (https://www.sqlite.org/rtree.html, "Shadow Tables") and holds nothing of them in memory between
/// statements.
struct RTreeStore {
    /// The size of every node.
    let nodeBytes: Int
    private var select: RowStatement

    init(_ db: Database) throws {
        let bytes = try Int.fetchOne(
            db, sql: "SELECT length(data) FROM placement_index_node WHERE nodeno = ?", arguments: [RTreeNode.rootID])
        guard let bytes, RTreeNode.capacity(bytes: bytes) > 1, bytes <= Self.greatestNodeBytes else {
            throw Self.isDamaged
        }
        nodeBytes = bytes
        select = try RowStatement(db, "SELECT data FROM placement_index_node WHERE nodeno = ?")
    }

    /// The number of cells that a node has room for.
    var capacity: Int { RTreeNode.capacity(bytes: nodeBytes) }

    /// What the greatest page of SQLite holds.
    private static let greatestNodeBytes = 65_536

    /// - Throws: `Failure` where there is no such node, or it has another size than the root, which SQLite does not read either.
    mutating func node(_ id: Int64) throws -> RTreeNode {
        var node: RTreeNode?
        select.bind(id)
        try select.forEachRow { row in
            node = row.withBlob(0) { [nodeBytes] in $0.count == nodeBytes ? RTreeNode($0) : nil }
        }
        guard let node else { throw Self.isDamaged }
        return node
    }

    static let isDamaged = Failure(
        "The archive's index of positions, placement_index, is damaged: `epu-ingest check --repair` makes it again.")
}

/// Writes nodes of the R-tree `placement_index`.
struct RTreeWriter {
    private(set) var store: RTreeStore
    private var insert: RowStatement
    private var setParent: RowStatement
    private var setLeaf: RowStatement
    private var nextID: Int64

    /// - Throws: `DatabaseError` where SQLite lets nobody write these tables: its defensive mode.
    init(_ db: Database) throws {
        store = try RTreeStore(db)
        insert = try RowStatement(db, "INSERT OR REPLACE INTO placement_index_node (nodeno, data) VALUES (?, ?)")
        setParent = try RowStatement(
            db, "INSERT OR REPLACE INTO placement_index_parent (nodeno, parentnode) VALUES (?, ?)")
        setLeaf = try RowStatement(db, "INSERT OR REPLACE INTO placement_index_rowid (rowid, nodeno) VALUES (?, ?)")
        let lastID = try Int64.fetchOne(db, sql: "SELECT max(nodeno) FROM placement_index_node") ?? 0
        // No tree comes near to so many nodes.
        guard lastID < Int64.max / 2 else { throw RTreeStore.isDamaged }
        nextID = lastID + 1
    }

    /// Runs what writes these tables.
    /// - Returns: nil where SQLite refuses it for their sake, as a connection in its defensive mode does when a statement is
    ///   prepared; nothing was changed then.
    static func ifAllowed<Result>(_ body: () throws -> Result) throws -> Result? {
        do {
            return try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            return nil
        }
    }

    /// Empties the R-tree, whatever state its tables are in.
    /// - Throws: `DatabaseError`, as `init`; nothing was changed then.
    static func clear(_ db: Database) throws {
        // As SQLite takes it for a new table (`getNodeSize` in its rtree.c): what a page holds, and 51 cells at most.
        let page = try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096
        let bytes = min(page - 64, RTreeNode.bytes(cells: 51))
        try db.inSavepoint {
            for table in ["node", "parent", "rowid"] { try db.execute(sql: "DELETE FROM placement_index_\(table)") }
            try db.execute(
                sql: "INSERT INTO placement_index_node (nodeno, data) VALUES (?, zeroblob(?))",
                arguments: [RTreeNode.rootID, bytes])
            return .commit
        }
    }

    var capacity: Int { store.capacity }

    mutating func node(_ id: Int64) throws -> RTreeNode { try store.node(id) }

    mutating func write(_ node: RTreeNode, as id: Int64) throws {
        insert.bind(id)
        insert.bind(node.bytes(store.nodeBytes))
        try insert.run()
    }

    /// Writes a node under a new id, and says of all that is in it that it is there.
    /// - Parameter level: The number of levels between the node and the leaves.
    /// - Returns: the cell that its parent has to have.
    mutating func add(_ cells: [RTreeCell], level: Int) throws -> RTreeCell? {
        let node = RTreeNode(cells: cells)
        guard let box = node.box else { return nil }
        let id = nextID
        nextID += 1
        try write(node, as: id)
        for cell in cells { try setNode(of: cell.id, to: id, level: level) }
        return RTreeCell(id: id, box: box)
    }

    /// Records in which node a cell of that level is.
    mutating func setNode(of cell: Int64, to node: Int64, level: Int) throws {
        if level == 0 {
            setLeaf.bind(cell)
            setLeaf.bind(node)
            try setLeaf.run()
        } else {
            setParent.bind(cell)
            setParent.bind(node)
            try setParent.run()
        }
    }
}
