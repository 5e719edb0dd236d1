import EPUShared

/// The exposures of some sessions by their names, as other programs' files have these.
struct ExposureIndex {
    struct Entry {
        /// Index of the session.
        let session: Int
        /// Number of its optics group.
        let group: Int
        /// Nil: not judged.
        let isBad: Bool?
    }

    let sessions: [OpticsSession]
    private var entries: [ExposureKey: Entry] = [:]
    /// Names that exposures of several sessions have: the first session's count.
    private(set) var ambiguous: Set<ExposureKey> = []

    init(_ sessions: [OpticsSession]) {
        self.sessions = sessions
        entries.reserveCapacity(sessions.reduce(0) { $0 + $1.exposures.count })
        for (number, session) in sessions.enumerated() {
            for exposure in session.exposures {
                guard let key = ExposureKey(exposure.name) else { continue }
                if let known = entries[key] {
                    if known.session != number { ambiguous.insert(key) }
                } else {
                    entries[key] = Entry(session: number, group: exposure.group, isBad: exposure.isBad)
                }
            }
        }
    }

    subscript(key: ExposureKey) -> Entry? { entries[key] }
}
