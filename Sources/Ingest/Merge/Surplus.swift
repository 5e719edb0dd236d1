import GRDB

/// What one copy of a session has that another one does not, and that cannot be taken over to it.
struct Surplus: Sendable {
    let exposures: Int
    /// The number of reviews of these exposures.
    let reviews: Int
    /// The number of matrices from beam shift to stage that a person gave.
    let matrices: Int

    /// A session of one of two archives that are open together.
    struct Place {
        let session: Int64
        /// The name of its archive's schema.
        let schema: String
    }

    init(of one: Place, over other: Place, _ db: Database) throws {
        func number(_ sql: String) throws -> Int {
            try Int.fetchOne(db, sql: sql, arguments: [one.session, other.session]) ?? 0
        }
        let family = MergedSplits.family(of: "?2", in: other.schema)
        let only = """
            a.session_id = ?1 AND NOT EXISTS (
                SELECT 1 FROM \(other.schema).exposure b WHERE b.session_id IN \(family) AND \(SameSessions.sameExposure))
            """
        exposures = try number("SELECT count(*) FROM \(one.schema).exposure a WHERE \(only)")
        reviews = try number(
            "SELECT count(*) FROM \(one.schema).review JOIN \(one.schema).exposure a USING (exposure_id) WHERE \(only)")
        matrices = try number(
            """
            SELECT count(*) FROM (
                SELECT m11, m12, m21, m22 FROM \(one.schema).calibration WHERE session_id = ?1 AND method = 'given'
                EXCEPT
                SELECT m11, m12, m21, m22 FROM \(other.schema).calibration WHERE session_id = ?2 AND method = 'given')
            """)
    }
}
