import EPUArchive
import EPUCore
import GRDB

/// Takes exposures of other instruments out of a session, into sessions of these instruments: archives of older versions have
/// them in one.
struct InstrumentSplit {
    let sessionID: Int64

    private struct Stranger {
        let fileID: Int64
        let root: Int64
        let path: String
        let instrument: Instrument
        let identity: (name: String, uniqueID: String)?
    }

    func run(_ db: Database) throws {
        let strangers = try strangers(db)
        let roots = Dictionary(grouping: strangers, by: \.root).sorted { $0.key < $1.key }
        for (rootID, itsStrangers) in roots {
            let folder = SessionFolder(path: itsStrangers[0].path)
            var roots = try FolderRoots(rootID: rootID, sessionID: sessionID, folder: folder, db)
            let byInstrument = Dictionary(grouping: itsStrangers, by: \.instrument)
            for (instrument, own) in byInstrument.sorted(by: { $0.key.key < $1.key.key }) {
                let new = try roots.root(of: instrument, knownBy: { own.compactMap(\.identity) }, db)
                let images = try images(of: own.map(\.fileID), in: rootID, instrument, db)
                let companions = try companions(of: own.map(\.fileID), in: rootID, db)
                try roots.move(own.map(\.fileID) + images + companions, from: roots.main, to: new, db)
                if let session = new.sessionID { try Settlement(sessionID: session).settle(db) }
            }
            try Ledger.removeEmptyRoot(rootID, db)
        }
    }

    private func strangers(_ db: Database) throws -> [Stranger] {
        guard let own = try Instrument.ofSession(sessionID, db) else { return [] }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT e.metadata_file_id, r.session_root_id, r.path, e.instrument_id, e.instrument_model, e.name,
                       e.unique_id
                FROM exposure e JOIN source_file f ON f.source_file_id = e.metadata_file_id
                JOIN session_root r USING (session_root_id)
                WHERE e.session_id = ? AND \(Instrument.key(of: "e")) <> ? ORDER BY r.session_root_id, f.path
                """,
            arguments: [sessionID, own.key]
        ).compactMap { row in
            guard let instrument = Instrument(id: row[3], model: row[4]) else { return nil }
            return Stranger(
                fileID: row[0], root: row[1], path: row[2], instrument: instrument,
                identity: (row[6] as String?).map { (row[5], $0) })
        }
    }

    /// JPGs, movies and twins with the name of one of the exposures' files, if no exposure that stays has that name.
    private func companions(of exposures: [Int64], in rootID: Int64, _ db: Database) throws -> [Int64] {
        let kinds: [SourceKind] = [.exposureImage, .exposureTwin, .movie]
        return try Int64.fetchAll(
            db,
            sql: """
                SELECT source_file_id FROM source_file
                WHERE session_root_id = ? AND (kind IN (\(kinds.sqlList)) OR status = \(FileStatus.twin.sql))
                    AND stem IN (SELECT stem FROM source_file WHERE source_file_id IN (\(exposures.sqlList)))
                    AND stem NOT IN (SELECT name FROM exposure
                                     WHERE session_id = ? AND metadata_file_id NOT IN (\(exposures.sqlList)))
                """, arguments: [rootID, sessionID])
    }

    /// The images of holes and squares in which only the other instrument exposed. Which instrument the images themselves name is
    /// known when they are read.
    private func images(of exposures: [Int64], in rootID: Int64, _ instrument: Instrument, _ db: Database) throws
        -> [Int64]
    {
        func files(_ table: String, by place: String) throws -> [Int64] {
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT f.source_file_id
                    FROM \(table) i JOIN source_file f ON f.source_file_id IN (i.metadata_file_id, i.image_file_id)
                    WHERE i.session_id = ?1 AND f.session_root_id = ?2
                        AND EXISTS (SELECT 1 FROM exposure e WHERE e.session_id = ?1 AND e.\(place) = i.\(place)
                                    AND \(Instrument.key(of: "e")) = ?3)
                        AND NOT EXISTS (SELECT 1 FROM exposure e WHERE e.session_id = ?1 AND e.\(place) = i.\(place)
                                        AND ifnull(\(Instrument.key(of: "e")) <> ?3, 1))
                    """,
                arguments: [sessionID, rootID, instrument.key])
        }
        return try files("hole_image", by: "foil_hole") + files("grid_square_image", by: "grid_square")
    }
}
