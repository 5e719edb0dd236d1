import EPUCore

/// The numbers of what a simulation wrote.
struct SimulationSummary: Encodable {
    let folders: [String]
    let truth: String
    let exposures: Int
    let holes: Int
    let gridSquares: Int
    let stops: Int
    let incidents: [String: Int]
    let pairs: Int
    let pairsByCause: [String: Int]
    let radiusUm: Double
    let seconds: Double

    init(truth: SimulationTruth, options: SimulationOptions, places: SimulationPlaces, squares: Int, seconds: Double) {
        folders = options.secondSession ? [places.folder, places.secondFolder] : [places.folder]
        self.truth = places.truthFile
        exposures = truth.exposures.count
        holes = Set(truth.exposures.map(\.hole)).count
        gridSquares = squares
        stops = truth.sessions.reduce(0) { total, session in
            total + (truth.exposures.last { $0.session == session }.map { $0.stop + 1 } ?? 0)
        }
        incidents = Dictionary(truth.incidents.map { ($0.kind.rawValue, 1) }, uniquingKeysWith: +)
        pairs = truth.pairs.count
        pairsByCause = Dictionary(truth.pairs.map { ($0.cause.rawValue, 1) }, uniquingKeysWith: +)
        radiusUm = options.radiusUsed
        self.seconds = seconds
    }

    var text: String {
        let causes = pairsByCause.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let pairText =
            pairs == 0
            ? "no pair" : counted(pairs, "pair") + " (\(causes))"
        return """
            Wrote \(counted(exposures, "exposure")) of \(counted(holes, "foil hole")) in \
            \(counted(gridSquares, "grid square")), from \(counted(stops, "stage stop")), \
            to \(folders.map(shellWord).joined(separator: " and ")) in \(seconds.text(decimals: 1)) s.
            Truth: \(pairText) within \(radiusUm.text(significant: 4)) um, in \(shellWord(truth))
            Next: epu-ingest \(folders.map(shellWord).joined(separator: " "))
            """
    }
}
