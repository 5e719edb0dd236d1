import EPUArchive
import EPUFormat
import GRDB

extension SessionDescription {
    /// Stores of the file of a session that was joined to this one what this one's own file may not say: squares, and areas of
    /// another template. The settings are those of the session's own file.
    func storePlaces(_ metadata: SessionMetadata, _ identity: SessionIdentity, _ db: Database) throws
        -> StaleResults
    {
        try identity.note(of: sessionID, db)
        try store(metadata.gridSquares, db)
        let known = try Set(SessionFile.areas(of: sessionID, db))
        let new = metadata.template?.areas.filter { !known.contains($0.area) } ?? []
        var stale = StaleResults.none
        var areas = Upsert<AreaColumns>(into: .templateArea, key: ["session_id", "area"], db)
        for area in new { stale = max(stale, try areas.run(AreaColumns(sessionID: sessionID, area: area))) }
        return stale
    }
}
