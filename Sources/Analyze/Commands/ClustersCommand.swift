import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import EPUDrawing
import Foundation
import GRDB

struct ClustersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clusters",
        abstract: "Find the positions that AFIS visits, or cluster beam shifts by k-means or complete linkage.",
        discussion: """
            Under AFIS the beam visits the same positions from every stage stop, which form the foil's lattice. Without \
            --clusters these positions are found; each has the number of its lattice node, from 0 at the centre, in \
            every session alike.

            With --clusters there are as many clusters as you ask for. The distance of neighbouring clusters is the \
            foil's pitch in beam-shift units, so k = pitch / distance. By kmeans the points of a cluster are near its centre. By hierarchical (complete linkage, as EPU_group_AFIS \
            has it) they are near each other, and no start is drawn at random: the better choice for many small \
            clusters, such as one for each area of each position.

            EXAMPLE
              epu-analyze clusters --db archive.db
              epu-analyze clusters --db archive.db --clusters 21 --hole-spacing 2.5
              epu-analyze clusters --db archive.db --clusters 63 --method hierarchical
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions

    @Option(name: .customLong("clusters"), help: "How many clusters, by kmeans or hierarchical. Default for these: 9.")
    var wantedClusters: Int?

    @Option(
        name: .customLong("method"),
        help: "lattice, kmeans or hierarchical. Default: lattice, or kmeans with --clusters.")
    var wantedMethod: ClusteringMethod?

    @Option(
        name: [.customLong("max-iterations"), .customLong("max-iter"), .customLong("max_iter")],
        parsing: .unconditional,
        help: "Iterations of one start of kmeans, at most.")
    var maximumIterations = 300

    @Option(
        name: [.long, .customLong("n-init"), .customLong("n_init")], parsing: .unconditional,
        help: "Starts of kmeans; the best one is kept.")
    var initializations = 10

    @Option(parsing: .unconditional, help: "The foil's pitch, centre to centre, um: prints k.")
    var holeSpacing: Double?

    @Option(help: "Draw the clusters, numbered, as .png or .svg.", completion: .file(extensions: ["png", "svg"]))
    var plot: String?

    @OptionGroup var output: JSONOptions

    private var clusters: Int { wantedClusters ?? 9 }
    private var method: ClusteringMethod { wantedMethod ?? (wantedClusters == nil ? .lattice : .kmeans) }

    func validate() throws {
        guard method != .lattice || wantedClusters == nil else {
            throw ValidationError("--method lattice finds the number of positions itself: leave --clusters out.")
        }
        guard (1...10_000).contains(clusters) else {
            throw ValidationError("--clusters takes 1 to 10000, not \(clusters).")
        }
        guard maximumIterations > 0 else {
            throw ValidationError("--max-iterations takes 1 or more, not \(maximumIterations).")
        }
        guard initializations > 0 else {
            throw ValidationError("--initializations takes 1 or more, not \(initializations).")
        }
        if let holeSpacing, !(holeSpacing.isFinite && holeSpacing > 0) {
            throw ValidationError("--hole-spacing takes a pitch in um, greater than 0, not \(holeSpacing.text()).")
        }
        if let plot, !["png", "svg"].contains((plot as NSString).pathExtension.lowercased()) {
            throw ValidationError("--plot takes a file that ends in .png or .svg, not \(plot).")
        }
    }

    func run() throws {
        PartialFiles.removeOnInterruption()
        let archive = try Archive(archive.path, access: .write)
        let selected = try archive.read { db in
            try SessionRow.select(db, names: sessions.names).compactMap { session in
                let exposures = try ClusterStore(session: session).beamShifts(db)
                return exposures.isEmpty && sessions.names.isEmpty ? nil : (session: session, exposures: exposures)
            }
        }
        if plot != nil && selected.count > 1 {
            throw ValidationError("--plot draws one session: name it with --session.")
        }
        guard method != .lattice else { return try findPositions(selected.map(\.session), in: archive) }
        // Every session is checked before one is clustered: all or nothing.
        for (session, exposures) in selected where exposures.count < clusters {
            throw Failure(
                "\(session.name) has \(counted(exposures.count, "exposure")), too few for \(clusters) clusters. "
                    + "Ask for fewer --clusters, or choose sessions with --session.")
        }
        var reports: [ClusterReport] = []
        for (session, exposures) in selected {
            let points = exposures.map(\.beamShift)
            let result = try cluster(points, of: session)
            if let plot {
                try ClusterPlot(
                    points: points, cluster: result.membership, centers: result.centers, title: session.name
                ).write(to: plot)
            }
            try archive.write { db in
                try ClusterStore(session: session)
                    .store(result, of: exposures.map(\.exposureID), method: method.rawValue, at: .now, db)
            }
            reports.append(ClusterReport(session: session.name, result: result, holeSpacingUm: holeSpacing))
        }
        if output.json {
            try Console.result(json: reports)
        } else {
            Console.result(reports.map(\.text).joined(separator: "\n\n"))
        }
        for warning in reports.compactMap(\.warning) { Console.message("Warning: " + warning) }
    }

    private func findPositions(_ sessions: [SessionRow], in archive: Archive) throws {
        var reports: [PositionReport] = []
        for session in sessions {
            let inputs = try archive.read { db in
                try CalibrationInput.all(
                    of: session, SessionExposure.inTimeOrder(of: [session.sessionID], db), pitch: holeSpacing, db)
            }
            if let first = inputs.first, inputs.count > 1 {
                let others = inputs.dropFirst().reduce(0) { $0 + $1.exposures.count }
                Console.message(
                    "\(session.name): positions of \(first.condition.text) only; \(counted(others, "exposure")) in another "
                        + "probe mode or at another tilt are left out.")
            }
            guard let input = inputs.first, let positions = BeamShiftPositions(input) else {
                let message =
                    "\(session.name): holes shot from one stage stop show no lattice. Use --clusters N to cluster by k-means."
                // One of many does not stop the others.
                guard sessions.count > 1 else { throw Failure(message) }
                Console.message(message)
                continue
            }
            if let plot {
                try ClusterPlot(
                    points: input.exposures.map(\.beamShift), cluster: positions.membership,
                    centers: positions.centersByID, title: session.name,
                    figures: "\(counted(input.exposures.count, "exposure")) at "
                        + counted(positions.positions.count, "position")
                ).write(to: plot)
            }
            try archive.write { db in
                try ClusterStore(session: session).replace(
                    positions, of: input.exposures.map(\.exposureID), at: .now, db)
                try OpticsGroupStore(session: session).complete(
                    inputs, [positions] + inputs.dropFirst().map { BeamShiftPositions($0) }, db)
            }
            reports.append(
                PositionReport(
                    session.name, positions, input, scale: try archive.read { try Self.scale(session, input, $0) }))
        }
        guard !reports.isEmpty else { throw Failure("No session shows a lattice.") }
        if output.json {
            try Console.result(json: reports)
        } else {
            Console.result(reports.map(\.text).joined(separator: "\n\n"))
        }
    }

    /// um per unit, from the session's calibration or the foil's pitch; nil where neither is known.
    private static func scale(_ session: SessionRow, _ input: CalibrationInput, _ db: Database) throws -> Double? {
        let chosen = try StoredCalibration.chosen(for: session.sessionID, db).first
        if let chosen, chosen.verdict.isFound { return chosen.matrix.scale }
        return input.pitch.flatMap { pitch in input.lattice?.scale(pitch: pitch) }
    }

    private func cluster(_ points: [Vector2], of session: SessionRow) throws -> Clustering {
        switch method {
        case .lattice, .kmeans:
            KMeans(clusters: clusters, maximumIterations: maximumIterations, initializations: initializations)
                .cluster(points)
        case .hierarchical: try hierarchical(points, of: session)
        }
    }

    /// Complete linkage, of groups where the exposures are too many.
    private func hierarchical(_ points: [Vector2], of session: SessionRow) throws -> Clustering {
        let linkage = CompleteLinkage(clusters: clusters)
        guard points.count > Self.greatestExactCount else {
            return Clustering(points, membership: linkage.membership(of: points))
        }
        let groups = TinyGroups(points, limit: Self.greatestExactCount)
        guard groups.means.count >= clusters else {
            throw Failure(
                "\(session.name): hierarchical clustering joins its \(points.count) exposures to "
                    + "\(counted(groups.means.count, "group")) first, too few for \(clusters) clusters. "
                    + "Ask for fewer --clusters, or for --method kmeans.")
        }
        Console.message(
            "\(session.name): \(points.count) exposures were joined to \(groups.means.count) groups, "
                + "\(groups.side.text(significant: 2)) units wide, before clustering.")
        let ofGroup = linkage.membership(of: groups.means)
        return Clustering(points, membership: groups.membership.map { ofGroup[$0] })
    }

    /// Exposures of a session. Time and memory of complete linkage grow with the square: 100 MB and a second.
    private static let greatestExactCount = 5000
}
