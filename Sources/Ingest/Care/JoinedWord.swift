import EPUArchive
import EPUCore
import GRDB

/// What people said of a session that becomes part of another one.
struct JoinedWord {
    let old: Int64
    let new: Int64

    /// Takes it over, before the exposures move.
    func take(_ db: Database) throws {
        let all = try Int64.fetchAll(db, sql: "SELECT session_id FROM session")
        var target = Dictionary(uniqueKeysWithValues: all.map { ($0, $0) })
        target[old] = new
        try PersonsWord.note(target, db)
        let word = PersonsWord(source: "main")
        _ = try word.take(of: old, IDColumns(), db)
        try word.takeSameGrids(db)
        try db.execute(
            sql: """
                UPDATE calibration SET session_id = ?1,
                    chosen = CASE WHEN EXISTS (SELECT 1 FROM calibration k WHERE k.session_id = ?1 AND k.chosen) THEN 0
                                  ELSE chosen END
                WHERE session_id = ?2 AND method = \(CalibrationMethod.given.sql) AND NOT EXISTS (
                    SELECT 1 FROM calibration k
                    WHERE k.session_id = ?1 AND (k.m11, k.m12, k.m21, k.m22)
                        = (calibration.m11, calibration.m12, calibration.m21, calibration.m22))
                """, arguments: [new, old])
        try takeSplits(db)
    }

    /// Where one of the two is a part of the other, or both are of a third: the rules that made them now lead to one session.
    private func takeSplits(_ db: Database) throws {
        try SplitFamily.replace(old, by: new, db)
        // What stays by the last of a session's rules would stay without it.
        while true {
            try db.execute(
                sql: """
                    DELETE FROM session_split
                    WHERE session_id = part_session_id AND session_id = ?1 AND session_split_id = (
                        SELECT max(session_split_id) FROM session_split WHERE session_id = ?1)
                    """, arguments: [new])
            guard db.changesCount > 0 else { return }
        }
    }
}
