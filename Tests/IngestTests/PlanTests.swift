import Foundation
import TestSupport
import Testing

@testable import epu_ingest

@Suite("A plan of tasks")
struct PlanTests {
    private func session(_ path: String, _ exposures: Int, grid: String? = nil) -> PlannedSession {
        PlannedSession(path: path, exposures: exposures, bytes: Int64(exposures) * 10, grid: grid)
    }

    @Test("gives the costliest first to the task that has least")
    func even() {
        let plan = TaskPlan(
            [session("/a", 700), session("/b", 600), session("/c", 500), session("/d", 400), session("/e", 200)],
            tasks: 2,
            keepsGrids: true)
        #expect(plan.tasks.map { $0.sessions.map(\.path) } == [["/a", "/d", "/e"], ["/b", "/c"]])
        #expect(plan.tasks.map(\.exposures) == [1300, 1100])
        #expect(abs(plan.greatestToMean - 1300 / 1200.0) < 1e-12)
    }

    @Test("keeps the sessions of a grid together, unless it is to cut finer, and those within one another always")
    func grids() {
        let sessions = [
            session("/a", 10, grid: "g"), session("/b", 10), session("/c", 10, grid: "g"), session("/b/inner", 10),
        ]
        let byGrid = TaskPlan(sessions, tasks: 9, keepsGrids: true)
        #expect(byGrid.tasks.map { $0.sessions.map(\.path) } == [["/a", "/c"], ["/b", "/b/inner"]])
        let bySession = TaskPlan(sessions, tasks: 9, keepsGrids: false)
        #expect(bySession.tasks.map { $0.sessions.map(\.path) } == [["/b", "/b/inner"], ["/a"], ["/c"]])
        let tied = TaskPlan(sessions + [session("/b/c", 1, grid: "g")], tasks: 9, keepsGrids: true)
        #expect(tied.tasks.count == 1)
        #expect(tied.tasks[0].sessions.count == 5)
    }

    @Test("counts what ingest reads, and writes lines for a job array")
    func folders() throws {
        let folder = try TemporaryFolder()
        func run(_ tool: String, _ arguments: [String]) throws -> ToolRun {
            try ToolRun.run(tool, arguments, in: folder.path)
        }
        for (name, options) in [("a b", ["--second-session", "--seed", "3"]), ("c", ["--seed", "4"])] {
            #expect(
                try run("epu-simulate", ["make", "d/" + name, "--exposures", "60", "--no-images"] + options).status == 0
            )
        }
        let plan = try run("epu-ingest", ["plan", "d", "--tasks", "2", "--out", "plan.tsv"])
        #expect(plan.status == 0, "\(plan.errors)")
        #expect(plan.output.contains("3 sessions in 2 tasks; the greatest has"))
        let lines = try folder.text("plan.tsv").split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        #expect(lines[0] == ["task", "exposures", "bytes", "grid", "path"])
        let names = lines.dropFirst().map { [$0[0], $0[1], ($0[4] as NSString).lastPathComponent] }
        #expect(names.map { [$0[0], $0[2]] } == [["1", "a b"], ["1", "a b-second"], ["2", "c"]])
        #expect(names[0][1] == "60" && names[2][1] == "60")
        #expect(lines[1][3] == lines[2][3] && lines[1][3].contains("Atlas.dm") && lines[3][3] != lines[1][3])
        #expect(try #require(Int(lines[1][2])) > 100_000)
        let json = try run("epu-ingest", ["plan", "d", "--by", "session", "--json"])
        #expect(json.output.components(separatedBy: "\"task\"").count == 4)
        // Lines that a path would break are not written.
        try FileManager.default.moveItem(atPath: folder["d/c"], toPath: folder["d/c\td"])
        let broken = try run("epu-ingest", ["plan", "d", "--out", "broken.tsv"])
        #expect(broken.status == 1 && broken.errors.contains("has a tab or a line break"), "\(broken.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder["broken.tsv"]))
    }
}
