public import ArgumentParser
import EPUArchive
import EPUConsole
public import EPUCore
import EPUDrawing
import Foundation
import GRDB

extension ClusteringMethod: ExpressibleByArgument {}

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
        let search = ClusterSearch(
            clusters: clusters, method: method, maximumIterations: maximumIterations, initializations: initializations)
        // Every session is checked before one is clustered: all or nothing.
        for (session, exposures) in selected { try search.check(exposures.count, of: session) }
        var reports: [ClusterReport] = []
        for (session, exposures) in selected {
            let points = exposures.map(\.beamShift)
            let (result, note) = try search.clustering(points, of: session)
            if let note { Console.message(note) }
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
        try show(reports, reports.map(\.text))
        for warning in reports.compactMap(\.warning) { Console.message("Warning: " + warning) }
    }

    private func findPositions(_ sessions: [SessionRow], in archive: Archive) throws {
        var reports: [PositionReport] = []
        for session in sessions {
            let search = try PositionSearch(session, pitch: holeSpacing, in: archive)
            if let leftOut = search.leftOutText { Console.message(leftOut) }
            guard let found = search.found else {
                let message =
                    "\(session.name): holes shot from one stage stop show no lattice. Use --clusters N to cluster by k-means."
                // An error in one of many sessions does not stop the others.
                guard sessions.count > 1 else { throw Failure(message) }
                Console.message(message)
                continue
            }
            if let plot { try found.plot.write(to: plot) }
            reports.append(try found.store(in: archive))
        }
        guard !reports.isEmpty else { throw Failure("No session shows a lattice.") }
        try show(reports, reports.map(\.text))
    }

    private func show(_ reports: some Encodable, _ texts: [String]) throws {
        if output.json {
            try Console.result(json: reports)
        } else {
            Console.result(texts.joined(separator: "\n\n"))
        }
    }
}
