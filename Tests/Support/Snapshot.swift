import Foundation

/// Lines that a file of the tests has to hold, so that nobody changes them without seeing it.
public struct Snapshot {
    /// The variable that, set to anything, has the present lines written to the file.
    private static let variable = "EPU_WRITE_SNAPSHOTS"

    private let file: String
    private let lines: [String]

    /// - Parameter file: The path of the file within the project.
    public init(_ file: String, _ lines: [String]) {
        self.file = file
        self.lines = lines
    }

    /// - Parameter text: All that the file has to hold, with blank lines.
    public init(_ file: String, text: String) {
        self.init(file, Self.lines(of: text))
    }

    private static func lines(of text: String) -> [String] {
        let whole = text.hasSuffix("\n") ? text.dropLast() : text[...]
        return whole.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    public var text: String { lines.joined(separator: "\n") + "\n" }

    /// The lines that have come (+) and gone (-) since the file was written; nil if none has.
    public func changes() throws -> String? {
        if ProcessInfo.processInfo.environment[Self.variable] != nil {
            try text.write(toFile: Project.path + "/" + file, atomically: true, encoding: .utf8)
        }
        let old = (try? Project.text(file)).map(Self.lines) ?? []
        let changes = lines.difference(from: old).map { change in
            switch change {
            case .insert(_, let line, _): "+ " + line
            case .remove(_, let line, _): "- " + line
            }
        }
        return changes.isEmpty ? nil : changes.joined(separator: "\n")
    }

    /// The command that writes the file.
    /// - Parameter suite: The type of the tests that hold the file.
    public static func command(_ suite: String) -> String { "\(variable)=1 swift test --filter \(suite)" }
}
