import EPUCore
import EPUFormat
import GRDB

/// Finds the session of the archive that a folder belongs to, or makes it.
struct SessionStore {
    let folder: SessionFolder
    /// The folder's EpuSession.dm; nil where there is none or it cannot be read.
    let file: SessionFile?

    private var exposures: FolderExposures { FolderExposures(folder: folder) }

    /// Finds or makes the folder's rows in `session_root`, with its session where it has one, and judges its EpuSession.dm.
    func resolve(_ db: Database) throws -> (roots: FolderRoots, file: SessionFile?) {
        var (file, instrument) = try judge(db)
        let metadata = file?.foreign == nil ? file?.metadata : nil
        let stranger = try StrangersFile(folder: folder, file: file).session(db)
        let search = SessionSearch(folder: folder, metadata: metadata, instrument: instrument, stranger: stranger)
        let owners =
            folder.isSession
            ? [try owner(search, db)] : try knownSessions(db)
        let sessionID = owners.first
        var isTaken = false
        if let sessionID {
            if let instrument, try Instrument.ofSession(sessionID, db) == nil { try instrument.set(of: sessionID, db) }
            // Files that belonged to no session when they were first seen, do now.
            try db.execute(
                sql: """
                    UPDATE OR IGNORE session_root SET session_id = ?1 WHERE path = ?2 AND session_id IS NULL
                    """,
                arguments: [sessionID, folder.path])
            isTaken = db.changesCount > 0
        }
        let rootID = try FolderRoots.add(folder.path, sessionID, db)
        for owner in owners.dropFirst() { _ = try FolderRoots.add(folder.path, owner, db) }
        if isTaken { try Ledger(rootID: rootID).readAgain(db) }
        if let sessionID { try RootOverlap(rootID: rootID, sessionID: sessionID, folder: folder).resolve(db) }
        let roots = try FolderRoots(rootID: rootID, sessionID: sessionID, folder: folder, db)
        if let stranger { try StrangersFile(folder: folder, file: file).takeBack(from: stranger, to: roots, db) }
        if let sessionID, let wasJoined = try file?.isJoined(to: sessionID, folder: folder, db) {
            file?.wasJoined = wasJoined
        }
        for root in roots.all {
            guard let sessionID = root.sessionID else { continue }
            for lost in try Settlement(sessionID: sessionID).lostRoots(db) where lost != root.id {
                try Ledger(rootID: root.id).replaceFiles(of: lost, db)
            }
        }
        return (roots, file)
    }

    /// Judges by the names of the exposures here whether EpuSession.dm can belong to them. The instrument is that of the first
    /// exposure that it fits, whose session it then describes.
    private func judge(_ db: Database) throws -> (SessionFile?, Instrument?) {
        guard var file else { return (nil, exposures.firstInstrument()) }
        let owner = try SessionSearch.session(named: file.metadata, db)
        var fit = try file.fit(of: owner, db)
        var first: Instrument?
        var instrument: Instrument?
        var isFound = false
        if folder.isPartial || !folder.folders.contains(where: \.hasExposures) {
            try KnownExposures(folder: folder).each(db) { exposure in
                first = first ?? exposure.instrument
                isFound = fit.add(area: exposure.area, acquired: exposure.acquired)
                if isFound { instrument = exposure.instrument }
                return !isFound
            }
        }
        if !isFound { instrument = addListed(to: &fit) }
        file.foreign = fit.reason
        guard file.foreign == nil else { return (file, first ?? exposures.firstInstrument()) }
        if let owner, let instrument, let other = try Instrument.ofSession(owner, db),
            other != instrument
        {
            if try Self.has(exposuresOf: instrument, owner, db) {
                // An older version did not tell instruments apart: the file is that of these exposures.
                try instrument.set(of: owner, db)
            } else {
                file.foreign = "its session is of instrument \(other.key), and the exposures are of \(instrument.key)"
                file.isOfOtherInstrument = true
            }
        }
        return (file, instrument)
    }

    /// Adds exposures, as far as their files' names tell of them, until the file fits one.
    /// - Returns: The instrument of that exposure.
    private func addListed(to fit: inout SessionFileFit) -> Instrument? {
        let offset = exposures.utcOffsetMinutes()
        var first: KnownExposure?
        exposures.each { exposure in
            guard let name = exposure.name.exposure else { return true }
            let acquired = timeOfName(name.base).map { time in
                LocalTime(instant: time.adding(seconds: -60 * Double(offset ?? 0)), utcOffsetMinutes: offset)
            }
            guard fit.add(area: name.area, acquired: acquired) else { return true }
            first = KnownExposure(exposure, root: folder.path)
            return first == nil
        }
        return first?.instrument
    }

    private static func has(exposuresOf instrument: Instrument, _ sessionID: Int64, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (SELECT 1 FROM exposure e
                               WHERE e.session_id = ? AND \(Instrument.key(of: "e")) = ?)
                """,
            arguments: [sessionID, instrument.key]) ?? false
    }

    /// The session that the folder belongs to, made where the archive does not have it; of a split session the one that was
    /// split.
    private func owner(_ search: SessionSearch, _ db: Database) throws -> Int64 {
        let known = try search.known(db)
        if let known, let base = try SplitFamily.base(of: known, db) { return base }
        let new = try create(search.metadata, search.instrument, db)
        if let known { try SplitFamily.replaceBase(of: known, by: new, db) }
        return new
    }

    private func create(_ metadata: SessionMetadata?, _ instrument: Instrument?, _ db: Database) throws -> Int64 {
        let wanted = try metadata?.name ?? NewSession.name(after: folder, instrument, db)
        return try NewSession.create(wanted, metadata: metadata, instrument, db)
    }

    /// The session of a folder without exposures and without EpuSession.dm; several where its files belong to sessions of
    /// different instruments.
    func knownSessions(_ db: Database) throws -> [Int64] {
        if let known = try sessionOfRoot(db) { return [try SplitFamily.base(of: known, db) ?? known] }
        return try Adoption(folder: folder).sessions(db)
    }

    /// The session that the folder was found to belong to, by the files in it.
    private func sessionOfRoot(_ db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT session_id FROM session_root WHERE path = ? AND session_id IS NOT NULL
                ORDER BY session_root_id DESC
                """,
            arguments: [folder.path])
    }
}
