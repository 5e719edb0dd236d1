import EPUConsole
import EPUCore
import Foundation

/// What each step of the way from files to lists takes on one session, with the tools of one build or of two, which take turns.
struct WholeFigures {
    struct Step {
        let name: String
        let own: Spread
        /// Of the other build; nil where there is none.
        let base: Spread?
    }

    let exposures: Int
    let steps: [Step]
    /// Bytes of the archive for each exposure, when it is ingested.
    let bytesPerExposure: (own: Int, base: Int?)
    let peer: PeerFigures?

    init(
        _ session: BenchmarkSession, folder: String, tools: Tools, base: Tools?, python: String?, runs: Int
    ) throws {
        exposures = session.exposures
        let path = folder + "/session"
        let archive = folder + "/archive.db"
        var seconds: [[[Double]]] = [[], []]
        var bytes: [Int?] = [nil, nil]
        for _ in 0..<runs {
            for (build, tools) in [tools, base].enumerated() {
                guard let tools else { continue }
                try? FileManager.default.removeItem(atPath: archive)
                seconds[build].append(
                    try WholeStep.all(session: path, archive: archive, lists: folder + "/lists").enumerated().map {
                        number, step in
                        let run = try step.run(tools)
                        if number == 0 {
                            let size = try FileManager.default.attributesOfItem(atPath: archive)[.size] as? Int
                            bytes[build] = size.map { $0 / session.exposures }
                        }
                        return run.seconds
                    })
            }
        }
        let names = WholeStep.all(session: "", archive: "", lists: "").map(\.name)
        func spread(_ runs: [[Double]], _ step: Int) -> Spread? {
            runs.isEmpty ? nil : Spread(runs.map { $0[step] })
        }
        steps =
            names.indices.compactMap { step in
                spread(seconds[0], step).map {
                    Step(name: names[step], own: $0, base: spread(seconds[1], step))
                }
            } + [
                Step(
                    name: "files to lists", own: Spread(seconds[0].map { $0.reduce(0, +) }),
                    base: seconds[1].isEmpty ? nil : Spread(seconds[1].map { $0.reduce(0, +) }))
            ]
        bytesPerExposure = (bytes[0] ?? 0, bytes[1])
        peer = try python.map { try PeerFigures(path, folder: folder, tools: tools, python: $0, runs: runs) }
    }

    var text: String {
        var table = TextTable(["\(exposures) exposures", "s", "min..max", "base s", "min..max", "base/this"])
        for step in steps {
            table.add(
                [step.name] + Self.cells(step.own)
                    + (step.base.map(Self.cells) ?? ["", ""])
                    + [step.base.map { ($0.median / step.own.median).text(decimals: 2) } ?? ""])
        }
        table.add([
            "bytes an exposure", "\(bytesPerExposure.own)", "", bytesPerExposure.base.map { "\($0)" } ?? "", "",
            bytesPerExposure.base.map { (Double($0) / Double(max(1, bytesPerExposure.own))).text(decimals: 2) } ?? "",
        ])
        return table.text + (peer.map { "\n" + $0.text } ?? "")
    }

    private static func cells(_ spread: Spread) -> [String] {
        [
            spread.median.text(decimals: 3),
            "\(spread.min.text(decimals: 3))..\(spread.max.text(decimals: 3))",
        ]
    }
}

/// What a whole run takes a Python script that works as find_dupl does, and these tools, in turn.
struct PeerFigures {
    let own: Spread
    let peer: Spread
    /// Whether both found the same pairs.
    let pairsAgree: Bool

    private static let k = "25"
    private static let radius = "0.2"

    private struct Printed: Decodable {
        let seconds: Double
        let pairsAgree: Bool?
    }

    init(_ session: String, folder: String, tools: Tools, python: String, runs: Int) throws {
        let archive = folder + "/peer.db"
        let output = folder + "/peer.json"
        var (own, peer): ([Double], [Double]) = ([], [])
        var agree = true
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        for _ in 0..<runs {
            try? FileManager.default.removeItem(atPath: archive)
            let steps = WholeStep.findDupl(
                session: session, archive: archive, lists: folder + "/lists", k: Self.k, radius: Self.radius)
            own.append(try steps.reduce(0) { try $0 + $1.run(tools).seconds })
            _ = try ChildProcess(
                python,
                [
                    "Benchmarks/Peers/whole_run.py", session, "--k", Self.k, "--radius", Self.radius, "--out",
                    folder + "/peer", "--archive", archive,
                ], output: output)
            let printed = try decoder.decode(Printed.self, from: Data(contentsOf: URL(fileURLWithPath: output)))
            peer.append(printed.seconds)
            agree = agree && printed.pairsAgree == true
        }
        (self.own, self.peer, pairsAgree) = (Spread(own), Spread(peer), agree)
    }

    var text: String {
        "find_dupl's work: \(own.median.text(decimals: 2)) s; in Python as it does it \(peer.median.text(decimals: 1)) s, "
            + "\((peer.median / own.median).text(decimals: 1)) times as long; pairs \(pairsAgree ? "alike" : "DIFFER")"
    }
}
