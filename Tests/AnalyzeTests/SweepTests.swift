import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_analyze

private typealias Exposure = SampleArchive.Exposure

@Suite("Sweeps over radius and scale")
struct SweepTests {
    private struct Printed: Decodable {
        struct Setting: Decodable {
            let scale: Double
            let radiusUm: Double
            let overexposed: Int
            let share: Double
        }

        struct Gap: Decodable {
            let fromUm: Double
            let toUm: Double
            let below: Int
            let radiusUm: Double
        }

        let exposures: Int
        let settings: [Setting]
        let gap: Gap?
    }

    private let archive: Analysing

    init() throws { archive = try Analysing() }

    private func sweep(_ options: [String]) throws -> Printed {
        let run = try ToolRun.run("epu-analyze", ["sweep", "--json", "--db", archive.archive] + options)
        #expect(run.status == 0, "\(run.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let printed = try decoder.decode([Printed].self, from: Data(run.output.utf8))
        return try #require(printed.first)
    }

    /// Visits of two areas to random holes, of which some meet.
    private func addCrowd(seed: UInt64) throws {
        var random = RandomSource(seed: seed, stream: "sweep")
        var exposures: [Exposure] = []
        for hole in 0..<150 {
            let stage = Vector2(random.uniform(0, 12), random.uniform(0, 12))
            let shift = Vector2(random.uniform(-0.3, 0.3), random.uniform(-0.3, 0.3))
            for area in 0..<2 {
                exposures.append(
                    Exposure(
                        hole: Int64(hole % 140), area: Int64(area), stage: stage,
                        beamShift: shift + Vector2(0.03 * Double(area), 0), time: Double(2 * hole + area)))
            }
        }
        try archive.sample.add("s", exposures)
    }

    @Test(
        "In memory and by the R-tree the same exposures are overexposed, at each radius and scale", arguments: [1, 2])
    func agree(seed: UInt64) throws {
        try addCrowd(seed: seed)
        for countNeighbours in [false, true] {
            let swept = try sweep(
                ["--k", "25", "--radii", "0.12:0.92:0.4", "--scales", "20:30:5"]
                    + (countNeighbours ? ["--count-neighbours"] : []))
            #expect(swept.settings.count == 9)
            #expect(Set(swept.settings.map(\.overexposed)).count > 5)
            for setting in swept.settings {
                let found = try archive.analyse(
                    OverlapCriteria(radius: setting.radiusUm, countNeighbours: countNeighbours),
                    Matrix2(scale: setting.scale))
                #expect(found.overexposed == setting.overexposed, "\(setting)")
                #expect(setting.share == Double(setting.overexposed) / 300)
            }
        }
    }

    @Test("The grid in memory finds the R-tree's pairs, one for one")
    func pairs() throws {
        try addCrowd(seed: 3)
        let matrix = Matrix2(21.767, 11.130, 10.799, -21.682)
        for radius in [0.2, 0.7, 2] {
            let id = try archive.analyse(OverlapCriteria(radius: radius), matrix).analysisID
            let stored = Set(
                try archive.rows("SELECT earlier_id, later_id FROM overlap WHERE analysis_id = \(id)").map {
                    "\($0[0]) \($0[1])"
                })
            let exposures = try archive.sample.archive.read { try SessionExposure.inTimeOrder(of: 1, $0) }
            var grid = PositionGrid(reach: radius)
            var found: Set<String> = []
            for (index, exposure) in exposures.enumerated() {
                let position = exposure.stage + matrix * exposure.beamShift
                grid.forEach(within: radius, of: position) { earlier, _ in
                    found.insert("\(exposures[earlier].exposureID) \(exposures[index].exposureID)")
                }
                grid.append(position)
            }
            #expect(found == stored)
            #expect(!found.isEmpty)
        }
    }

