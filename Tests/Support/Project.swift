import Foundation

/// The files of this project, as the tests of its rules read them.
public enum Project {
    public static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The text of a file, by its path within the project.
    public static func text(_ file: String) throws -> String {
        try String(contentsOfFile: path + "/" + file, encoding: .utf8)
    }

    /// The paths of all files below a folder whose names end in a suffix, within the project and sorted.
    public static func files(in folder: String, suffix: String) throws -> [String] {
        try paths(below: path + "/" + folder).filter { $0.hasSuffix(suffix) }.map { folder + "/" + $0 }
    }

    /// The paths of all that lies below a folder, within it and sorted.
    public static func paths(below folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    }
}
