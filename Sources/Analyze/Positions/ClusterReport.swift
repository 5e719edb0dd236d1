import EPUCore

/// What `epu-analyze clusters` prints for one session.
struct ClusterReport: Encodable {
    struct Cluster: Encodable {
        let cluster: Int
        let x: Double
        let y: Double
        let exposures: Int
    }

    let session: String
    let exposures: Int
    let clusters: [Cluster]
    /// The sum of squared distances from the centres, squared beam-shift units.
    let squaredDistance: Double
    /// The distances between centres, beam-shift units.
    let distances: [[Double]]
    let leastDistance: Double?
    let greatestDistance: Double?
    let typicalNearestDistance: Double?
    let holeSpacingUm: Double?
    /// The k that follows from hole spacing / typical nearest distance, um per unit.
    let k: Double?
    /// The k that follows from hole spacing / least distance, um per unit.
    let kFromLeastDistance: Double?

    init(session: String, result: Clustering, holeSpacingUm: Double?) {
        let distances = ClusterDistances(centers: result.centers)
        let sizes = result.membership.reduce(into: [Int](repeating: 0, count: result.centers.count)) { $0[$1] += 1 }
        self.session = session
        exposures = result.membership.count
        clusters = result.centers.enumerated().map { Cluster(cluster: $0, x: $1.x, y: $1.y, exposures: sizes[$0]) }
        squaredDistance = result.squaredDistance
        self.distances = distances.matrix
        leastDistance = distances.least
        greatestDistance = distances.greatest
        typicalNearestDistance = distances.typicalNearest
        self.holeSpacingUm = holeSpacingUm
        k = holeSpacingUm.flatMap { distances.scale(holeSpacingUm: $0, distance: distances.typicalNearest) }
        kFromLeastDistance = holeSpacingUm.flatMap { distances.scale(holeSpacingUm: $0, distance: distances.least) }
    }

    /// More columns than this are no table for people: the JSON has it, and `--distances` prints it all the same.
    private static let mostColumns = 25

    /// - Parameter distances: Whether the table of distances is wanted, however large it is.
    func text(distances isWanted: Bool) -> String {
        var members = TextTable(["cluster", "x", "y", "exposures"])
        for cluster in clusters {
            members.add([
                "\(cluster.cluster)", cluster.x.text(decimals: 5), cluster.y.text(decimals: 5), "\(cluster.exposures)",
            ])
        }
        var lines = [
            "\(session): \(counted(exposures, "exposure")) in \(counted(clusters.count, "beam-shift cluster")), "
                + "squared distance \(squaredDistance.text())",
            members.text,
        ]
        if isWanted || clusters.count <= Self.mostColumns {
            lines += ["Distances between cluster centres, beam-shift units:", distanceTable]
        } else {
            lines.append("--distances prints the distances between the \(clusters.count) cluster centres, too.")
        }
        if let leastDistance, let greatestDistance {
            lines.append("Least distance \(leastDistance.text()), greatest \(greatestDistance.text())")
        }
        return (lines + [scaleText].compactMap { $0 }).joined(separator: "\n")
    }

    private var distanceTable: String {
        var matrix = TextTable([""] + clusters.map { "\($0.cluster)" })
        for (row, values) in distances.enumerated() {
            matrix.add(["\(row)"] + values.map { $0.text(decimals: 4) })
        }
        return matrix.text
    }

    private var scaleText: String? {
        guard let holeSpacingUm else { return nil }
        guard let k, let kFromLeastDistance, let typicalNearestDistance, let leastDistance else {
            return "k needs two clusters that lie apart: use more --clusters."
        }
        return """
            k = \(holeSpacingUm.text()) um / \(typicalNearestDistance.text()) = \(k.text(significant: 4)) \
            (median distance to the nearest cluster)
            k = \(holeSpacingUm.text()) um / \(leastDistance.text()) = \(kFromLeastDistance.text(significant: 4)) \
            (least distance)
            """
    }

    /// The reason why k should not be trusted; nil: there is none.
    var warning: String? {
        guard let k, !isPlausibleScale(k) else { return nil }
        return "k = \(k.text(significant: 4)) is outside 15 to 40: neighbouring clusters are not neighbouring holes. "
            + "Use another number of --clusters, such that each cluster is one hole position, or check --hole-spacing."
    }
}
