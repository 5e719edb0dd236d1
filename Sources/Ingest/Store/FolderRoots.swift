import EPUArchive
import EPUCore
import GRDB

/// The roots that the files of one folder lie in: that of the folder's session and, where exposures of other instruments lie in
/// the same folder, those of their sessions. Where a person split one of these, its parts have roots of their own.
struct FolderRoots {
    struct Root: Sendable {
        let id: Int64
        let sessionID: Int64?
        /// The instrument of the session; nil where no exposure with one is known.
        let instrument: Instrument?
    }

    let folder: SessionFolder
    /// The root of the session that EpuSession.dm describes, and of all files that have no instrument.
    private(set) var main: Root
    /// The roots of further instruments, one for each.
    private(set) var others: [Root] = []

    /// Those of these sessions that a person split.
    var families: [SplitFamily] = []
    /// The roots of their parts, as far as these have the folder.
    var parts: [Root] = []

    /// All roots, those of parts last.
    var all: [Root] { [main] + others + parts }

    init(rootID: Int64, sessionID: Int64?, folder: SessionFolder, _ db: Database) throws {
        self.folder = folder
        main = Root(
            id: rootID, sessionID: sessionID, instrument: try sessionID.flatMap { try Instrument.ofSession($0, db) })
        try findOthers(db)
        try findParts(db)
    }

    /// Finds the roots of further instruments. The folder may have belonged to another session of the main instrument before; its
    /// root is left out.
    private mutating func findOthers(_ db: Database) throws {
        guard let instrument = main.instrument else { return }
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT r.session_root_id, r.session_id, s.instrument_id, s.instrument_model
                    FROM session_root r JOIN session s USING (session_id)
                    WHERE r.path = ? AND r.session_root_id <> ?
                        AND NOT EXISTS (SELECT 1 FROM session_split p
                                        WHERE p.part_session_id = s.session_id AND p.session_id <> s.session_id)
                    ORDER BY r.session_root_id DESC
                    """),
            arguments: [folder.path, main.id])
        var known: Set = [instrument]
        for row in rows {
            guard let instrument = Instrument(id: row[2], model: row[3]), known.insert(instrument).inserted else {
                continue
            }
            others.append(Root(id: row[0], sessionID: row[1], instrument: instrument))
        }
    }

    func root(of id: Int64) -> Root? { all.first { $0.id == id } }

    /// The root of an instrument's exposures; it is made where there is none.
    /// - Parameter exposures: Some of the instrument's exposures, by which its session is known from another folder.
    mutating func root(
        of instrument: Instrument, knownBy exposures: () -> [(name: String, uniqueID: String)], _ db: Database
    ) throws -> Root {
        guard let mainID = main.sessionID else { return main }
        if main.instrument == nil {
            try instrument.set(of: mainID, db)
            main = Root(id: main.id, sessionID: mainID, instrument: instrument)
            try findOthers(db)
            try findParts(db)
        }
        if let known = all.first(where: { $0.instrument == instrument }) { return known }
        let known = try Self.session(of: instrument, withOneOf: exposures(), db)
        let sessionID =
            try known.map { try SplitFamily.base(of: $0, db) ?? $0 }
            ?? NewSession.create(NewSession.name(after: folder, instrument, db), instrument, db)
        let root = Root(id: try Self.add(folder.path, sessionID, db), sessionID: sessionID, instrument: instrument)
        others.append(root)
        try findParts(db)
        return root
    }

    private static func session(
        of instrument: Instrument, withOneOf exposures: [(name: String, uniqueID: String)], _ db: Database
    ) throws -> Int64? {
        for exposure in exposures {
            let known = try Int64.fetchOne(
                db,
                sql: """
                    SELECT s.session_id FROM session s
                    WHERE \(Instrument.key(of: "s")) = ?1 AND EXISTS (
                        SELECT 1 FROM exposure e
                        WHERE e.session_id = s.session_id AND e.name = ?2 AND ifnull(e.unique_id, '') = ?3)
                    ORDER BY s.session_id
                    """,
                arguments: [instrument.key, exposure.name, exposure.uniqueID])
            if let known { return known }
        }
        return nil
    }

    /// Adds the root of a folder and a session, and returns its id.
    static func add(_ path: String, _ sessionID: Int64?, _ db: Database) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO session_root (session_id, path) VALUES (?, ?) ON CONFLICT DO NOTHING",
            arguments: [sessionID, path])
        let id = try Int64.fetchOne(
            db, sql: "SELECT session_root_id FROM session_root WHERE path = ? AND session_id IS ?",
            arguments: [path, sessionID])
        guard let id else { throw Failure("The archive did not return the id of \(path).") }
        return id
    }

    /// Moves rows of the ledger from one of the roots to another, with the exposures and images that were read from them.
    func move(_ files: [Int64], from old: Root, to new: Root, _ db: Database) throws {
        if let from = old.sessionID, let to = new.sessionID { try SessionMove(old: from, new: to).take(files, db) }
        try db.execute(
            sql: """
                UPDATE OR IGNORE source_file SET session_root_id = ?
                WHERE source_file_id IN (SELECT value FROM json_each(?))
                """,
            arguments: [new.id, "[\(files.sqlList)]"])
    }
}
