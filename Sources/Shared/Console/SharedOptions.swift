public import ArgumentParser
import EPUCore
import Foundation
import Synchronization

/// The option `--db`, which every command takes.
public struct ArchiveOptions: ParsableArguments {
    @Option(name: .customLong("db"), help: "The archive. Default: $EPU_ARCHIVE, else epu-archive.db in this folder.")
    private var file: String?

    public init() {}

    public func validate() throws {
        guard file?.isEmpty != true else { throw ValidationError("--db takes a file; this name is empty.") }
    }

    /// The option as a command that is printed repeats it, with a space before it; empty where it was not given.
    public var words: String { file.map { " " + shellOption("--db", $0) } ?? "" }

    public var path: String {
        // SQLite does not take `:memory:` for the name of a file.
        if let file { return file.hasPrefix(":") ? "./" + file : file }
        let fromEnvironment = ProcessInfo.processInfo.environment["EPU_ARCHIVE"] ?? ""
        return fromEnvironment.isEmpty ? "epu-archive.db" : fromEnvironment
    }
}

/// The option `--session`, which narrows a command to some sessions of the archive.
public struct SessionOptions: ParsableArguments {
    @Option(
        name: .customLong("session"),
        help: "A session's name, as `epu-report summary` prints it, or a pattern, as 'K3*'; may be repeated.")
    public var names: [String] = []

    public init() {}
}

/// The option `--json`, which every command takes.
public struct JSONOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON.")
    public var json = false

    public init() {}
}

/// The option `--quiet` of commands that write something, and say what.
public struct QuietOptions: ParsableArguments {
    @Flag(name: .shortAndLong, help: "Print only warnings and errors.")
    public var quiet = false

    public init() {}

    public func validate() throws {
        if quiet { ProgressLine.isShown.store(false, ordering: .relaxed) }
    }

    /// Prints what was done.
    public func result(_ text: @autoclosure () -> String) {
        if !quiet { Console.result(text()) }
    }
}
