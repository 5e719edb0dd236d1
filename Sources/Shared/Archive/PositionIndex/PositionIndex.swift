public import EPUCore
public import GRDB

/// The R-tree `placement_index`: where every placement of the archive lies, each set of placements in a slice of its own.
public enum PositionIndex {
    /// Placements that the index does not hold yet, to be written at once.
    public struct Batch: Sendable {
        private var cells: [RTreeCell] = []

        /// Fewer are inserted one by one: nodes of their own would be nearly empty.
        static let leastInBulk = 51

        public init() {}

        /// Whether there are so many that they should be written before more are added: 200,000 are nodes enough to be packed well, and
        /// take 6 MB.
        public var isFull: Bool { cells.count >= 200_000 }

        /// - Parameters:
        ///   - position: um.
        ///   - slice: the extent in the third dimension. It has a width: boxes without volume are all alike to SQLite's R-tree,
        ///     which then splits its nodes blindly and has to visit most of them (200,000 points: 650 times slower).
        public mutating func add(_ placementID: Int64, at position: Vector2, slice: ClosedRange<Double>) {
            add(RTreeCell(id: placementID, box: RTreeBox(at: SIMD2(position.x, position.y), slice: slice)))
        }

        fileprivate mutating func add(_ cell: RTreeCell) { cells.append(cell) }

        /// Adds the placements to the index, within the caller's transaction, and forgets them.
        public mutating func write(_ db: Database) throws {
            defer { cells.removeAll(keepingCapacity: true) }
            guard cells.count >= Self.leastInBulk, let writer = try RTreeWriter.ifAllowed({ try RTreeWriter(db) })
            else { return try insertOneByOne(db) }
            var insertion = RTreeInsertion(writer)
            try insertion.insert(&cells)
        }

        private func insertOneByOne(_ db: Database) throws {
            var insert = try RowStatement(
                db,
                """
                INSERT INTO placement_index (placement_id, min_x_um, max_x_um, min_y_um, max_y_um, min_set, max_set)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
            for cell in cells {
                insert.bind(cell.id)
                for dimension in 0..<3 {
                    insert.bind(Double(cell.box.lower[dimension]))
                    insert.bind(Double(cell.box.upper[dimension]))
                }
                try insert.run()
            }
        }
    }

    /// Adds what another archive's index holds, which is attached to the connection.
    /// - Parameters:
    ///   - placements: how much greater ids of placements become.
    ///   - sets: how much greater ids of sets become.
    public static func addAll(
        of source: String, placementsGrowBy placements: Int64, setsBy sets: Int64, _ db: Database
    ) throws {
        var select = try RowStatement(
            db,
            """
            SELECT placement_id + ?1, min_x_um, max_x_um, min_y_um, max_y_um, min_set + ?2, max_set + ?2
            FROM \(source).placement_index
            """)
        select.bind(placements)
        select.bind(sets)
        try addRows(of: &select, db) { row, batch in
            let lower = SIMD3(Float(row.double(1)), Float(row.double(3)), Float(row.double(5)))
            let upper = SIMD3(Float(row.double(2)), Float(row.double(4)), Float(row.double(6)))
            batch.add(RTreeCell(id: row.int(0), box: RTreeBox(lower: lower, upper: upper)))
        }
    }

    /// Makes the index again from the placements. It does not know the sizes of their beams, so every box reaches over all sizes:
    /// the next search in a set makes its boxes as narrow as they can be.
    public static func fill(_ db: Database) throws {
        if try RTreeWriter.ifAllowed({ try RTreeWriter.clear(db) }) == nil {
            try db.execute(sql: "DELETE FROM placement_index")
        }
        var select = try RowStatement(
            db, "SELECT placement_id, x_um, y_um, placement_set_id FROM placement ORDER BY placement_set_id")
        try addRows(of: &select, db) { row, batch in
            let set = Double(row.int(3))
            batch.add(row.int(0), at: Vector2(row.double(1), row.double(2)), slice: set...set + 0.5)
        }
    }

    private static func addRows(
        of select: inout RowStatement, _ db: Database, _ add: (borrowing ResultRow, inout Batch) -> Void
    ) throws {
        var batch = Batch()
        try select.forEachRow { row in
            add(row, &batch)
            if batch.isFull { try batch.write(db) }
        }
        try batch.write(db)
    }
}
