/// A code block of a Markdown file.
public struct DocumentedBlock: CustomStringConvertible {
    /// The file's path within the project.
    public let file: String
    /// The line of the block's first fence, from 1.
    public let line: Int
    /// The last heading of the second level above it.
    public let heading: String
    /// The language of the block: `sh`, `sql`, or nothing for what is printed.
    public let language: String
    public let lines: [String]
    /// The lines of the block that follows at once, where that is what this one prints; else nil.
    public private(set) var printed: [String]?

    public var text: String { lines.joined(separator: "\n") }
    public var description: String { "\(file):\(line)" }
    public var isShell: Bool { ["sh", "bash", "shell", "console"].contains(language) }
    public var isSQL: Bool { language == "sql" }

    public static func all(in file: String) throws -> [Self] {
        var blocks: [Self] = []
        var heading = ""
        var opened: (line: Int, language: String, lines: [String])?
        // Text between two blocks parts what is run from what is printed.
        var isAdjacent = false
        for (index, line) in try Project.text(file).split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.hasPrefix("```") {
                guard let block = opened else {
                    opened = (index + 1, String(line.dropFirst(3)), [])
                    continue
                }
                if block.language.isEmpty, isAdjacent, !blocks.isEmpty {
                    blocks[blocks.count - 1].printed = block.lines
                }
                blocks.append(
                    Self(
                        file: file, line: block.line, heading: heading, language: block.language, lines: block.lines))
                opened = nil
                isAdjacent = !block.language.isEmpty
            } else if opened != nil {
                opened?.lines.append(String(line))
            } else if !line.isEmpty {
                isAdjacent = false
                if line.hasPrefix("## ") { heading = String(line.dropFirst(3)) }
            }
        }
        return blocks
    }
}
