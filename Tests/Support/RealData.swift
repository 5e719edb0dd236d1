import Foundation

/// Real EPU files, which lie beside the project and are no part of it.
public enum RealData {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/data").path

    /// Whether the files are there, for `.enabled(if:)`: a test that needs them is skipped, with this word, where there
    /// are none.
    public static let isPresent = FileManager.default.fileExists(atPath: root + "/morado")
    public static let absence = "needs the real EPU files of ../shared/data, which are not here"

    public static func path(_ name: String) -> String { root + "/" + name }
}
