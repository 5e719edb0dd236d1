import EPUArchive
import EPUCore
import EPUFormat
import GRDB

/// Finds the session that the archive has of a folder. Sessions with the same EpuSession.dm are the same; without one, those with
/// the same folder or with an exposure in common. An EpuSession.dm also belongs to exposures elsewhere that were made in its
/// squares with its template. A session of another instrument is never the same.
struct SessionSearch {
    let folder: SessionFolder
    /// The content of the folder's EpuSession.dm; nil where there is none, or it does not belong to the exposures.
    let metadata: SessionMetadata?
    /// The instrument of the folder's exposures; nil where it is not known, for example without exposures.
    let instrument: Instrument?
    /// The id of the session whose EpuSession.dm lies here beside others' exposures, which do not belong to that session; nil
    /// where there is none.
    let stranger: Int64?

    /// The condition, in SQL, that two EpuSession.dm do not differ. What one of them does not say is no difference.
    private static let compatible = SessionIdentity.isPossible(of: "s")
    private var identity: StatementArguments { [metadata?.name, metadata?.createdAt?.archiveText] }
    private static let key = Instrument.key(of: "s")
    /// The condition, in SQL, that instruments do not differ. Sessions without exposures may be of any instrument.
    private static let sameInstrument = "ifnull(\(key) = ?3, 1)"

    private var notStranger: String { stranger.map { "s.session_id <> \($0)" } ?? "1" }

    /// Finds the session; where a person split it, one of its parts may be found.
    func known(_ db: Database) throws -> Int64? {
        if let metadata, let same = try Self.session(named: metadata, db) { return same }
        // An EpuSession.dm of another identity is another session, even where it lies in the same folder.
        let ofFolder = try Int64.fetchAll(
            db,
            sql: """
                SELECT s.session_id FROM session_root r JOIN session s USING (session_id)
                WHERE r.path = ?4 AND \(Self.compatible) AND \(Self.sameInstrument) AND \(notStranger)
                ORDER BY r.session_root_id DESC
                """,
            arguments: identity + [instrument?.key, folder.path]
        ).first { try isPossible($0, db) }
        if let ofFolder { return ofFolder }
        let exposures = ofInstrument(FolderExposures(folder: folder).some())
        return try sessionOfExposures(exposures, db) ?? sessionOfPart(db) ?? sessionOfTemplate(db)
            ?? sessionOfMetadata(exposures, db)
    }

    /// The exposures that may be of the session by their instrument.
    private func ofInstrument(_ exposures: [KnownExposure]) -> [KnownExposure] {
        exposures.filter { exposure in
            guard let instrument, let own = exposure.instrument else { return true }
            return own == instrument
        }
    }

    /// The session of a part of this folder that was given alone before: by exposures of that part, which need not be among the
    /// folder's first ones.
    private func sessionOfPart(_ db: Database) throws -> Int64? {
        for root in try Self.roots(below: folder.path, db) {
            let part = root.relativePath(below: folder.path)
            let listings = folder.folders.filter { $0.path.hasSameBytes(as: part) || $0.path.isPath(below: part) }
            let exposures = ofInstrument(FolderExposures(folder: folder.part(listings)).some())
            if let found = try sessionOfExposures(exposures, db) { return found }
        }
        return nil
    }

