import EPUCore

/// What this program says in a STAR file of the analysis behind it: a comment before the first block, which readers pass over.
enum StarComment {
    private static let start = "# epu-report "

    /// The comment, as `# epu-report 1.0.0: analysis 3, radius 0.2 um, published by name`. RELION looks for `data_` and `#
    /// version` in comments, too, so the line holds no name that a person chose.
    /// - Parameter sentences: one for the analysis of each session, nil for a session without; equal ones are said once.
    static func line(_ sentences: [String?], lineBreak: String = "\n") -> String {
        var said: [String] = []
        for sentence in sentences.map({ $0 ?? "no analysis of overlaps" }) where !said.contains(sentence) {
            said.append(sentence)
        }
        return start + toolVersion + ": " + said.joined(separator: "; ") + lineBreak
    }

    /// Whether an earlier run wrote a line, which may no longer be true.
    static func isOurs(_ line: UnsafeRawBufferPointer) -> Bool { line.starts(with: start.utf8) }
}
