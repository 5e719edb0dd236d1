import ArgumentParser
import EPUShared
import Foundation
import GRDB

struct ClustersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clusters",
        abstract: "Cluster beam shifts by k-means, to find k from the hole spacing.",
        discussion: """
            Under AFIS the beam visits the same positions from every stage stop: one cluster per position. The \
            distance of neighbouring clusters is the foil's pitch in beam-shift units, so k = pitch / distance.

            EXAMPLE
              epu-analyze clusters --db archive.db --clusters 21 --hole-spacing 2.5
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions

    @Option(help: "How many clusters.")
    var clusters = 9

    @Option(
        name: [.customLong("max-iterations"), .customLong("max-iter"), .customLong("max_iter")],
        parsing: .unconditional,
        help: "Iterations of one start, at most.")
    var maximumIterations = 300

    @Option(
        name: [.long, .customLong("n-init"), .customLong("n_init")], parsing: .unconditional,
        help: "Starts; the best one is kept.")
    var initializations = 10

    @Option(parsing: .unconditional, help: "The foil's pitch, centre to centre, um: prints k.")
    var holeSpacing: Double?

    @Option(help: "Draw the clusters, numbered, as .png or .svg.", completion: .file(extensions: ["png", "svg"]))
    var plot: String?

    @OptionGroup var output: JSONOptions

    func validate() throws {
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
        // Every session is checked before one is clustered: all or nothing.
        for (session, exposures) in selected where exposures.count < clusters {
            throw Failure(
                "\(session.name) has \(counted(exposures.count, "exposure")), too few for \(clusters) clusters. "
                    + "Ask for fewer --clusters, or choose sessions with --session.")
        }
        var reports: [ClusterReport] = []
        for (session, exposures) in selected {
            let points = exposures.map(\.beamShift)
            let result = KMeans(
                clusters: clusters, maximumIterations: maximumIterations, initializations: initializations
            ).cluster(points)
            if let plot {
                try ClusterPlot(
                    points: points, cluster: result.membership, centers: result.centers, title: session.name
                ).write(to: plot)
            }
            try archive.write { db in
                try ClusterStore(session: session)
                    .store(result, of: exposures.map(\.exposureID), method: "kmeans", at: .now, db)
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
}
