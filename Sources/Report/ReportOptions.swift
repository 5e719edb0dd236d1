import ArgumentParser
import EPUShared
import GRDB

/// `--out`, `--analysis` and `--session`: what is reported, and where it is written.
struct ReportOptions: ParsableArguments {
    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions

    @Option(help: "An analysis by its id in the view analyses. Default: each session's latest.")
    var analysis: Int64?

    init() {}

    /// The chosen sessions, each with the analysis to report.
    /// - Throws: `Failure` for an unknown session or analysis.
    func select(_ db: Database) throws -> [ReportedSession] {
        let all = try SessionRow.select(db, names: sessions.names)
        guard let analysis else {
            return try all.map { session in
                let latest = try Int64.fetchOne(
                    db, sql: "SELECT analysis_id FROM latest_analysis WHERE session_id = ?",
                    arguments: [session.sessionID])
                return ReportedSession(session: session, analysisID: latest)
            }
        }
        let covered = try Int64.fetchSet(
            db, sql: "SELECT session_id FROM analysis_session WHERE analysis_id = ?", arguments: [analysis])
        guard !covered.isEmpty else {
            throw Failure("The archive has no analysis \(analysis). The view analyses lists what it has.")
        }
        if let outside = all.first(where: { !covered.contains($0.sessionID) }), !sessions.names.isEmpty {
            throw Failure("Analysis \(analysis) does not cover \(outside.name).")
        }
        return all.filter { covered.contains($0.sessionID) }.map { ReportedSession(session: $0, analysisID: analysis) }
    }

    /// As `select`, but only sessions that were analysed.
    /// - Throws: `Failure` where a named session was not, or none was.
    func selectAnalysed(_ db: Database) throws -> [(session: SessionRow, analysisID: Int64)] {
        let selected = try select(db)
        let analysed = selected.compactMap { entry in entry.analysisID.map { (entry.session, $0) } }
        if let missing = selected.first(where: { $0.analysisID == nil }), !sessions.names.isEmpty || analysed.isEmpty {
            throw Failure(
                "\(missing.session.name) has not been analysed. Run `epu-analyze overlaps --session "
                    + "\(missing.session.name)` first.")
        }
        return analysed
    }
}

/// A session and the analysis that its report rests on; nil where it was never analysed.
struct ReportedSession {
    let session: SessionRow
    let analysisID: Int64?
}
