import EPUCore
import Foundation
import Testing

@Suite("Names in commands that are printed")
struct ShellTextTests {
    @Test(
        "A shell and the tools read the name that was meant",
        arguments: ["faulty", "-odd", "--db", "two words", "it's", "K3*", "$HOME", "-a b", "günther", "", "a\\b", "-"])
    func words(name: String) throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "printf '%s\\n' " + shellOption("--session", name)]
        let pipe = Pipe()
        shell.standardOutput = pipe
        try shell.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let words = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        #expect(words == (name.hasPrefix("-") ? ["--session=" + name] : ["--session", name]))
    }
}
