import EPUArchive
import EPUCore
import GRDB

/// The exposures of some sessions by their names, as other programs' files have these. An archive may have many millions:
/// each takes the room of its key and twelve bytes.
struct ExposureIndex {
    struct Entry {
        private let sessionIndex: Int32
        private let number: Int32
        /// Nil: not judged.
        let isBad: Bool?

        fileprivate init(session: Int, group: Int, isBad: Bool?) {
            (sessionIndex, number, self.isBad) = (Int32(clamping: session), Int32(clamping: group), isBad)
        }

        /// Index of the session.
        var session: Int { Int(sessionIndex) }
        /// Number of its optics group.
        var group: Int { Int(number) }
    }

    private(set) var sessions: [OpticsSession] = []
    /// Of each session the analysis whose verdicts count; nil: it was not analysed.
    private(set) var choices: [AnalysisChoice?] = []
    private var entries: [ExposureKey: Entry] = [:]
    /// Names that exposures of several sessions have: the first session's count.
    private(set) var ambiguous: Set<ExposureKey> = []

    /// - Parameter analysisID: whose verdicts count; nil: each session's published one.
    init(_ rows: [SessionRow], analysisID: Int64?, _ db: Database) throws {
        let count = try rows.reduce(0) { count, session in
            try count
                + (Int.fetchOne(
                    db, sql: "SELECT count(*) FROM exposure WHERE session_id = ?", arguments: [session.sessionID]) ?? 0)
        }
        entries.reserveCapacity(count)
        for (index, row) in rows.enumerated() {
            let choice = try AnalysisChoice(of: row, analysisID: analysisID, db)
            let session = try OpticsSession(row, analysisID: choice?.analysisID, db) { exposure in
                guard let key = ExposureKey(exposure.name) else { return }
                if let known = entries[key] {
                    if known.session != index { ambiguous.insert(key) }
                } else {
                    entries[key] = Entry(session: index, group: exposure.group, isBad: exposure.isBad)
                }
            }
            sessions.append(session)
            choices.append(choice)
        }
    }

    subscript(key: ExposureKey) -> Entry? { entries[key] }

    func isPlaced(_ entry: Entry) -> Bool { entry.group <= sessions[entry.session].numbered }
}
