import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("Causes and incidents of simulated sessions, against their truth")
struct SimulatedCauseTests {
    private struct Score: Decodable {
        let truePairs: Int
        let foundPairs: Int
        let rightCauses: Int
        let missed: [String]
        let invented: [String]
        let wrongCauses: [String]
        let trueIncidents: Int
        let foundIncidents: Int
        let inventedIncidents: Int
        let missedIncidentList: [String]
    }

    private static let faults = [
        "--unmoved-stage", "4", "--wrong-centre", "4", "--repeated-hole", "4", "--partial-overlap", "4",
    ]

    private func score(_ options: [String], across: Bool = false) throws -> (score: Score, tools: ToolFolder) {
        let tools = try ToolFolder()
        try tools.run("epu-simulate", ["make", "session", "--no-images"] + options)
        try tools.run("epu-ingest", ["session"] + (across ? ["session-second"] : []))
        let truth = try JSONSerialization.jsonObject(
            with: Data(contentsOf: URL(fileURLWithPath: tools.folder["session.truth.json"])))
        let radius = try #require((truth as? [String: Any])?["radius_um"] as? Double)
        try tools.run("epu-analyze", ["--radius", "\(radius)"])
        let output = try tools.run("epu-simulate", ["score", "--json", "session.truth.json"]).output
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return (try decoder.decode(Score.self, from: Data(output.utf8)), tools)
    }

    @Test(
        "Each planted fault is found with its cause, as one incident",
        arguments: [
            ["--seed", "11"], ["--seed", "12", "--no-dm"], ["--seed", "13", "--epu-version", "2.3", "--areas", "1"],
            ["--seed", "14", "--epu-version", "3.8", "--areas", "5", "--cluster-radius", "12", "--interrupted", "5"],
            ["--seed", "15", "--areas", "8", "--interrupted", "5"], ["--seed", "16", "--foil", "hexagonal"],
        ])
    func faults(options: [String]) throws {
        let (score, _) = try score(["--exposures", "2500"] + Self.faults + options)
        #expect(score.missed.isEmpty && score.invented.isEmpty)
        #expect(score.truePairs >= 16)
        #expect(Double(score.rightCauses) >= 0.98 * Double(score.truePairs), "\(score.wrongCauses)")
        #expect(score.trueIncidents >= 14)
        #expect(score.foundIncidents == score.trueIncidents, "\(score.missedIncidentList)")
        #expect(score.inventedIncidents == 0)
    }

    @Test(
        "A grid that was put back aside is compared where it lies now; whole steps of the foil are told by the hole maps",
        arguments: [(0.0, 0.0), (0.62, -0.37), (-1.1, 0.9), (5.3, -2.2)])
    func offset(x: Double, y: Double) throws {
        let (score, tools) = try score(
            ["--exposures", "900", "--second-session", "--second-offset", "\(x),\(y)", "--seed", "4"], across: true)
        #expect(score.truePairs > 200)
        #expect(score.missed.isEmpty && score.invented.isEmpty)
        #expect(score.rightCauses == score.truePairs)
        let row = try #require(
            try tools.rows(
                """
                SELECT -offset_x_um, -offset_y_um, offset_error_um
                FROM placement_set_session JOIN session USING (session_id)
                WHERE name = 'session' AND offset_error_um IS NOT NULL
                """
            ).first)
        let found = row.compactMap(Double.init)
        #expect(found.count == 3)
        #expect(Vector2(found[0], found[1]).distance(to: Vector2(x, y)) < max(0.05, 3 * found[2]), "\(found)")
        #expect(found[2] < 0.1)
        // What is found again says where the grid lay.
        try Archive(tools.archive, access: .write).write { try $0.execute(sql: "DELETE FROM analysis") }
        let text = try tools.run("epu-analyze", []).output
        let place = "\(found[0].text(decimals: 2)), \(found[1].text(decimals: 2))"
        #expect(text.contains("session-second lies at \(place) +- "))
    }

    @Test(
        "A grid that lies turned is compared where it lies now",
        arguments: [(900, 3.0), (900, 1), (900, -0.6), (1800, 0.4)])
    func turned(exposures: Int, degrees: Double) throws {
        let (score, tools) = try score(
            [
                "--exposures", "\(exposures)", "--second-session", "--second-turn", "\(degrees)", "--second-fraction",
                "0.6",
            ], across: true)
        #expect(score.truePairs > 400)
        #expect(score.missed.isEmpty && score.invented.isEmpty)
        #expect(score.rightCauses == score.truePairs)
        let row = try #require(
            try tools.rows(
                """
                SELECT turn_deg, turn_error_deg FROM placement_set_session JOIN session USING (session_id)
                WHERE name = 'session' AND offset_error_um IS NOT NULL
                """
            ).first)
        let found = row.compactMap(Double.init)
        #expect(abs(found[0] - degrees) < 4 * found[1] && found[1] < 0.2)
    }

    @Test("Sessions of different grids are each judged by themselves")
    func differentGrids() throws {
        let tools = try ToolFolder()
        for (name, seed) in [("one", "1"), ("two", "2")] {
            try tools.simulate(["--exposures", "120", "--seed", seed], as: name)
        }
        try tools.run("epu-analyze", ["--session", "one", "--session", "two"])
        #expect(try tools.rows("SELECT analysis_id, session_id FROM analysis_session ORDER BY 1, 2").count == 2)
        #expect(try tools.rows("SELECT count(*) FROM uncompared_session") == [["0"]])
    }
}
