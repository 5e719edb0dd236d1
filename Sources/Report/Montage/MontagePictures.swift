import EPUArchive
import EPUCore
import GRDB

/// The JPGs of the exposures of a session's pairs, and which of them are no longer on disk.
struct MontagePictures {
    let recorded: Int
    let gone: Int

    /// Whether there was a picture of an exposure, and none is left: a montage would show nothing.
    var areAllGone: Bool { recorded > 0 && gone == recorded }

    init(of choice: AnalysisChoice, _ db: Database) throws {
        let paths = try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT x.image_path FROM all_overexposed o
                JOIN exposures x ON x.exposure_id IN (o.later_id, o.earlier_id)
                WHERE o.analysis_id = ? AND o.session = ? AND x.image_path IS NOT NULL
                """, arguments: [choice.analysisID, choice.session.name])
        recorded = paths.count
        gone = paths.count { PathText.isGone($0) }
    }
}
