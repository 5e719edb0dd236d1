import EPUArchive
import EPUCore
import EPUDrawing
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

@Suite("Plots of an analysis: map, nearest distances, timeline")
struct AnalysisPlotsTests {
    private let folder: TemporaryFolder
    private let sample: SampleArchive

    /// Two squares 100 um apart; after an hour of pause two holes are shot again: the second one's area, and both areas
    /// of the fifth.
    init() throws {
        folder = try TemporaryFolder()
        sample = try SampleArchive(folder["a.db"])
        let second = Vector2(0.02, 0)
        func hole(_ number: Int64, _ x: Double, square: Int64, time: Double) -> [SampleArchive.Exposure] {
            [Vector2.zero, second].enumerated().map { area, shift in
                .init(
                    hole: number, area: Int64(area), stage: Vector2(x, 3 * Double(number % 2)), beamShift: shift,
                    time: time + 10 * Double(area), square: square)
            }
        }
        let first = (1...3).flatMap { hole($0, 5 * Double($0), square: 7, time: 60 * Double($0)) }
        let other = (4...6).flatMap { hole($0, 100 + 5 * Double($0), square: 8, time: 60 * Double($0)) }
        let again = hole(2, 10.05, square: 7, time: 4000).prefix(1) + hole(5, 125.05, square: 8, time: 4060)
        try sample.add("s", first + other + again)
    }

    @discardableResult
    private func run(_ tool: String, _ arguments: [String]) throws -> ToolRun {
        let run = try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
        #expect(run.status == 0, "\(run.errors)")
        return run
    }

    private func analyse() throws { try run("epu-analyze", ["--k", "25", "--radius", "0.4"]) }
    private func drawn(_ name: String) throws -> DrawnSVG { try DrawnSVG(folder["report/s/\(name).svg"]) }

    private func map() throws -> OverlapMap {
        try sample.archive.read { db in
            let session = try SessionRow.select(db, names: ["s"])[0]
            return try OverlapMap(#require(try AnalysisChoice(of: session, analysisID: nil, db)), db)
        }
    }

    private static let names = ["map", "nearest-distances", "overlaps", "timeline"]

    @Test("A session that was analysed gets them as SVG and PNG; without the analysis they go")
    func files() throws {
        try analyse()
        let run = try run("epu-report", ["plots"])
        #expect(
            run.output.hasPrefix("s: analysis 1, radius 0.4 um, the first that was made\n  report/s/overlaps.svg\n")
        )
        let files = Self.names.flatMap { [$0 + ".png", $0 + ".svg"] }
        #expect(folder.names("report/s") == ["about.json"] + files)
        for name in Self.names {
            let svg = try drawn(name)
            #expect(svg.isWellFormed && !svg.holdsNonsense, "\(name)")
        }
        let before = try files.map { try Data(contentsOf: URL(fileURLWithPath: folder["report/s/" + $0])) }
        try self.run("epu-report", ["plots"])
        #expect(try files.map { try Data(contentsOf: URL(fileURLWithPath: folder["report/s/" + $0])) } == before)
        try sample.archive.write { try $0.execute(sql: "DELETE FROM analysis") }
        try sample.add("t", [.init(time: 0), .init(hole: 2, stage: Vector2(9, 9), time: 60)])
        try self.run("epu-analyze", ["--k", "25", "--radius", "0.4", "--session", "t"])
        try self.run("epu-report", ["plots"])
        #expect(folder.names("report/s").isEmpty)
    }

    @Test("The map has an outline for each square, and overexposed exposures in the colour of their cause")
    func wholeSession() throws {
        try analyse()
        try run("epu-report", ["plots"])
        let svg = try drawn("map")
        #expect(svg.lines(.grey(0.7), width: 0.8) == 2)
        // Two areas of a hole are 0.5 um apart, some 3 pixels. The legend has one dot more of each.
        #expect(svg.dots(OverlapCause.sameArea.colour) == 3 + 1)
        #expect(svg.dots(.grey(0.62)) == 12 + 1)
        let squares = SquareOutlines(try map().exposures).squares
        #expect(squares.map(\.gridSquare) == [7, 8])
        #expect(squares.map(\.exposures) == [7, 8])
        #expect(squares.map(\.overexposed) == [1, 2])
    }

