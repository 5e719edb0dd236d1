import EPUArchive
import EPUCore
import EPUDrawing
import GRDB

/// Finds the positions of AFIS in sessions, or clusters their beam shifts, and stores what it finds.
struct ClusterRun {
    private let archive: Archive
    private let selected: [(session: SessionRow, exposures: [ClusteredExposure])]
    /// The pitch of the foil, as the user gave it, um; nil: the session's .dm files have it.
    private let pitch: Double?

    private typealias ClusteredExposure = (exposureID: Int64, beamShift: Vector2)

    /// - Parameter names: the sessions; where none is named, all that have exposures.
    init(sessions names: [String], pitch: Double?, in archive: Archive) throws {
        self.archive = archive
        self.pitch = pitch
        selected = try archive.read { db in
            try SessionRow.select(db, names: names).compactMap { session in
                let exposures = try ClusterStore(session: session).beamShifts(db)
                return exposures.isEmpty && names.isEmpty ? nil : (session: session, exposures: exposures)
            }
        }
    }

    /// The number of sessions.
    var sessions: Int { selected.count }

    /// Clusters the beam shifts of each session.
    /// - Parameters:
    ///   - plot: the file on which the clusters are drawn; nil: none.
    ///   - tell: gets a sentence where the points of a session had to be joined first.
    /// - Throws: `Failure` where a session has too few exposures; then no session is clustered.
    func cluster(_ search: ClusterSearch, plot: String?, tell: (String) -> Void) throws -> [ClusterReport] {
        for (session, exposures) in selected { try search.check(exposures.count, of: session) }
        return try selected.map { session, exposures in
            let points = exposures.map(\.beamShift)
            let (result, note) = try search.clustering(points, of: session)
            if let note { tell(note) }
            if let plot {
                try ClusterPlot(
                    points: points, cluster: result.membership, centers: result.centers, title: session.name
                ).write(to: plot)
            }
            try archive.write { db in
                try ClusterStore(session: session)
                    .store(result, of: exposures.map(\.exposureID), method: search.method.rawValue, at: .now, db)
            }
            return ClusterReport(session: session.name, result: result, holeSpacingUm: pitch)
        }
    }

    /// Finds the positions of each session; what one of many lacks does not stop the others.
    /// - Parameters:
    ///   - plot: the file on which the positions are drawn; nil: none.
    ///   - tell: gets a sentence where exposures are left out, and where a session shows no lattice.
    /// - Throws: `Failure` where no session shows a lattice.
    func findPositions(plot: String?, tell: (String) -> Void) throws -> [PositionReport] {
        let reading = SessionReading()
        var reports: [PositionReport] = []
        for (session, _) in selected {
            let search = try PositionSearch(session, pitch: pitch, reading, in: archive)
            if let leftOut = search.leftOutText { tell(leftOut) }
            guard let found = search.found else {
                let message =
                    "\(session.name): holes shot from one stage stop show no lattice. Use --clusters N to cluster by k-means."
                guard selected.count > 1 else { throw Failure(message) }
                tell(message)
                continue
            }
            if let plot { try found.plot.write(to: plot) }
            reports.append(try found.store(in: archive))
        }
        guard !reports.isEmpty else { throw Failure("No session shows a lattice.") }
        return reports
    }
}
