import TestSupport

/// A name in backquotes in the text of a Markdown file, outside its code blocks.
struct DocumentedName: CustomStringConvertible {
    /// The file's path within the project.
    let file: String
    /// The number of the line, from 1.
    let line: Int
    let text: String
    /// The files of a recipe's row, if the name stands in the row's second cell, which says what to write into them.
    let filesOfRow: [String]

    var description: String { "\(file):\(line) `\(text)`" }

    /// Whether the text is the path of a file or folder, or the name of a file.
    static func isPath(_ text: String) -> Bool {
        text.contains("/") && !text.contains(" ")
            || text.wholeMatch(of: /[\w.()+-]+\.(swift|sql|txt|md|py|js|css|sh)/) != nil
    }

    static func all(in file: String) throws -> [Self] {
        var names: [Self] = []
        var isInBlock = false
        for (index, line) in try Project.text(file).split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.hasPrefix("```") { isInBlock.toggle() }
            guard !isInBlock, !line.hasPrefix("```") else { continue }
            // A bar behind a backslash is part of its cell.
            let cells = line.replacing("\\|", with: "\u{0}").split(separator: "|")
            let files = line.hasPrefix("|") ? cells.prefix(2).flatMap(spans).filter(isPath) : []
            for (number, cell) in cells.enumerated() {
                names += spans(cell).map {
                    Self(file: file, line: index + 1, text: $0, filesOfRow: number == 1 ? files : [])
                }
            }
        }
        return names
    }

    private static func spans(_ text: Substring) -> [String] {
        text.matches(of: /`([^`]+)`/).map { String($0.1) }
    }
}
