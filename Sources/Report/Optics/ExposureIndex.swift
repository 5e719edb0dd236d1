import EPUArchive
import EPUCore
import GRDB

/// The exposures of some sessions by their names, as files of other programs have them. An archive may have many millions: each
/// takes the memory of its key and twelve bytes.
struct ExposureIndex {
    struct Entry {
        private let sessionIndex: Int32
        private let number: Int32
        /// Whether it is bad; nil if it was not judged.
        let isBad: Bool?

        fileprivate init(session: Int, group: Int, isBad: Bool?) {
            (sessionIndex, number, self.isBad) = (Int32(clamping: session), Int32(clamping: group), isBad)
        }

        /// The index of the session.
        var session: Int { Int(sessionIndex) }
        /// The number of its optics group.
        var group: Int { Int(number) }
    }

    private(set) var sessions: [OpticsSession] = []
    /// For each session, the analysis whose verdicts count; nil if the session was not analysed.
    private(set) var choices: [AnalysisChoice?] = []
    private var entries: [ExposureKey: Entry] = [:]
    /// The names that exposures of several sessions have; the exposure of the first session counts.
    private(set) var ambiguous: Set<ExposureKey> = []

    /// - Parameter analysisID: the analysis whose verdicts count; nil means the published one of each session.
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
