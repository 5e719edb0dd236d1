import EPUArchive
import EPUCore
import GRDB
import TestSupport

@testable import epu_analyze

/// An archive made in code, and analyses of it without the tool around them.
struct Analysing {
    let folder: TemporaryFolder
    let sample: SampleArchive

    init() throws {
        folder = try TemporaryFolder()
        sample = try SampleArchive(folder["a.db"])
    }

    var archive: String { folder["a.db"] }

    /// Judges the session that was exposed last.
    /// - Parameter across: whether with earlier ones of its grid.
    @discardableResult
    func analyse(
        _ criteria: OverlapCriteria, _ matrix: Matrix2 = Matrix2(scale: 25), assuming: BeamAssumptions = .init(),
        across: Bool = true
    ) throws -> OverlapResult {
        try sample.archive.write { db in
            let last = try Int64.fetchOne(
                db, sql: "SELECT session_id FROM exposure ORDER BY acquired_at DESC, exposure_id DESC LIMIT 1")
            let session = try SessionRow.select(db, names: []).first { $0.sessionID == last }
            guard let session else { throw Failure("The archive has no exposure.") }
            let scope = try GridScope(of: session, isAcross: across, db)
            return try OverlapAnalysis(
                scope: scope,
                calibrations: scope.sessions.map { try .given(matrix, for: $0.sessionID, at: .now, db) },
                criteria: criteria, assumptions: assuming, acrossSessions: across
            ).run(at: .now, db)
        }
    }

    func rows(_ sql: String) throws -> [[String]] {
        try sample.archive.read { db in
            try Row.fetchAll(db, sql: sql).map { row in
                row.databaseValues.map { String.fromDatabaseValue($0) ?? $0.description }
            }
        }
    }

    func execute(_ sql: String) throws { try sample.archive.write { try $0.execute(sql: sql) } }

    /// What each exposure had received, by name; nil where it is not known.
    func preExposures() throws -> [String: PreExposure] {
        try sample.archive.read { db in
            Dictionary(
                uniqueKeysWithValues: try Row.fetchAll(
                    db,
                    sql: """
                        SELECT e.name, d.* FROM pre_exposure d JOIN placement USING (placement_id)
                        JOIN exposure e USING (exposure_id)
                        """
                ).map { row in
                    (
                        row["name"] as String,
                        PreExposure(
                            dose: row["dose_e_per_a2"], unplannedDose: row["unplanned_dose_e_per_a2"],
                            fieldShare: row["field_share"], unplannedFieldShare: row["unplanned_field_share"],
                            nearest: row["nearest_um"], unplannedNearest: row["nearest_unplanned_um"])
                    )
                })
        }
    }
}
