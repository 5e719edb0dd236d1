import EPUArchive
import EPUCore
import GRDB

/// Calibrates sessions and analyses each of them, in a transaction of its own.
struct OverlapRun {
    let archive: Archive
    let source: CalibrationSource
    let criteria: OverlapCriteria
    let assumptions: BeamAssumptions
    let acrossSessions: Bool
    /// Whether the run makes the default analysis of each session.
    let isDefault: Bool
    let reading = SessionReading()

    private var analysed: [(session: SessionRow, result: OverlapResult)] = []
    /// The sessions that could not be analysed, and why.
    private(set) var undone: [(session: SessionRow, error: any Error)] = []

    init(
        archive: Archive, source: CalibrationSource, criteria: OverlapCriteria, assumptions: BeamAssumptions,
        acrossSessions: Bool, isDefault: Bool
    ) {
        self.archive = archive
        self.source = source
        self.criteria = criteria
        self.assumptions = assumptions
        self.acrossSessions = acrossSessions
        self.isDefault = isDefault
    }

    var results: [OverlapResult] { analysed.map(\.result) }

    /// Analyses sessions one after another; what one lacks does not stop the others.
    /// - Parameter tell: gets a sentence where an analysis that a person published was made again, or could not be.
    /// - Throws: an error of the archive; what was found before is stored, and stands in `results`.
    mutating func analyse(_ scopes: [GridScope], tell: (String) -> Void) throws {
        let uncalibrated = try calibrate(scopes)
        for scope in scopes {
            do {
                if let failure = uncalibrated[scope.session.sessionID] { throw failure }
                analysed.append((scope.session, try analyse(scope, tell)))
            } catch let error where error is Failure || error is MissingRadius {
                undone.append((scope.session, error))
            }
        }
    }

    /// The results that reports do not show, each with the analysis of its session that they show.
    func unshown() throws -> [(result: OverlapResult, shown: Int64)] {
        try archive.read { db in
            try analysed.compactMap { session, result in
                try Publication.analysisID(of: session.sessionID, db)
                    .flatMap { $0 == result.analysisID ? nil : (result: result, shown: $0) }
            }
        }
    }

    /// Calibrates all sessions that are judged or compared, before the first is: what is found for one must not change with what
    /// is found for the next.
    /// - Returns: the failure of each session that could not be calibrated.
    private func calibrate(_ scopes: [GridScope]) throws -> [Int64: Failure] {
        var failures: [Int64: Failure] = [:]
        var isKnown: Set<Int64> = []
        let sessions = scopes.flatMap(\.sessions).filter { isKnown.insert($0.sessionID).inserted }
        try CalibrationRun.settle(sessions, in: archive) { session in
            do {
                try source.calibrateIfNeeded(session, reading, in: archive)
            } catch let failure as Failure {
                failures[session.sessionID] = failure
            }
        }
        return failures
    }

    private func analyse(_ scope: GridScope, _ tell: (String) -> Void) throws -> OverlapResult {
        try OpticsGroupStore.completeIfNeeded(scope.session, reading, in: archive)
        let result = Result { try archive.write { try analyse(scope, at: .now, $0) } }
        // What a person named may hold where nothing can be found by default, as without a beam diameter.
        if isDefault, let sentence = try PublishedRefresh.run(scope.session, in: archive) { tell(sentence) }
        try ExposureFigures.keep(of: scope.session, in: archive)
        return try result.get()
    }

    private func analyse(_ scope: GridScope, at time: Timestamp, _ db: Database) throws -> OverlapResult {
        var criteria = criteria
        var radiusSource = criteria.radius.map { _ in RadiusSource.given }
        if criteria.radius == nil, !criteria.needsFields {
            let found = try DefaultRadius(of: scope.session.sessionID, assuming: assumptions.beamDiameter, db)
            guard let found else { throw MissingRadius(session: scope.session.name) }
            (criteria.radius, radiusSource) = (found.radius, found.source)
        }
        let result = try OverlapAnalysis(
            scope: scope,
            calibrations: try scope.sessions.flatMap { try source.calibrations(for: $0.sessionID, at: time, db) },
            criteria: criteria, radiusSource: radiusSource, assumptions: assumptions, acrossSessions: acrossSessions,
            isDefault: isDefault, reading: reading
        ).run(at: time, db)
        try OutgrownPlacements.remove(of: scope.session.sessionID, db)
        return result
    }
}
