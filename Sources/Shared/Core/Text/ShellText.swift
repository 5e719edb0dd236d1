/// The text quoted as one word for a shell.
public func shellWord(_ text: String) -> String {
    let isPlain =
        !text.isEmpty
        && text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "/._-+".unicodeScalars.contains(scalar)
        }
    return isPlain ? text : text.quoted(with: "'", escapedAs: "'\\''")
}

/// An option with its value as a command line has it: `--session faulty`, or `--session=-odd` for a value that begins with a
/// hyphen, which would be taken for an option of its own. Every command that the tools print has its names and files from here.
public func shellOption(_ option: String, _ value: String) -> String {
    option + (value.hasPrefix("-") ? "=" : " ") + shellWord(value)
}
