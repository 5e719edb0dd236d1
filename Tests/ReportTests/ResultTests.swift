import TestSupport
import Testing

@Suite("Results on standard output")
struct ResultTests {
    @Test("One that cannot be written is a failure; a reader who has gone is none")
    func unwritable() throws {
        let folder = try TemporaryFolder()
        try SampleArchive(folder["a.db"]).add("s", [SampleArchive.Exposure(time: 0)])
        func run(_ redirection: String) throws -> ToolRun {
            try ToolRun.run(
                "epu-report", ["summary", "--db", folder["a.db"]],
                through: ["/bin/sh", "-c", "\"$0\" \"$@\" \(redirection)"])
        }
        let full = try run("> /dev/full")
        #expect(full.status == 1)
        #expect(full.errors.contains("Error: Cannot write the result: No space left on device."))
        let gone = try run("| true")
        #expect(gone.status == 0 && gone.errors.isEmpty)
    }
}
