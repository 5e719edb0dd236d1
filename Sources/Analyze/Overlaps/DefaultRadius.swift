import EPUShared
import GRDB

/// 0.9 x half the commonest beam diameter of the sessions, um (ties: the smaller); nil where no diameter is recorded.
func defaultRadius(of sessionIDs: [Int64], _ db: Database) throws -> Double? {
    let list = sessionIDs.sqlList
    // Round-off makes equal diameters differ in their last digits.
    let diameter = try Double.fetchOne(
        db,
        sql: """
            SELECT round(beam_diameter_um, 6) AS diameter FROM exposure
            WHERE session_id IN (\(list)) AND beam_diameter_um > 0
            GROUP BY diameter ORDER BY count(*) DESC, diameter LIMIT 1
            """)
    return diameter.map { 0.9 * $0 / 2 }
}