    @Test("The map of 50,000 exposures in 50 squares stays below 2 MB as SVG")
    func manyExposures() throws {
        try analyse()
        var random = RandomSource(seed: 4, stream: "map")
        let exposures = (0..<50_000).map { index in
            let square = index / 1000
            let corner = Vector2(100 * Double(square % 8), 100 * Double(square / 8))
            let place = corner + Vector2(random.uniform(0, 50), random.uniform(0, 50))
            return OverlapMap.Exposure(
                gridSquare: Int64(square), place: place, radius: 0.5, time: Timestamp(ticks: 0),
                cause: index % 200 == 0 ? .neighbour : nil, incident: index % 200 == 0 ? index / 200 + 1 : nil,
                earlier: nil, nearest: nil, nearestUnplanned: nil)
        }
        var map = try map()
        map.exposures = exposures
        try MapPlot(map, title: "many").write(to: folder["map.svg"])
        let svg = try DrawnSVG(folder["map.svg"])
        #expect(svg.text.utf8.count < 2_000_000)
        #expect(svg.dots(OverlapCause.neighbour.colour) == 250 + 1, "none that matters is left out")
        #expect(svg.dots(.grey(0.62)) > 10_000)
        #expect(svg.lines(.grey(0.7), width: 0.8) == 50)
    }

    @Test("The timeline counts all exposures, and shows pauses as compare counts them")
    func timeline() throws {
        try analyse()
        var map = try map()
        let plot = try #require(TimelinePlot(map, title: "s"))
        #expect(plot.counts.reduce(0, +) == 15)
        #expect(plot.overexposed[.sameArea]?.reduce(0, +) == 3)
        #expect(plot.overexposed.keys.count == 1)
        let rate = AcquisitionRate(map.exposures.map(\.time))
        #expect(plot.pauses.count == rate.pauses && rate.pauses == 1)
        let hours = plot.pauses.reduce(0) { $0 + $1.upperBound - $1.lowerBound } / 3600
        #expect(abs(hours - rate.pausedHours) < 1e-9)
        // 60 s to 4070 s: bins of a minute, from 13:01 on the microscope's clock.
        #expect(plot.bins.width == 60)
        #expect(plot.bins.count == 67)
        #expect(plot.counts[0] == 2 && plot.counts[65] == 1 && plot.counts[66] == 2)
        try run("epu-report", ["plots"])
        // Of both incidents a line down from its mark.
        let svg = try drawn("timeline")
        #expect(svg.lines(OverlapCause.sameArea.colour, width: 0.8) == map.incidents.count)
        #expect(!map.incidents.isEmpty)
        // A rate that compare does not know is not drawn.
        #expect(!plot.isRate && rate.exposuresPerHour == nil)
        map.exposures = (0..<51).map { number in
            OverlapMap.Exposure(
                gridSquare: 1, place: .zero, radius: 0.5, time: Timestamp(ticks: Int64(100_000_000 * number)),
                cause: nil, incident: nil, earlier: nil, nearest: nil, nearestUnplanned: nil)
        }
        #expect(TimelinePlot(map, title: "s")?.isRate == true)
    }

