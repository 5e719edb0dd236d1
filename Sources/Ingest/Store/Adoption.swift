import EPUCore
import GRDB

/// Finds the sessions of files in a folder of their own, such as movies on another disk: they belong to the session whose
/// exposures have their names.
struct Adoption {
    let folder: SessionFolder

    /// The number of files that are tried. Movies of discarded exposures have no exposure of their name, so that some without one
    /// are no reason to give up.
    private static let triedLimit = 2000
    private static let foundLimit = 100

    /// Finds the sessions of the folder's files.
    /// - Returns: The session that the folder belongs to; none where its files name several. Sessions of different instruments
    ///   are told apart by the files' names: of these all are returned, the one with most files first.
    func sessions(_ db: Database) throws -> [Int64] {
        let sessions = try Int64.fetchAll(db, sql: "SELECT session_id FROM session ORDER BY session_id")
        guard !sessions.isEmpty else { return [] }
        let isExposure = try db.cachedStatement(sql: "SELECT 1 FROM exposure WHERE session_id = ? AND name = ? LIMIT 1")
        var owners: [Int64: Int] = [:]
        var (tried, found) = (0, 0)
        for listing in folder.folders where listing.hasCompanions {
            var batches = BatchList(folder: folder.part(listing), size: 64)
            var last = ""
            while tried < Self.triedLimit, found < Self.foundLimit, let files = batches.next() {
                for file in files where Self.kinds.contains(file.name.kind) && file.name.stem != last {
                    last = file.name.stem
                    tried += 1
                    let its = try sessions.filter {
                        try Int.fetchOne(isExposure, arguments: [$0, file.name.stem]) != nil
                    }
                    found += its.isEmpty ? 0 : 1
                    // Parts of one session share its folders.
                    for session in try Set(its.map { try SplitFamily.base(of: $0, db) ?? $0 }) {
                        owners[session, default: 0] += 1
                    }
                }
            }
        }
        let instruments = try Set(owners.keys.map { try Instrument.ofSession($0, db) })
        guard owners.count == 1 || instruments.count == owners.count else { return [] }
        return owners.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    private static let kinds: Set<SourceKind> = [.movie, .exposureImage, .exposureTwin]
}
