public import GRDB

/// The numbers of optics groups that exposures once got, which outlive analyses: STAR files that were written name them.
public enum OpticsNumbers {
    /// Moves the numbers with exposures that go to another session, if all exposures of the session go there and the other
    /// session has no numbers. To be called before the exposures' own rows are changed.
    /// - Throws: `DatabaseError`.
    public static func move(_ exposures: [Int64], from old: Int64, to new: Int64, _ db: Database) throws {
        let list = "[\(exposures.sqlList)]"
        try db.execute(
            sql: """
                UPDATE optics_group SET session_id = :new
                WHERE session_id = :old AND NOT EXISTS (SELECT 1 FROM optics_group WHERE session_id = :new)
                    AND NOT EXISTS (
                        SELECT 1 FROM exposure
                        WHERE session_id = :old AND exposure_id NOT IN (SELECT value FROM json_each(:exposures)))
                """,
            arguments: ["old": old, "new": new, "exposures": list])
        try db.execute(
            sql: """
                DELETE FROM optics_group_member
                WHERE exposure_id IN (SELECT value FROM json_each(:exposures))
                    AND optics_group_id IN (SELECT optics_group_id FROM optics_group WHERE session_id = :old)
                """,
            arguments: ["old": old, "exposures": list])
    }
}
