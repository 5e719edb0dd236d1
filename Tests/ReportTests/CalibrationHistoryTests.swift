import EPUArchive
import EPUCore
import EPUDrawing
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

@Suite("Calibrations over time")
struct CalibrationHistoryTests {
    private let folder: TemporaryFolder
    private let plots: PlotArchive

    init() throws {
        folder = try TemporaryFolder()
        plots = try PlotArchive(folder["a.db"])
    }

    private func history() throws -> CalibrationHistory { try plots.archive.read { try CalibrationHistory($0) } }

    @Test("Only calibrations that a session itself showed count")
    func selection() throws {
        for (name, method, verdict) in [
            ("a", "lattice", "good"), ("b", "given", "given"), ("c", "holes", "doubtful"), ("d", "history", "good"),
            ("e", "lattice", "undetermined"), ("f", "stage", "good"),
        ] {
            try plots.add(name, stops: [1], start: name == "a" ? 86_400 : 0)
            try plots.calibrate(name, method: method, verdict: verdict)
        }
        let entries = try history().entries
        #expect(entries.map(\.isDoubtful) == [true, false])
        #expect(entries.map { $0.start.archiveText.prefix(10) } == ["2025-01-08", "2025-01-09"])
    }

    @Test("Errors of scale and angle follow from those of the matrix", arguments: [1.0, -1])
    func errors(sign: Double) throws {
        let matrix = Matrix2(21.7, 11.1, sign * 10.8, -sign * 21.6)
        try plots.add("a", stops: [1])
        try plots.calibrate("a", matrix: matrix)
        let entry = try #require(try history().entries.first)
        let steps: [(WritableKeyPath<Matrix2, Double>, Double)] = [
            (\.m11, 0.03), (\.m12, 0.04), (\.m21, 0.05), (\.m22, 0.06),
        ]
        /// The root of the sum of squares of what each element's error changes, by differences.
        func propagated(_ value: (Matrix2) -> Double) -> Double {
            steps.reduce(0) { sum, step in
                var (more, less) = (matrix, matrix)
                more[keyPath: step.0] += step.1
                less[keyPath: step.0] -= step.1
                let change = (value(more) - value(less)) / 2
                return sum + change * change
            }.squareRoot()
        }
        #expect(abs((entry.scaleError ?? 0) / propagated(\.scale) - 1) < 1e-4)
        #expect(abs((entry.angleError ?? 0) / propagated(\.angleDegrees) - 1) < 1e-4)
    }

    @Test("Each calibration is one mark in each panel, filled where it is good, in its microscope's colour")
    func marks() throws {
        let angles: [(Double, String?)] = [(179, "3429"), (-179, "3429"), (178, "3632"), (10, nil)]
        for (number, (degrees, instrument)) in angles.enumerated() {
            let name = "s\(number)"
            let (x, y) = (25 * cos(degrees * .pi / 180), 25 * sin(degrees * .pi / 180))
            try plots.add(name, stops: [1], start: Double(number) * 4e7)
            try plots.calibrate(name, matrix: Matrix2(x, y, y, -x), verdict: number == 2 ? "doubtful" : "good")
            try plots.archive.write { db in
                try db.execute(
                    sql: "UPDATE session SET instrument_id = ? WHERE name = ?", arguments: [instrument, name])
            }
        }
        let history = try history()
        #expect(history.instruments == ["3429", "3632", nil])
        let plot = try #require(HistoryPlot(history))
        try plot.write(to: folder["h.svg"])
        let svg = try DrawnSVG(folder["h.svg"])
        #expect(svg.isWellFormed)
        // The ring of each mark, in two panels.
        #expect(svg.lines(.ofGroup(0), width: 1.5) == 4)
        #expect(svg.lines(.ofGroup(1), width: 1.5) == 2)
        #expect(svg.lines(.ofGroup(2), width: 1.5) == 2)
        // A bar with two caps for each.
        #expect(svg.lines(.ofGroup(0), width: 1.2) == 12)
        #expect(svg.text.components(separatedBy: "fill:rgb(100%,100%,100%)").count - 1 == 1 + 2)
        // 179 and -179 are neighbours.
        #expect(plot.angles.prefix(2).map { $0.rounded() } == [179, 181])
    }

    @Test("Dates are round, and few enough to be read", arguments: [3.0, 11, 40, 200, 700, 4000, 40_000])
    func dates(days: Double) throws {
        let start = 1.7e9
        let marks = TimeTicks(over: start...(start + days * 86_400), atMost: 7).marks
        #expect((2...8).contains(marks.count), "\(marks)")
        for (value, text) in marks {
            #expect((start...(start + days * 86_400)).contains(value))
            let whole = text + String("2000-01-01".dropFirst(text.count)) + "T00:00:00.0000000Z"
            #expect(Timestamp(archiveText: whole)?.secondsSince1970 == value)
        }
    }

    @Test("The archive's 200 sessions, and one alone", arguments: [1, 200])
    func counts(sessions: Int) throws {
        try plots.archive.write { db in
            for number in 0..<sessions {
                try db.execute(
                    sql: """
                        INSERT INTO session (name, grid, instrument_id, created_at) VALUES (?, '', ?, ?);
                        INSERT INTO calibration (session_id, method, chosen, m11, m12, m21, m22, scale, angle_deg,
                            mirrored, verdict, created_at)
                        VALUES (last_insert_rowid(), 'lattice', 1, ?, 11, 11, -22, 0, 0, 1, 'good', '')
                        """,
                    arguments: [
                        "s\(number)", "\(3400 + number % 23)", "20\(10 + number % 15)-03-01T00:00:00.0000000Z",
                        22 + 0.001 * Double(number),
                    ])
            }
        }
        let plot = try #require(HistoryPlot(try history()))
        try plot.write(to: folder["h.svg"])
        let svg = try DrawnSVG(folder["h.svg"])
        #expect(svg.isWellFormed && !svg.holdsNonsense)
        #expect((0..<20).reduce(0) { $0 + svg.lines(.ofGroup($1), width: 1.5) } == 2 * sessions)
    }
}
