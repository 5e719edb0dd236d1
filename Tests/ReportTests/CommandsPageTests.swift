import TestSupport
import Testing

/// Documentation/commands.md says what the tools' help says, and why each default is what it is.
@Suite("The page of commands")
struct CommandsPageTests {
    @Test("It has the help of every command as the tools print it now")
    func page() throws {
        let changes = try Snapshot(CommandsPage.file, text: CommandsPage().text()).changes()
        #expect(
            changes == nil,
            """
            \(changes ?? "")
            Write the page again: \(Snapshot.command("CommandsPageTests"))
            """)
    }

    @Test("Each option with a default has a line that says why")
    func reasons() throws {
        let faults = try CommandsPage().faults()
        for place in faults.missing {
            Issue.record("\(CommandsPage.file): below \(place) a line is missing, indented by two: Why: ...")
        }
        for place in faults.idle { Issue.record("\(CommandsPage.file): \(place) has no default any more.") }
    }
}
