import EPUCore

/// What is told of files that could not be used.
extension IngestReport {
    var problemLines: [String] {
        sessions.flatMap { session in
            session.problems.map { "\($0.status): \(session.root)/\($0.path): \($0.problem ?? "")" }
        }
    }

    /// The first few problems in words; all of them are in the view `source_problems`.
    var problemText: String {
        let all = problemLines
        let more = all.count > 5 ? ["and \(all.count - 5) more: see the view source_problems, or --json"] : []
        return (all.prefix(5) + more + [goneText].compactMap { $0 }).joined(separator: "\n")
    }

    /// What to do about files that went while they were to be read; nil where none did.
    private var goneText: String? {
        let count = sessions.flatMap(\.problems).count { $0.problem == SourceFile.goneUnread }
        guard count > 0 else { return nil }
        return
            "\(counted(count, "file")) went before \(count == 1 ? "it" : "they") could be read: where another program moved "
            + "\(count == 1 ? "it" : "them"), ingest the new place, too."
    }
}
