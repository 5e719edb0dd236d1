import EPUArchive
import Foundation
import GRDB
import TestSupport
import Testing

@Suite("Results of a sample are those of its sessions")
struct SampleResultTests {
    private static let sessions: [(name: String, options: [String])] = [
        ("EPU 1.2, no .dm", ["--epu-version", "1.2", "--no-dm", "--utc-offset", "60", "--backlash", "0.2"]),
        ("EPU 1.10", ["--epu-version", "1.10", "--movies", "--wrong-centre", "1"]),
        ("EPU 2.6, hexagonal", ["--epu-version", "2.6", "--foil", "hexagonal", "--unmoved-stage", "1"]),
        ("EPU 3.8, tilted", ["--epu-version", "3.8", "--tilt", "20", "--repeated-hole", "2", "--movies"]),
        ("EPU 3.9", ["--unmoved-stage", "1", "--wrong-centre", "1", "--repeated-hole", "1", "--utc-offset", "-300"]),
        (
            "EPU 3.9, two sessions of a grid",
            ["--second-session", "--second-fraction", "0.3", "--repeated-hole", "1", "--refined-holes"]
        ),
        (
            "EPU 3.9, a grid that was turned, with another atlas",
            ["--second-session", "--second-atlas", "--square-turn", "0.3", "--xml-form", "pretty", "--prefixes"]
        ),
    ]

    @Test("Simulated sessions", arguments: sessions.map(\.name))
    func simulated(name: String) throws {
        let options = try #require(Self.sessions.first { $0.name == name }).options
        let folder = try TemporaryFolder()
        let made = try ToolRun.run(
            "epu-simulate", ["make", "s", "--no-images", "--exposures", "150"] + options, in: folder.path)
        #expect(made.status == 0, "\(made.errors)")
        let isPair = options.contains("--second-session")
        var sessions = SampledSessions(["s"] + (isPair ? ["s-second"] : []), in: folder)
        try sessions.compare()
        let differences = try sessions.differences()
        #expect(differences == [])
        #expect(try sessions.steps().count == 1)
    }

    @Test(
        "Real sessions, with noise in place of the pictures",
        .enabled(if: RealData.isPresent, Comment(rawValue: RealData.absence)),
        arguments: ["morado", "glacios", "diamond-example", "emharvest"])
    func real(name: String) throws {
        var sessions = SampledSessions([RealData.path(name)], in: try TemporaryFolder())
        try sessions.compare(["--images"])
        // Files that are not read are not copied, nor the folder above that has nothing else.
        let differences = try sessions.differences(without: ["source_file", "session_root"])
        #expect(differences == [])
    }

    @Test("What is damaged stays damaged, and in the same way")
    func damaged() throws {
        let folder = try TemporaryFolder()
        #expect(
            try ToolRun.run(
                "epu-simulate", ["make", "s", "--no-images", "--exposures", "60", "--repeated-hole", "1"],
                in: folder.path
            ).status == 0)
        let files = try Project.paths(below: folder["s"]).filter { $0.contains("_Data_") && $0.hasSuffix(".xml") }
        let whole = try folder.text("s/" + files[0])
        try folder.write("s/" + files[1], String(whole.prefix(whole.count / 2)))
        try folder.write("s/" + files[2], whole.replacing("MicroscopeImage", with: "JaneDoe"))
        try folder.write("s/" + files[3], "")
        try folder.write("s/" + files[4], "Jane Doe's notes")
        // Without a stage position; without a time, so that it is the name's.
        try folder.write(
            "s/" + files[5], whole.replacing("<stage>", with: "<elsewhere>").replacing("</stage>", with: "</elsewhere>")
        )
        try folder.write("s/" + files[6], whole.replacing("acquisitionDateTime", with: "JaneDoe"))
        let map = try #require(
            try Project.paths(below: folder["s"]).first { $0.hasSuffix(".dm") && $0.contains("GridSquare") })
        try folder.write("s/" + map, String(try folder.text("s/" + map).prefix(5000)))
        var sessions = SampledSessions(["s"], in: folder)
        try sessions.compare()
        let differences = try sessions.differences()
        #expect(differences == [])
        let statuses = try Archive(folder["sample.db"], access: .read).read {
            try String.fetchAll($0, sql: "SELECT DISTINCT status FROM source_file")
        }
        #expect(Set(statuses).isSuperset(of: ["malformed", "incomplete"]))
    }

    @Test("A part has the first exposures, or some squares, and can be analysed")
    func part() throws {
        let folder = try TemporaryFolder()
        let sessions = SampledSessions(["s"], in: folder)
        try sessions.run("epu-simulate", ["make", "s", "--no-images", "--exposures", "300"])
        try sessions.run("epu-ingest", ["sample", "s", "first", "--exposures", "40"])
        let names = try Project.paths(below: folder["first"])
        #expect(names.count { $0.contains("_Data_") } == 40)
        try sessions.run("epu-ingest", ["--db", "first.db", "first"])
        try sessions.run("epu-analyze", ["--db", "first.db"])
        let squares = try Set(
            Project.paths(below: folder["s"]).filter { $0.contains("_Data_") }
                .map { $0.split(separator: "/")[1].dropFirst("GridSquare_".count) })
        let square = try #require(squares.min())
        try sessions.run("epu-ingest", ["sample", "s", "square", "--squares", String(square)])
        let taken = try Project.paths(below: folder["square"])
        let expected = try Project.paths(below: folder["s"])
            .filter { $0.contains("_Data_") && $0.contains("GridSquare_\(square)/") }.count
        #expect(taken.count { $0.contains("_Data_") } == expected && expected > 0)
        #expect(taken.count { $0.hasSuffix(".dm") } == 2)
        try sessions.run("epu-ingest", ["sample", "s", "none", "--squares", "1"], status: 1)
        #expect(!FileManager.default.fileExists(atPath: folder["none"]))
    }
}
