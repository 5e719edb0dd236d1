import EPUArchive
import EPUCore
import GRDB

/// A micrograph that one of two analyses calls overexposed and the other does not.
struct ChangedMicrograph: Encodable {
    let session: String
    let name: String
    /// The name of the earlier exposure nearest to it.
    let earlier: String
    let distanceUm: Double
    /// The distance of the same two exposures in the other analysis, um; nil: it does not place them.
    let otherDistanceUm: Double?
    let cause: String

    private struct Found: ArchiveRecord {
        let session, name, earlier, cause: String
        let distanceUm: Double
        let otherXUm, otherYUm: Double?
    }

    /// The micrographs that `analysis` calls overexposed and `other` does not, in the order in which they were taken.
    static func only(
        in analysis: ComparedAnalysis, not other: ComparedAnalysis, sessions: [SessionRow], _ db: Database
    ) throws -> [ChangedMicrograph] {
        try Found.fetchAll(
            db,
            sql: """
                SELECT s.name AS session, later.name, earlier.name AS earlier, o.distance_um, o.cause,
                       p.x_um - q.x_um AS other_x_um, p.y_um - q.y_um AS other_y_um
                FROM overexposure n
                JOIN overlap o
                    ON o.analysis_id = n.analysis_id AND o.later_id = n.exposure_id AND o.earlier_id = n.nearest_id
                JOIN exposure later ON later.exposure_id = n.exposure_id
                JOIN exposure earlier ON earlier.exposure_id = n.nearest_id
                JOIN session s ON s.session_id = later.session_id
                LEFT JOIN placement p ON p.placement_set_id = :other_set AND p.exposure_id = n.exposure_id
                LEFT JOIN placement q ON q.placement_set_id = :other_set AND q.exposure_id = n.nearest_id
                WHERE n.analysis_id = :analysis AND later.session_id IN (\(sessions.map(\.sessionID).sqlList))
                    AND NOT EXISTS (SELECT 1 FROM overexposure m
                                    WHERE m.analysis_id = :other AND m.exposure_id = n.exposure_id)
                ORDER BY later.acquired_at, later.name, n.exposure_id
                """,
            arguments: [
                "analysis": analysis.analysisID, "other": other.analysisID, "other_set": other.placementSetID,
            ]
        ).map { found in
            ChangedMicrograph(
                session: found.session, name: found.name, earlier: found.earlier, distanceUm: found.distanceUm,
                otherDistanceUm: found.otherXUm.flatMap { x in found.otherYUm.map { Vector2(x, $0).length } },
                cause: found.cause)
        }
    }
}
