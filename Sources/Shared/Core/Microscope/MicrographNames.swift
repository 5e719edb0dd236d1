import Foundation

/// Micrographs as a person names them: by the base name, or by any of their files with suffix, path and words before.
public struct MicrographNames: Sendable {
    /// The base names as the archive has them, sorted; each once.
    public private(set) var bases: [String] = []
    /// The names that are no micrograph's, as they were given.
    public private(set) var strangers: [String] = []

    /// Takes the names from texts, each of which is a name, or the path of a file.
    public init(_ texts: [String]) {
        var found: Set<String> = []
        for text in texts {
            // A folder may have an exposure's name, too. On the microscope folders are separated by backslashes.
            let file = text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? text
            if let (name, _) = ExposureName.find(inAnyCase: file) {
                found.insert(name.base)
            } else {
                strangers.append(text)
            }
        }
        bases = found.sorted()
    }

    /// The lines of a file, or of standard input where it is called `-`, without blank ones and what follows a `#`.
    /// - Throws: `Failure` where it cannot be read.
    public static func lines(of file: String) throws -> [String] {
        try rawLines(of: file).compactMap { line in
            let name = withoutComment(Substring(line.text)).trimmingCharacters(in: .whitespaces)
            return name.isEmpty ? nil : name
        }
    }

    /// The lines of a file that are not blank, with their numbers and without the spaces around them.
    /// - Throws: `Failure` where it cannot be read.
    public static func rawLines(of file: String) throws -> [(number: Int, text: String)] {
        let text = String(decoding: try bytes(of: file), as: UTF8.self)
        return text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap {
            index, line in
            let text = line.drop { $0 == "\u{FEFF}" }.trimmingCharacters(in: .whitespaces)
            return text.isEmpty ? nil : (index + 1, text)
        }
    }

    /// The bytes of a file, not read by Foundation, which does not say why a file cannot be read.
    private static func bytes(of file: String) throws(Failure) -> [UInt8] {
        func failure() -> Failure { Failure("Cannot read \(file): \(String(cString: strerror(errno))).") }
        let descriptor = file == "-" ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure() }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &block, block.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure() }
            guard count > 0 else { return bytes }
            bytes += block[..<count]
        }
    }

    /// A line without its comment. A `#` within a word belongs to the word.
    private static func withoutComment(_ line: Substring) -> Substring {
        var last: Character = " "
        for (index, character) in zip(line.indices, line) {
            if character == "#", last.isWhitespace { return line[..<index] }
            last = character
        }
        return line
    }
}