    @Test("Nearest distances are those of the archive, neighbours by design apart")
    func nearest() throws {
        try analyse()
        let plot = try #require(NearestDistancesPlot(try map(), title: "s"))
        // 0.05 um to the exposures that were shot again; 0.5 um between the areas of a hole.
        #expect(plot.unplanned[5] + plot.unplanned[4] == 3, "0.05 um, on the edge of two bins of 0.01 um")
        #expect(plot.overexposed == plot.unplanned.enumerated().map { $0.offset < 40 ? $0.element : 0 })
        let counts = try sample.archive.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT count(nearest_unplanned_um),
                           count(*) FILTER (WHERE nearest_um < ifnull(nearest_unplanned_um, 9)) FROM pre_exposure
                    """)
        }
        #expect(plot.unplanned.reduce(0, +) == counts?[0])
        #expect(plot.byDesign.reduce(0, +) == counts?[1])
        #expect(plot.byDesign[49] + plot.byDesign[50] == 6)
        #expect(plot.overexposedByDesign.reduce(0, +) == 0)
        try sample.archive.write { try $0.execute(sql: "UPDATE placement_set SET nearest_within_um = NULL") }
        #expect(NearestDistancesPlot(try map(), title: "s") == nil, "an older version did not seek them")
        #expect(try run("epu-report", ["plots"]).errors.contains("analysis 1 is of an older version"))
        #expect(!folder.names("report/s").contains("nearest-distances.svg"))
    }

    @Test("Exposures that came after the analysis are named, and not drawn as sound")
    func later() throws {
        try analyse()
        try sample.add("s", [.init(hole: 9, stage: Vector2(0, 9), time: 9000)])
        #expect(try run("epu-report", ["plots"]).errors.contains("1 exposure came after analysis 1"))
        #expect(try map().exposures.count == 15)
    }
}

@Suite("Parts of plots")
struct PlotPartsTests {
    @Test("A hull holds all points, and its corners are points of which none can be spared")
    func hull() {
        var random = RandomSource(seed: 2, stream: "hull")
        let points = (0..<200).map { _ in
            Vector2(random.uniform(0, 10).rounded(), random.uniform(0, 10).rounded() / 2)
        }
        let hull = points.convexHull
        func holds(_ corners: [Vector2], _ point: Vector2) -> Bool {
            corners.indices.allSatisfy { index in
                let (a, b) = (corners[index], corners[(index + 1) % corners.count])
                return (b - a).cross(point - a) >= 0
            }
        }
        #expect(hull.count > 3)
        for point in points { #expect(holds(hull, point)) }
        for corner in hull {
            #expect(points.contains(corner))
            #expect(!holds(hull.filter { $0 != corner }, corner))
        }
        #expect([Vector2(1, 1), Vector2(1, 1)].convexHull == [Vector2(1, 1)])
        #expect([Vector2(0, 0), Vector2(2, 2), Vector2(1, 1)].convexHull == [Vector2(0, 0), Vector2(2, 2)])
        #expect([Vector2]().convexHull(widenedBy: 1).isEmpty)
        #expect([Vector2(3, 3)].convexHull(widenedBy: 2).count == 8)
    }

    @Test("Ticks within a day are clock times, with the day at midnight")
    func ticks() {
        let evening = Timestamp(year: 2025, month: 1, day: 8, hour: 20, minute: 10, second: 0)?.secondsSince1970 ?? 0
        let hours = TimeTicks(over: evening...(evening + 8 * 3600), atMost: 5, finest: 60).marks
        #expect(hours.map(\.text) == ["22:00", "01-09", "02:00", "04:00"])
        let minutes = TimeTicks(over: evening...(evening + 1000), atMost: 4, finest: 60).marks
        #expect(minutes.map(\.text) == ["20:10", "20:15", "20:20", "20:25"])
        let days = TimeTicks(over: evening...(evening + 8 * 3600), atMost: 5).marks
        #expect(days.map(\.text) == ["2025-01-09"])
    }

    @Test(
        "Bins are round, and no more than asked for",
        arguments: [(0.0, 60.0), (5000, 60), (6000, 120), (100 * 3600, 7200), (400 * 86_400, 5 * 86_400)]
            as [(Double, Double)])
    func bins(length: Double, width: Double) {
        let start = 1_736_345_439.0
        let bins = TimeBins(over: start...(start + length), atMost: 96)
        #expect(bins.width == width)
        #expect(bins.count <= 97 && bins.index(of: start) == 0)
        #expect(bins.range(bins.index(of: start + length)).contains(start + length))
        #expect(bins.range(0).contains(start))
    }
}
