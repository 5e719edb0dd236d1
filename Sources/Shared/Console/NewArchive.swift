import Foundation

/// What is said where a command has made an archive: where it lies, as nobody may have named it.
public enum NewArchive {
    /// - Parameter path: The path as it was given, or by default; it is told from the root of the disk.
    public static func text(_ path: String) -> String { "made the archive " + absolute(path) }

    /// Whether there is no archive of that name yet: no file, or an empty one.
    public static func isToBeMade(_ path: String) -> Bool {
        ((try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int ?? 0) == 0
    }

    /// The path from the root of the disk.
    public static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }
}
