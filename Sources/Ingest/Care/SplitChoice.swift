import EPUArchive
import EPUCore
import GRDB

/// What a person says of the exposures that are to be split off.
enum SplitChoice {
    /// Exposures at and after a time.
    case from(SplitTime)
    /// Exposures in grid squares, by EPU's numbers.
    case squares([Int64])
    /// Exposures by their names, or those of their files.
    case names(MicrographNames)

    /// The rule for exposures that come later.
    /// - Throws: `Failure` for a square or a name of which the session has no exposure.
    func rule(in session: SessionRow, _ db: Database) throws -> SplitRule {
        switch self {
        case .from(let time):
            let offset = try Self.utcOffsetMinutes(of: session.sessionID, db)
            return SplitRule(startsAt: time.instant(utcOffsetMinutes: offset), utcOffsetMinutes: offset)
        case .squares(let squares):
            let known = try Int64.fetchSet(
                db, sql: "SELECT DISTINCT grid_square FROM exposure WHERE session_id = ? AND grid_square IS NOT NULL",
                arguments: [session.sessionID])
            if let stranger = squares.first(where: { !known.contains($0) }) {
                throw Failure(
                    "\(session.name) has no exposure in grid square \(stranger). It has some in: "
                        + "\(known.sorted().sqlList). Nothing was split.")
            }
            return SplitRule(squares: Set(squares))
        case .names(let names):
            let known = try String.fetchSet(
                db, sql: "SELECT name FROM exposure WHERE session_id = ?", arguments: [session.sessionID])
            let strangers = names.strangers + names.bases.filter { !known.contains($0) }
            guard strangers.isEmpty else {
                let more = strangers.count > 5 ? " and \(strangers.count - 5) more" : ""
                throw Failure(
                    "\(session.name) has no exposure of these names: \(strangers.prefix(5).joined(separator: ", "))\(more). "
                        + "Nothing was split.")
            }
            return SplitRule(names: Set(names.bases))
        }
    }

    /// Minutes that the microscope's clock is ahead of UTC, as most exposures say; nil where none does.
    private static func utcOffsetMinutes(of sessionID: Int64, _ db: Database) throws -> Int? {
        try Int.fetchOne(
            db,
            sql: """
                SELECT utc_offset_minutes FROM exposure WHERE session_id = ? AND utc_offset_minutes IS NOT NULL
                GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
                """, arguments: [sessionID])
    }
}
