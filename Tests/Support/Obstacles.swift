import Foundation

/// A file system of a few kilobytes, to see what happens when a disk is full. Only root can make one.
public final class SmallDisk: Sendable {
    public let path: String
    private let folder: TemporaryFolder

    /// Whether such a file system can be made here, for `.enabled(if:)`.
    public static let isPossible = (try? SmallDisk(kilobytes: 64)) != nil
    public static let impossibility = "needs the right to mount a small file system"

    public init(kilobytes: Int) throws {
        folder = try TemporaryFolder()
        path = folder["disk"]
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard try Self.call("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", path]) == 0 else {
            throw CocoaError(.fileWriteNoPermission)
        }
    }

    deinit { _ = try? Self.call("umount", [path]) }

    public func makeReadOnly() throws {
        guard try Self.call("mount", ["-o", "remount,ro", path]) == 0 else { throw CocoaError(.fileWriteNoPermission) }
    }

    private static func call(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// The rights of the user nobody, to see what happens where one may not write. Only root can give up its own.
public enum Unprivileged {
    /// Whether the rights can be given up here, for `.enabled(if:)`.
    public static let isPossible =
        getuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
        && ((try? run("epu-ingest", ["--version"]))?.status == 0)
    public static let impossibility = "needs root and setpriv, and tools that another user may run"

    public static func run(_ tool: String, _ arguments: [String]) throws -> ToolRun {
        try ToolRun.run(
            tool, arguments, through: ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"])
    }
}
