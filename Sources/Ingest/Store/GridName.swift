import EPUCore

/// The name of a grid, which all sessions have that share its stage coordinate system: the column `session.grid`.
enum GridName {
    /// The name of the grid of an atlas, as one instrument saw it.
    static func of(atlas: String, instrumentKey: String?) -> String { "\(instrumentKey ?? unknown) \(atlas)" }

    /// The name of the grid of a session without an atlas: nothing tells that another one shares it.
    static func of(sessionNamed name: String) -> String { "session \(name)" }

    /// The name in SQL, for a row that has the columns of `session`.
    static func sql(of row: String) -> String {
        """
        CASE WHEN \(row).atlas_id IS NULL THEN \(sql(ofSessionNamed: row + ".name"))
             ELSE ifnull(\(InstrumentKey.sql(of: row)), '\(unknown)') || ' ' || \(row).atlas_id END
        """
    }

    /// The name of the grid of a session without an atlas, in SQL, from an expression that gives the session's name.
    static func sql(ofSessionNamed name: String) -> String { "'session ' || \(name)" }

    private static let unknown = "unknown instrument"
}
