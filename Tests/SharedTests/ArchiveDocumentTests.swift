import TestSupport
import Testing

/// Documentation/archive.md says what schema.sql says.
@Suite("The page of tables and columns")
struct ArchiveDocumentTests {
    private static let hasPython = (try? python("--version").status) == 0

    private static func python(_ arguments: String...) throws -> ToolRun {
        try ToolRun.command(["/usr/bin/env", "python3"] + arguments, environment: ["PYTHONDONTWRITEBYTECODE": "1"])
    }

    @Test(
        "It has every table, view and column of the schema, with its comment and its unit",
        .enabled(if: Self.hasPython, "needs python3, which is not here"))
    func page() throws {
        let run = try Self.python(Project.path + "/Scripts/archive_page.py")
        try #require(run.status == 0, "\(run.errors)")
        let changes = try Snapshot("Documentation/archive.md", text: run.output).changes()
        #expect(
            changes == nil,
            """
            \(changes ?? "")
            Write the page again: \(Snapshot.command("ArchiveDocumentTests"))
            """)
    }
}