    @Test("The gap parts exposures shot again from the template's areas; a radius in its middle is suggested")
    func gap() throws {
        // Areas 0.7 um apart; of five holes one is shot again 0.06 um aside, one is missed by 0.3 um.
        var exposures: [Exposure] = []
        for hole in 0..<5 {
            for area in 0..<2 {
                exposures.append(
                    Exposure(
                        hole: Int64(hole), area: Int64(area), stage: Vector2(5 * Double(hole), 0),
                        beamShift: Vector2(0, 0.028 * Double(area)), time: Double(10 * hole + area)))
            }
        }
        exposures.append(Exposure(hole: 0, area: 0, stage: Vector2(0.06, 0), time: 100))
        exposures.append(Exposure(hole: 9, area: 0, stage: Vector2(5.3, 0), time: 110))
        try archive.sample.add("s", exposures)
        let gap = try #require(try sweep(["--k", "25"]).gap)
        #expect(abs(gap.fromUm - 0.3) < 1e-9 && abs(gap.toUm - 0.7) < 1e-9)
        #expect(gap.below == 2)
        #expect(abs(gap.radiusUm - 0.5) < 1e-9)
        let text = try ToolRun.run("epu-analyze", ["sweep", "--k", "25", "--db", archive.archive]).output
        #expect(
            text.contains(
                "2 exposures up to 0.300 um from an earlier one, then none up to 0.700 um, where the template's areas begin: --radius 0.50"
            ))
        // Distances spread evenly leave none.
        let even = try Analysing()
        var spread: [Exposure] = []
        for place in 0..<30 {
            for order in 0..<2 {
                let offset = order == 0 ? 0 : 0.05 * Double(place)
                spread.append(
                    Exposure(
                        hole: Int64(2 * place + order), stage: Vector2(9 * Double(place) + offset, 0),
                        time: Double(100 * order + place)))
            }
        }
        try even.sample.add("s", spread)
        let run = try ToolRun.run("epu-analyze", ["sweep", "--k", "25", "--db", even.archive])
        #expect(run.output.contains("no gap parts exposures shot again from neighbours"))
    }

    @Test("Nothing is stored; a plot of either kind is drawn; hundreds of settings are one run")
    func files() throws {
        try addCrowd(seed: 4)
        let plot = archive.folder["sweep.svg"]
        let swept = try sweep(["--k", "25", "--radii", "0.01:1:0.01", "--scales", "20:30:1", "--plot", plot])
        #expect(swept.settings.count == 1100)
        #expect(try String(contentsOfFile: plot, encoding: .utf8).contains("<svg"))
        #expect(
            try archive.rows("SELECT (SELECT count(*) FROM analysis), (SELECT count(*) FROM placement)") == [
                ["0", "0"]
            ])
        #expect(try archive.rows("SELECT count(*) FROM calibration") == [["0"]])
    }

    @Test("Where the calibration is undetermined, only what any matrix gives counts, as for overlaps")
    func undetermined() throws {
        // Stops of one hole each, shot again a little aside with another beam shift: no lattice, no matrix.
        var random = RandomSource(seed: 6, stream: "undetermined")
        let holes = (0..<40).map { Vector2(7 * Double($0), random.uniform(0, 50)) }
        var exposures: [Exposure] = []
        for visit in 0..<2 {
            for (hole, place) in holes.enumerated() {
                let aside = visit == 0 ? Vector2.zero : Vector2(random.uniform(0, 0.4), 0.35)
                exposures.append(
                    Exposure(
                        hole: Int64(hole), stage: place + aside,
                        beamShift: Vector2(random.uniform(-0.01, 0.01), random.uniform(-0.01, 0.01)),
                        time: Double(1000 * visit + hole)))
            }
        }
        try archive.sample.add("s", exposures)
        let swept = try sweep(["--radii", "0.3:0.9:0.1", "--scales", "24.5"])
        for setting in swept.settings {
            let run = try ToolRun.run(
                "epu-analyze", ["overlaps", "--json", "--db", archive.archive, "--radius", "\(setting.radiusUm)"])
            #expect(run.output.contains("\"verdict\" : \"undetermined\""))
            #expect(run.output.contains("\"overexposed\" : \(setting.overexposed),"), "\(setting)")
        }
        #expect(Set(swept.settings.map(\.overexposed)).count > 3)
        // No radius is advised by distances that nobody knows.
        let text = try ToolRun.run("epu-analyze", ["sweep", "--db", archive.archive]).output
        #expect(text.contains("the calibration is undetermined") && !text.contains("parts them best"))
        #expect(!text.contains("within the session alone"))
        #expect(
            try !ToolRun.run("epu-analyze", ["sweep", "--json", "--db", archive.archive]).output.contains("\"gap\""))
    }

    @Test("Where an earlier session is on the grid, the output says that it is not looked at")
    func withinAlone() throws {
        let tools = try ToolFolder()
        try tools.run("epu-simulate", ["make", "one", "--exposures", "300", "--no-images", "--second-session"])
        try tools.run("epu-ingest", ["one", "one-second"])
        let texts = try tools.run("epu-analyze", ["sweep"]).output.components(separatedBy: "\n\n")
        let limit = "within the session alone; epu-analyze also compares with one, earlier on the grid"
        #expect(texts.map { $0.contains(limit) } == [false, true], "\(texts)")
    }

    @Test(
        "Ranges that make no sense are refused",
        arguments: [
            ["--radii", "0:1:0.1"], ["--radii", "1:0.5:0.1"], ["--radii", "0.1:1"], ["--radii", "x"],
            ["--scales", "-5:1:1"], ["--radii", "0.0001:100:0.0001"], ["--plot", "sweep.pdf"],
        ])
    func refused(options: [String]) throws {
        #expect(try ToolRun.run("epu-analyze", ["sweep", "--db", archive.archive] + options).status == 64)
    }
}
