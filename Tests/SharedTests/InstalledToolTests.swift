import EPUConsole
import EPUCore
import Foundation
import Testing

@Suite("Programs that a tool runs")
struct InstalledToolTests {
    @Test("The status with which it ended, and what it prints, are known")
    func run() throws {
        let shell = try InstalledTool("sh")
        #expect(try shell.run(["-c", "exit 3"]) == 3)
        // More than a pipe holds.
        let (status, output) = try shell.print(["-c", "head -c 200000 /dev/zero; exit 2"])
        #expect(status == 2 && output.count == 200_000)
        #expect(try shell.run(["-c", "kill -KILL $$"]) == SIGKILL)
    }

    @Test("One that goes on, or ended well within a second, was started; one that failed at once was not")
    func start() throws {
        #expect(try InstalledTool("sleep").start(["2"]))
        #expect(try InstalledTool("true").start([]))
        #expect(try !InstalledTool("false").start([]))
    }

    @Test("One that is nowhere is named")
    func missing() {
        let error = #expect(throws: Failure.self) { try InstalledTool("no-such-program") }
        #expect(error?.description.contains("no-such-program is needed") == true)
    }
}
