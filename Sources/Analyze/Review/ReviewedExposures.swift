import EPUArchive
import EPUCore
import GRDB

/// The exposures that a person means by their names.
struct ReviewedExposures {
    struct Exposure: Encodable {
        let session: String
        let name: String
        fileprivate(set) var exposureID: Int64

        enum CodingKeys: String, CodingKey {
            case session, name
        }
    }

    /// The exposures by session, then by name. One name may be that of two exposures in a session: both are meant.
    private(set) var exposures: [Exposure] = []

    /// Finds all of the exposures, or none. The cost is a look-up in an index for each session and each name that lies between
    /// the least and the greatest of the session, as names of one session are much alike.
    /// - Parameter names: the names of sessions; empty means all of the archive.
    /// - Throws: `Failure` where a name belongs to no exposure, or to exposures in several sessions.
    init(_ wanted: MicrographNames, sessions names: [String], _ db: Database) throws {
        let sessions = try SessionRow.select(db, names: names)
        var places: [String: [String]] = [:]
        var range = try RowStatement(
            db,
            """
            SELECT (SELECT min(name) FROM exposure WHERE session_id = ?1),
                   (SELECT max(name) FROM exposure WHERE session_id = ?1)
            """)
        var find = try RowStatement(db, "SELECT exposure_id FROM exposure WHERE session_id = ? AND name = ?")
        for session in sessions {
            var bounds: ClosedRange<String>?
            range.bind(session.sessionID)
            try range.forEachRow { row in
                if let least = row.string(0), let greatest = row.string(1) { bounds = least...greatest }
            }
            guard let bounds else { continue }
            for name in wanted.bases.drop(while: { $0 < bounds.lowerBound }) {
                guard name <= bounds.upperBound else { break }
                var ids: [Int64] = []
                find.bind(session.sessionID)
                find.bind(name)
                try find.forEachRow { ids.append($0.int(0)) }
                guard !ids.isEmpty else { continue }
                places[name, default: []].append(session.name)
                exposures += ids.map { Exposure(session: session.name, name: name, exposureID: $0) }
            }
        }
        let unknown = wanted.strangers + wanted.bases.filter { places[$0] == nil }
        let ambiguous = places.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }
        guard unknown.isEmpty, ambiguous.isEmpty else {
            throw Failure(Self.faults(unknown: unknown, ambiguous: ambiguous, sessions: names))
        }
    }

    private static func faults(
        unknown: [String], ambiguous: [(key: String, value: [String])], sessions: [String]
    ) -> String {
        var lines: [String] = []
        if !unknown.isEmpty {
            let place = sessions.isEmpty ? "the archive" : sessions.joined(separator: ", ")
            lines.append("\(counted(unknown.count, "name")) of no exposure in \(place):")
            lines += firstLines(unknown)
        }
        if !ambiguous.isEmpty {
            lines.append("\(counted(ambiguous.count, "name")) in more than one session; choose one with --session:")
            lines += firstLines(ambiguous.map { "\($0.key) is in \(firstWords($0.value))" })
        }
        return (lines + ["Nothing was stored."]).joined(separator: "\n")
    }

    /// How many names are printed of each fault.
    private static let mostLines = 10

    private static func firstLines(_ texts: [String]) -> [String] {
        texts.prefix(mostLines).map { "  " + $0 }
            + (texts.count > mostLines ? ["  and \(texts.count - mostLines) more"] : [])
    }

    private static func firstWords(_ sessions: [String]) -> String {
        sessions.prefix(5).joined(separator: ", ") + (sessions.count > 5 ? " and \(sessions.count - 5) more" : "")
    }
}
