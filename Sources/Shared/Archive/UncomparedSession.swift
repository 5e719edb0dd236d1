import EPUCore
public import GRDB

/// A session of the same grid of which an analysis could not tell for certain what it had exposed.
public struct UncomparedSession: Encodable, Equatable, ArchiveRecord, Sendable {
    public let session: String
    /// The time of the session's first exposure, UTC; nil where none is known.
    public let startedAt: String?
    /// Minutes that its microscope's clock was ahead of UTC then; nil where that is not known.
    public let utcOffsetMinutes: Int?
    /// The reason in words.
    public let reason: String
    /// Whether the session was compared all the same: as if the grid had not been moved in between, or as far as it could be.
    public let isComparedInPart: Bool

    /// The sessions that an analysis names, and those of the grid that it says nothing of, because it kept within the session or
    /// because they came into the archive later. They are in the order of time.
    /// - Parameter sessionID: The session whose exposures are judged.
    public static func all(of analysisID: Int64, judging sessionID: Int64, _ db: Database) throws -> [UncomparedSession]
    {
        // Most sessions are alone on their grid: this is seen at once, and the view's rules on grids cost more.
        let hasOthers = try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (SELECT 1 FROM same_grid)
                        OR EXISTS (SELECT 1 FROM analysis_session WHERE analysis_id = ?1 AND session_id <> ?2)
                        OR EXISTS (SELECT 1 FROM uncompared_session WHERE analysis_id = ?1)
                        OR EXISTS (SELECT 1 FROM session s JOIN session o ON o.grid = s.grid AND o.session_id <> s.session_id
                                   WHERE s.session_id = ?2)
                    """), arguments: [analysisID, sessionID])
        guard hasOthers ?? true else { return [] }
        return try fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT other AS session, started_at, is_compared AS is_compared_in_part,
                           ifnull(reason, iif(across_sessions, :not_yet, :within)) AS reason,
                           (SELECT ifnull(e.utc_offset_minutes, \(MicroscopeClock.usualSQL(session: "e.session_id")))
                            FROM exposure e WHERE e.session_id = other_id ORDER BY e.acquired_at, e.name LIMIT 1
                           ) AS utc_offset_minutes
                    FROM not_compared WHERE analysis_id = :analysis AND session_id = :session ORDER BY started_at, other_id
                    """),
            arguments: [
                "analysis": analysisID, "session": sessionID, "not_yet": notYetReason, "within": withinReason,
            ])
    }

    private static let withinReason = "this analysis keeps within the session"
    private static let notYetReason = "this analysis was made without it: run `epu-analyze` again"

    /// Whether another run of `epu-analyze` compares the session, or no longer does: the reasons that follow from what has come
    /// since the analysis say so.
    public var isForTheNextRun: Bool { reason.hasSuffix("run `epu-analyze` again") }
}

// MARK: - Text

extension UncomparedSession {
    /// The session with its date by the microscope's clock: `bb (2025-01-08)`.
    public var name: String {
        guard let start = startedAt.flatMap({ Timestamp(archiveText: $0) }) else { return session }
        let time = LocalTime(instant: start, utcOffsetMinutes: utcOffsetMinutes)
        return "\(session) (\(time.microscopeText.prefix(10)))"
    }

    /// The session and the reason, for use within a sentence: `not compared with bb (2025-01-08): its calibration is
    /// undetermined`.
    public var text: String {
        (isComparedInPart ? "compared in part with " : "not compared with ") + "\(name): \(reason)"
    }

    /// The session and the reason as a sentence: `Not compared with bb (2025-01-08): its calibration is undetermined.`
    public var sentence: String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}

extension [UncomparedSession] {
    /// What is therefore not known, for example `what bb and cc had exposed before is not known`; nil where the list is empty.
    public var unknownText: String? {
        guard let last else { return nil }
        let names = map(\.session)
        let few: String
        switch count {
        case 1: few = last.session
        case 2...4: few = names.dropLast().joined(separator: ", ") + " and " + last.session
        default: few = names.prefix(3).joined(separator: ", ") + " and \(count - 3) other sessions"
        }
        return "what \(few) had exposed before is not known"
    }
}