    /// The roots of sessions that lie below a folder, in the order in which they came. Only these are read: an archive may have many
    /// thousands, and each new folder asks.
    static func roots(below folder: String, _ db: Database) throws -> [String] {
        // "0" is the character after "/".
        try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT path FROM session_root
                    WHERE session_id IS NOT NULL AND path > ?1 || '/' AND path < ?1 || '0' ORDER BY session_root_id
                    """), arguments: [folder])
    }

    /// The session that an EpuSession.dm names; nil where the archive does not have it.
    static func session(named metadata: SessionMetadata, _ db: Database) throws -> Int64? {
        try SessionIdentity(metadata).session(db)
    }

    /// Whether EpuSession.dm may be that of a session that was found by its folder or its exposures: a part of a split session
    /// has none of its own.
    private func isPossible(_ found: Int64, _ db: Database) throws -> Bool {
        guard let base = try SplitFamily.base(of: found, db), base != found else { return true }
        return try Bool.fetchOne(
            db, sql: "SELECT \(Self.compatible) FROM session s WHERE s.session_id = ?3", arguments: identity + [base])
            ?? false
    }

    /// The sessions, parts of a split session counted as that one.
    private static func bases(of sessions: [Int64], _ db: Database) throws -> Set<Int64> {
        try Set(sessions.map { try SplitFamily.base(of: $0, db) ?? $0 })
    }

    private func sessionOfExposures(_ exposures: [KnownExposure], _ db: Database) throws -> Int64? {
        for exposure in exposures {
            guard let uniqueID = exposure.uniqueID else { continue }
            let same = try Int64.fetchAll(
                db,
                sql: """
                    SELECT s.session_id FROM session s
                    WHERE \(Self.compatible) AND \(Self.sameInstrument) AND \(notStranger) AND EXISTS (
                        SELECT 1 FROM exposure e
                        WHERE e.session_id = s.session_id AND e.name = ?4 AND ifnull(e.unique_id, '') = ?5)
                    ORDER BY s.session_id
                    """,
                arguments: identity + [instrument?.key, exposure.name.base, uniqueID]
            ).first { try isPossible($0, db) }
            if let same { return same }
        }
        return nil
    }

    /// The session whose exposures came first, without EpuSession.dm; nil where there is none, or several.
    private func sessionOfTemplate(_ db: Database) throws -> Int64? {
        guard let metadata, let areas = metadata.template?.areas, !areas.isEmpty, !metadata.gridSquares.isEmpty else {
            return nil
        }
        let candidates = try Int64.fetchAll(
            db,
            sql: """
                SELECT s.session_id FROM session s
                WHERE s.epu_name IS NULL AND ifnull(\(Self.key) = ?, 1)
                    AND EXISTS (SELECT 1 FROM template_area a WHERE a.session_id = s.session_id
                                AND a.area IN (\(areas.map(\.area).sqlList)))
                    AND EXISTS (SELECT 1 FROM grid_square g WHERE g.session_id = s.session_id
                                AND g.grid_square IN (\(metadata.gridSquares.map(\.gridSquare).sqlList)))
                """,
            arguments: [instrument?.key])
        let found = try candidates.filter { session in
            var fit = SessionFileFit(metadata)
            try fit.addExposures(of: session, db)
            return fit.reason == nil
        }
        let bases = try Self.bases(of: found, db)
        return bases.count == 1 ? bases.first : nil
    }

    /// The session whose EpuSession.dm came first, from another folder; nil where there is none, or several.
    private func sessionOfMetadata(_ exposures: [KnownExposure], _ db: Database) throws -> Int64? {
        guard metadata == nil else { return nil }
        // Not every exposure was made with the template that EpuSession.dm has last.
        for exposure in exposures {
            guard let gridSquare = exposure.gridSquare else { continue }
            let latestStart = exposure.acquired.map { time in
                time.instant.adding(seconds: SessionFileFit.slack(of: time)).archiveText
            }
            let found = try Int64.fetchAll(
                db,
                sql: """
                    SELECT s.session_id FROM template_area a JOIN grid_square g USING (session_id)
                    JOIN session s USING (session_id)
                    WHERE a.area = ? AND a.shift_x_px IS NOT NULL AND g.grid_square = ? AND g.metadata_name IS NOT NULL
                        AND ifnull(\(Self.key) = ?, 1) AND ifnull(s.created_at <= ?, 1) AND \(notStranger)
                    """,
                arguments: [exposure.name.area, gridSquare, instrument?.key, latestStart])
            let bases = try Self.bases(of: found, db)
            if bases.count == 1 { return bases.first }
        }
        return nil
    }
}
