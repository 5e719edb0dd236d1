import Foundation
import TestSupport
import Testing

@Suite("Help")
struct HelpTests {
    /// In the order in which a user would paste the examples: each needs what the ones before it made.
    private static let commands: [[String]] = [
        ["epu-simulate"], ["epu-ingest"], ["epu-ingest", "load"],
        ["epu-ingest", "plan"], ["epu-ingest", "merge"], ["epu-ingest", "remove"],
        ["epu-ingest", "split"], ["epu-ingest", "join"], ["epu-ingest", "check"], ["epu-ingest", "backup"],
        ["epu-ingest", "compact"], ["epu-ingest", "sample"], ["epu-analyze", "list"],
        ["epu-analyze", "calibrate"], ["epu-analyze", "clusters"],
        ["epu-analyze", "overlaps"], ["epu-analyze", "sweep"], ["epu-analyze"], ["epu-analyze", "compare"],
        ["epu-analyze", "publish"],
        ["epu-simulate", "score"], ["epu-report", "run"], ["epu-report"], ["epu-report", "summary"],
        ["epu-report", "lists"], ["epu-report", "optics"],
        ["epu-analyze", "review"], ["epu-report", "montage"], ["epu-report", "plots"],
        ["epu-report", "html"], ["epu-report", "compare"], ["epu-report", "tables"], ["epu-analyze", "same-grid"],
    ]

    @Test("Every command has an example that works when pasted")
    func examples() throws {
        let folder = try TemporaryFolder()
        let tools = try ToolRun.folder
        for command in Self.commands {
            let help = try ToolRun.run(command[0], Array(command.dropFirst()) + ["--help"], in: folder.path)
            #expect(help.status == 0)
            // Indented by two: in the list of options the same words stand further right.
            let examples = help.output.split(separator: "\n").filter { line in
                line.wholeMatch(of: /\ \ epu-(ingest|analyze|report|simulate) .*/) != nil
                    && line.contains("simulate score") == (command.last == "score")
            }.map(String.init)
            #expect(!examples.isEmpty, "\(command)")
            // One that is folded at 80 columns is two commands when pasted.
            let block =
                help.output.components(separatedBy: "EXAMPLE\n").last?.components(separatedBy: "\n\n").first ?? ""
            for line in block.split(separator: "\n") { #expect(line.hasPrefix("  epu-"), "\(command): \(line)") }
            for example in examples {
                let run = try ToolRun.run(
                    "epu-ingest", [], in: folder.path, environment: ["PATH": tools + ":/usr/bin:/bin"],
                    through: ["/bin/sh", "-c", example])
                #expect(run.status == 0, "\(example): \(run.errors)")
            }
        }
    }

    @Test("Every subcommand is known to the test above")
    func complete() throws {
        for tool in ["epu-analyze", "epu-report", "epu-simulate"] {
            let help = try ToolRun.run(tool, ["--help"]).output
            let list = help.components(separatedBy: "SUBCOMMANDS:\n").last ?? ""
            let names = list.split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
                .compactMap { $0.split(separator: " ").first.map(String.init) }
                .filter { !["See", "make"].contains($0) }
            for name in names { #expect(Self.commands.contains([tool, name]), "\(tool) \(name)") }
        }
    }
}
