import EPUArchive
import EPUCore
import GRDB

/// Makes the analysis that a person published for a session again where it does not hold all of the session any more: with its
/// own criteria, scope, matrix and assumptions.
enum PublishedRefresh {
    /// - Returns: a sentence to print, where something was done or could not be done.
    static func run(_ session: SessionRow, in archive: Archive) throws -> String? {
        do {
            return try archive.write { try run(session, at: .now, $0) }
        } catch let failure as Failure {
            return "The published analysis of \(session.name) cannot be made again: \(failure)"
        }
    }

    private static func run(_ session: SessionRow, at time: Timestamp, _ db: Database) throws -> String? {
        guard let published = try PublishedAnalysis.named(for: session.sessionID, db) else { return nil }
        let scope = try GridScope(of: session, isAcross: published.settings.acrossSessions, db)
        if let id = published.analysisID, try holds(id, scope, db) { return nil }
        let calibrations = try scope.sessions.flatMap { session in
            try published.matrix.map { [try StoredCalibration.given($0, for: session.sessionID, at: time, db)] }
                ?? StoredCalibration.chosen(for: session.sessionID, db)
        }
        let analysis = OverlapAnalysis(
            scope: scope, calibrations: calibrations, criteria: published.criteria,
            radiusSource: try radiusSource(of: published, db),
            assumptions: BeamAssumptions(
                dose: published.settings.assumedDoseEPerA2, beamDiameter: published.settings.assumedBeamDiameterUm,
                spotDose: published.settings.spotDoseEPerA2),
            acrossSessions: published.settings.acrossSessions)
        let made = try analysis.run(at: time, db).analysisID
        try published.replaced(by: made, db)
        try OutgrownPlacements.remove(of: session.sessionID, db)
        let before = published.analysisID.map { " \($0)" } ?? ""
        return made == published.analysisID
            ? "\(session.name): its published analysis\(before) was made again (\(published.criteria.text))."
            : "\(session.name): its published analysis\(before) could not hold any more and was made again as analysis \(made) "
                + "(\(published.criteria.text))."
    }

    /// Where the radius came from, which the archive keeps as long as the analysis is there.
    private static func radiusSource(of published: PublishedAnalysis, _ db: Database) throws -> RadiusSource? {
        guard published.criteria.radius != nil else { return nil }
        let stored = try String.fetchOne(
            db, sql: "SELECT radius_source FROM analysis WHERE analysis_id = ?", arguments: [published.analysisID])
        return stored.flatMap(RadiusSource.init) ?? .given
    }

    private struct Made: ArchiveRecord {
        let basis: String?
        let rules: Int
        let hasNew: Bool
    }

    /// Whether all exposures of the session are judged, and all earlier ones compared that are there now. Other calibrations are
    /// no reason: who named the analysis named those that it has.
    private static func holds(_ analysisID: Int64, _ scope: GridScope, _ db: Database) throws -> Bool {
        let session = scope.session.sessionID
        let made = try Made.fetchOne(
            db,
            sql: """
                SELECT a.basis, a.rules, EXISTS (
                    SELECT 1 FROM exposure e WHERE e.session_id = ?2 AND NOT EXISTS (
                        SELECT 1 FROM placement p WHERE \(JudgedPlacement.sql))) AS has_new
                FROM analysis a WHERE analysis_id = ?1
                """, arguments: [analysisID, session])
        guard let made, !made.hasNew, made.rules == OverlapCause.rulesVersion else { return false }
        // An analysis of an older version says nothing of what it rests on.
        guard let basis = made.basis else { return true }
        let now = try AnalysisBasis(scope, [], BeamAssumptions(), db).text
        return AnalysisBasis.sessions(basis) == AnalysisBasis.sessions(now)
    }
}
