import Foundation
import TestSupport
import Testing

@Suite("Options that people try without reading")
struct ShortOptionsTests {
    @Test("-V is --version", arguments: ["epu-ingest", "epu-analyze", "epu-report", "epu-simulate"])
    func version(tool: String) throws {
        let run = try ToolRun.run(tool, ["-V"])
        #expect(run.status == 0)
        #expect(run.output == (try ToolRun.run(tool, ["--version"]).output))
        #expect(try ToolRun.run(tool, ["help"]).output == ToolRun.run(tool, ["--help"]).output)
    }

    @Test("-q leaves results out, and errors in; -o is --out; - is standard output")
    func quiet() throws {
        let folder = try TemporaryFolder()
        func run(_ tool: String, _ arguments: [String]) throws -> ToolRun {
            try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]])
        }
        _ = try run("epu-simulate", ["s", "--exposures", "100", "--no-images", "--repeated-hole", "1"])
        for (tool, arguments) in [
            ("epu-ingest", ["s"]), ("epu-analyze", []), ("epu-analyze", ["calibrate"]),
            ("epu-report", ["lists", "-o", "r"]),
            ("epu-report", ["html", "-o", "r"]), ("epu-report", ["plots", "-o", "r"]),
            ("epu-report", ["optics", "-o", "r"]), ("epu-report", ["montage", "-o", "r"]),
            ("epu-report", ["tables", "-o", "r"]), ("epu-ingest", ["backup", "b.db"]), ("epu-ingest", ["compact"]),
            ("epu-ingest", ["merge", "b.db"]), ("epu-ingest", ["remove", "s"]),
        ] {
            // No pattern names what is changed for good.
            if arguments == ["remove", "s"] {
                for command in [["remove", "*"], ["split", "*", "--squares", "1"], ["join", "s", "*"]] {
                    let refused = try run("epu-ingest", command)
                    #expect(refused.status == 1)
                    #expect(refused.errors.contains("no session \"*\""), "\(refused.errors)")
                }
                #expect(try run("epu-analyze", ["same-grid", "s", "*"]).status == 1)
            }
            let quiet = try run(tool, arguments + ["-q"])
            #expect(quiet.output.isEmpty, "\(tool) \(arguments)")
            #expect(quiet.status == 0, "\(tool) \(arguments): \(quiet.errors)")
        }
        #expect(folder.names("r").contains("exposures.csv"))
        #expect(try run("epu-ingest", ["-q", "none"]).errors.contains("none"))
        _ = try run("epu-ingest", ["-q", "s"])
        let table = try run("epu-report", ["tables", "--table", "sessions", "-o", "-"])
        #expect(table.output.split(separator: "\n").count == 2)
        #expect(table.output.hasPrefix("session_id,session,"))
        #expect(try run("epu-report", ["tables", "-o", "-"]).status == 64, "one table")
    }

    @Test("More than 25 clusters have no table of distances unless it is asked for")
    func distances() throws {
        let folder = try TemporaryFolder()
        func run(_ tool: String, _ arguments: [String]) throws -> String {
            try ToolRun.run(tool, arguments, in: folder.path, environment: ["EPU_ARCHIVE": folder["a.db"]]).output
        }
        _ = try run("epu-simulate", ["s", "--exposures", "200", "--no-images"])
        _ = try run("epu-ingest", ["s"])
        let title = "Distances between cluster centres"
        func clusters(_ number: Int, _ more: [String] = []) throws -> String {
            try run("epu-analyze", ["clusters", "--method", "hierarchical", "--clusters", "\(number)"] + more)
        }
        #expect(try clusters(25).contains(title))
        let many = try clusters(26)
        #expect(!many.contains(title))
        #expect(many.contains("--distances prints"))
        #expect(try clusters(26, ["--distances"]).contains(title))
    }

    @Test("Options may stand before a subcommand; what a subcommand is called is no folder without its place")
    func order() throws {
        let folder = try TemporaryFolder()
        func run(_ tool: String, _ arguments: [String]) throws -> ToolRun {
            try ToolRun.run(tool, arguments, in: folder.path)
        }
        _ = try run("epu-simulate", ["--no-images", "--exposures", "60", "make", "check"])
        let made = try run("epu-ingest", ["--db", "a.db", "./check"])
        #expect(made.status == 0 && made.output.contains("\nmade the archive \(folder["a.db"])\n"), "\(made.errors)")
        #expect(try run("epu-ingest", ["--db", "a.db", "check"]).output.hasPrefix("The archive is sound."))
        #expect(try !run("epu-ingest", ["--db", "a.db", "load", "check"]).output.contains("made the archive"))
        #expect(try run("epu-analyze", ["--db", "a.db", "-q"]).status == 0)
        #expect(try run("epu-analyze", ["--db", "a.db", "list"]).output.contains("check"))
        #expect(try run("epu-report", ["--db", "a.db", "summary"]).output.hasPrefix("check\n"))
        let backup = try run("epu-ingest", ["--db", "a.db", "backup", "b.db"])
        #expect(backup.output.hasPrefix(folder["b.db"] + ": "))
        let merged = try run("epu-ingest", ["--db", "c.db", "merge", "b.db"])
        #expect(merged.output.hasSuffix("made the archive \(folder["c.db"])\n"))
        #expect(try run("epu-ingest", ["-q", "--db", "d.db", "load", "check"]).output.isEmpty)
        // What the subcommand has not, is told as its own.
        #expect(
            try run("epu-ingest", ["--strict", "--db", "a.db", "check"]).errors.contains("Usage: epu-ingest check"))
    }

    @Test("Ctrl-C is answered once, also by a tool that runs others")
    func interruption() throws {
        let folder = try TemporaryFolder()
        _ = try ToolRun.run("epu-simulate", ["s", "--exposures", "6000", "--no-images"], in: folder.path)
        let tool = try RunningTool("epu-report", ["run", "s", "--db", "a.db"], in: folder.path)
        #expect(RunningTool.wait { folder.names().contains("a.db") })
        #expect(tool.end(with: SIGINT) == SIGINT)
        usleep(500_000)
        #expect(tool.errors.components(separatedBy: "Interrupted.").count == 2, "\(tool.errors)")
        #expect(!tool.errors.contains("was ended by signal"))
    }
}
