import EPUShared
import GRDB

/// An exposure as the lists name it, with the verdict on it.
struct ListedExposure {
    /// Base name without suffix.
    let name: String
    /// Absolute; where there is no JPG, the path it would have beside its XML.
    let imagePath: String
    let hasImage: Bool
    let fractionation: String?
    let camera: String?
    let isBad: Bool
    /// Whether a person said so.
    let isReviewed: Bool

    /// The exposures of a session that an analysis judged, in time order.
    static func all(of choice: AnalysisChoice, _ db: Database) throws -> [ListedExposure] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT e.name, x.image_path, x.metadata_path, e.fractionation, e.camera,
                       \(ExposureVerdict.sql) AS is_bad,
                       r.exposure_id IS NOT NULL AS is_reviewed
                FROM exposure e
                JOIN exposures x USING (exposure_id)
                \(ExposureVerdict.joins(analysis: "?2"))
                WHERE e.session_id = ?1 AND is_bad IS NOT NULL
                ORDER BY e.acquired_at, e.name, e.exposure_id
                """,
            arguments: [choice.session.sessionID, choice.analysisID]
        ).map { row in
            let image: String? = row["image_path"]
            return ListedExposure(
                name: row["name"],
                imagePath: image ?? jpgPath(besideMetadata: row["metadata_path"]), hasImage: image != nil,
                fractionation: row["fractionation"], camera: row["camera"], isBad: row["is_bad"],
                isReviewed: row["is_reviewed"])
        }
    }

    private static func jpgPath(besideMetadata path: String) -> String {
        path.lowercased().hasSuffix(".xml") ? path.dropLast(4) + ".jpg" : path + ".jpg"
    }
}
