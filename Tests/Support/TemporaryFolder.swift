import Foundation

/// A folder that is removed with the value.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        path = (FileManager.default.temporaryDirectory.path as NSString)
            .appendingPathComponent("epu-archive-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? remove() }

    /// Removes it before its time, as where it is shared and nobody is the last to let go of it.
    public func remove() throws { try FileManager.default.removeItem(atPath: path) }

    public subscript(_ name: String) -> String { path + "/" + name }

    /// Writes a file, with the folders above it.
    @discardableResult
    public func write(_ name: String, _ text: String) throws -> String {
        try write(name, Array(text.utf8))
    }

    @discardableResult
    public func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        let file = self[name]
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// The names in a folder, sorted.
    public func names(_ folder: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? path : self[folder])) ?? []).sorted()
    }

    public func text(_ name: String) throws -> String { try String(contentsOfFile: self[name], encoding: .utf8) }
}
