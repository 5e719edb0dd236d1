import EPUArchive
import EPUCore
import GRDB

/// The result of marking, as it is printed.
struct ReviewMark: Encodable {
    let verdict: ReviewVerdict
    let reason: String?
    /// The number that is now marked so; for `clear`, the number that had a verdict.
    let marked: Int
    /// The number of these that had another mark before; for `clear`, all of them.
    let replaced: Int
    let exposures: [ReviewedExposures.Exposure]

    /// Marks exposures, in place of what was said of them before.
    init(
        _ found: ReviewedExposures, _ verdict: ReviewVerdict, reason: String?, at time: Timestamp, _ db: Database
    ) throws {
        self.verdict = verdict
        self.reason = reason
        exposures = found.exposures
        var before = try RowStatement(
            db, "SELECT ifnull((SELECT verdict = ? FROM review WHERE exposure_id = ?), -1)")
        var clear = try RowStatement(db, "DELETE FROM review WHERE exposure_id = ?")
        var mark = try RowStatement(
            db,
            """
            INSERT INTO review (exposure_id, verdict, reason, reviewed_at) VALUES (?, ?, ?, ?)
            ON CONFLICT (exposure_id) DO UPDATE SET
                verdict = excluded.verdict, reason = excluded.reason, reviewed_at = excluded.reviewed_at
            """)
        var (marked, replaced) = (0, 0)
        for exposure in exposures {
            guard verdict != .clear else {
                clear.bind(exposure.exposureID)
                try clear.run()
                marked += Int(clear.changes)
                replaced += Int(clear.changes)
                continue
            }
            before.bind(verdict.rawValue)
            before.bind(exposure.exposureID)
            if try before.run() == 0 { replaced += 1 }
            mark.bind(exposure.exposureID)
            mark.bind(verdict.rawValue)
            mark.bind(reason)
            mark.bind(time.archiveText)
            try mark.run()
            marked += 1
        }
        (self.marked, self.replaced) = (marked, replaced)
    }

    var text: String {
        switch verdict {
        case .keep: "\(marked) marked to keep" + (replaced > 0 ? ", of which \(replaced) had been marked bad" : "")
        case .bad: "\(marked) marked bad" + (replaced > 0 ? ", of which \(replaced) had been marked to keep" : "")
        case .clear:
            "\(marked) cleared" + (marked < exposures.count ? ", \(exposures.count - marked) had no verdict" : "")
        }
    }
}
