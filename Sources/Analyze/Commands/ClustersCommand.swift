public import ArgumentParser
import EPUArchive
import EPUConsole
public import EPUCore
import Foundation

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
            foil's pitch in beam-shift units, so k = pitch / distance. By kmeans the points of a cluster are near its \
            centre. By hierarchical (complete linkage, as EPU_group_AFIS has it) they are near each other, and no start \
            is drawn at random: the better choice for many small clusters, such as one for each area of each position.

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

    @Flag(help: "With more than 25 --clusters, print the distances between their centres, too.")
    var distances = false

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
        let run = try ClusterRun(
            sessions: sessions.names, pitch: holeSpacing, in: Archive(archive.path, access: .write))
        if plot != nil && run.sessions > 1 {
            throw ValidationError("--plot draws one session: name it with --session.")
        }
        if method == .lattice {
            let reports = try run.findPositions(plot: plot) { Console.message($0) }
            try show(reports, reports.map(\.text))
        } else {
            let search = ClusterSearch(
                clusters: clusters, method: method, maximumIterations: maximumIterations,
                initializations: initializations)
            let reports = try run.cluster(search, plot: plot) { Console.message($0) }
            try show(reports, reports.map { $0.text(distances: distances) })
            for warning in reports.compactMap(\.warning) { Console.message("Warning: " + warning) }
        }
    }

    private func show(_ reports: some Encodable, _ texts: [String]) throws {
        if output.json {
            try Console.result(json: reports)
        } else {
            Console.result(texts.joined(separator: "\n\n"))
        }
    }
}
