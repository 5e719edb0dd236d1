import EPUArchive
import EPUCore
import EPUDrawing
import Foundation
import TestSupport
import Testing

@testable import epu_report

/// Simulated previews show the marks of earlier beams, drawn from the specimen and not from the archive.
@Suite("The overlap on simulated pictures")
struct MontageSimulatedTests {
    @Test("The picture of a hole hit from aside is brighter within the rim that is drawn than outside of it")
    func rim() throws {
        let folder = try TemporaryFolder()
        let environment = ["EPU_ARCHIVE": folder["a.db"]]
        for (tool, arguments) in [
            ("epu-simulate", [folder["s"], "--exposures", "90", "--partial-overlap", "2", "--seed", "4"]),
            ("epu-ingest", [folder["s"]]), ("epu-analyze", []),
        ] {
            let run = try ToolRun.run(tool, arguments, environment: environment)
            try #require(run.status == 0, "\(tool): \(run.errors)")
        }
        let archive = try Archive(folder["a.db"], access: .read)
        let pairs = try archive.read { db in
            let choice = try #require(try AnalysisChoice.select(db, sessions: [], analysisID: nil).first)
            let order = MontageOrder(grouping: .pair, sorting: .time)
            return try MontagePair.places(db, of: choice, order: order, limit: nil)
                .map { try MontagePair.fetch(db, $0, of: choice) }
        }
        var differences: [Double] = []
        for pair in pairs where pair.cause == "neighbour" {
            let view = try #require(pair.later.view)
            let overlay = MontageOverlay(on: pair.later, other: pair.earlier, isPlaced: pair.isPlaced)
            let earlier = try #require(pair.earlier.view)
            let middle = try #require(view.places([.zero], of: earlier))[0]
            let radius = try #require(pair.earlier.beamDiameter) / 2
            #expect(overlay.otherBeam?.allSatisfy { abs($0.distance(to: middle) - radius) < 1e-9 } == true)
            let image = try PreviewLoader(scale: .full).load(try #require(pair.later.imagePath)).get()
            let pixel = view.width / Double(image.width)
            // Positions are known to some 0.01 um: the rim itself is left out.
            var levels: [Bool: [Double]] = [:]
            for y in 0..<image.height {
                for x in 0..<image.width {
                    let place =
                        pixel
                        * Vector2(
                            Double(x) + 0.5 - Double(image.width) / 2, Double(y) + 0.5 - Double(image.height) / 2)
                    let beyond = place.distance(to: middle) - radius
                    guard (0.015...0.045).contains(abs(beyond)) else { continue }
                    levels[beyond < 0, default: []].append(Double(image.pixels[y * image.width + x]))
                }
            }
            guard let inside = levels[true], let outside = levels[false] else { continue }
            differences.append(
                inside.reduce(0, +) / Double(inside.count) - outside.reduce(0, +) / Double(outside.count))
        }
        #expect(differences.count >= 3)
        // A beam leaves 9 levels; rims of other beams and of the hole cross the band here and there.
        let median = differences.sorted()[differences.count / 2]
        #expect((5...13).contains(median), "\(differences)")
    }
}
