import EPUCore

extension MergedShard {
    /// A line on the whole, and one for each session of which more is to be known than that it came in or is there.
    var text: String {
        guard !sessions.isEmpty else { return "\(shard): no sessions." }
        var parts: [String] = []
        for (outcome, words) in [(Outcome.added, "added"), (.replaced, "replaced")] {
            let new = sessions.filter { $0.outcome == outcome }
            guard !new.isEmpty else { continue }
            let exposures = new.reduce(0) { $0 + $1.merged.exposures }
            let analyses = new.reduce(0) { $0 + $1.merged.analyses }
            parts.append(
                "\(counted(new.count, "session")) \(words) (\(counted(exposures, "exposure")), "
                    + "\(counted(analyses, "analysis", plural: "analyses")))")
        }
        for (outcome, words) in [(Outcome.there, "already there"), (.kept, "left out")] {
            let number = sessions.count { $0.outcome == outcome }
            if number > 0 { parts.append("\(number) \(words)") }
        }
        var lines = ["\(shard): " + parts.joined(separator: ", ") + "."] + sessions.compactMap(\.line)
        if !unfounded.isEmpty {
            lines.append(
                "  Analyses of \(unfounded.joined(separator: ", ")) had compared them with a session that was replaced, and are "
                    + "gone: epu-analyze makes them again.")
        }
        return lines.joined(separator: "\n")
    }
}

extension MergedShard.Session {
    fileprivate var line: String? {
        let details = [held, lost, lostMatrix, taken, unfounded].compactMap { $0 }
        let isPlain = outcome == .there || (outcome == .added && session == shardSession)
        guard !isPlain || !details.isEmpty else { return nil }
        return "  " + ([head] + details).joined(separator: " ")
    }

    private var head: String {
        let called = session == shardSession ? session : "\(session), in the shard \(shardSession),"
        let had = archive?.text ?? "nothing"
        return switch outcome {
        case .added where session == shardSession: "\(session) came in."
        case .added: "\(session) is the shard's \(shardSession): the archive has another session of that name."
        case .there: "\(called) is already there."
        case .kept: "\(called) is in both: the archive's stays (\(had)), the shard's has \(shard.text)."
        case .replaced:
            "\(called) is in both: the shard's takes its place (\(shard.text)), the archive's had \(had)."
        }
    }

    private var other: String { outcome == .replaced ? "archive" : "shard" }
    private var keeper: String { outcome == .replaced ? "shard" : "archive" }

    private var held: String? {
        guard heldReviews > 0 else { return nil }
        return
            "It stays as \(counted(heldReviews, "reviewed exposure")) of it \(heldReviews == 1 ? "is" : "are") not in the "
            + "shard's, which is more complete."
    }

    /// What is not in the archive after the merge must be known.
    private var lost: String? {
        guard lostExposures > 0 else { return nil }
        let reviewed = lostReviews > 0 ? ", \(lostReviews) of them reviewed," : ""
        return
            "\(counted(lostExposures, "exposure")) of the \(other)'s\(reviewed) \(lostExposures == 1 ? "is" : "are") not in "
            + "the \(keeper)'s: ingest the session's folders into the archive to have all"
            + (lostReviews > 0 && outcome != .replaced ? ", and merge again." : ".")
    }

    private var lostMatrix: String? {
        guard lostMatrices > 0 else { return nil }
        return "\(counted(lostMatrices, "matrix", plural: "matrices")) that a person gave for the \(other)'s "
            + "\(lostMatrices == 1 ? "is" : "are") not taken over: give \(lostMatrices == 1 ? "it" : "them") again where "
            + "\(lostMatrices == 1 ? "it is" : "they are") needed."
    }

    private var taken: String? {
        let words = [
            reviews > 0 ? "\(counted(reviews, "review")) taken over." : nil,
            askedCalibration ? "How to calibrate it, as it was asked for, is taken over: epu-analyze does so." : nil,
        ].compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// Analyses that compared it with sessions that did not come in.
    private var unfounded: String? {
        let gone = shard.analyses - merged.analyses
        guard outcome == .added || outcome == .replaced, gone > 0 else { return nil }
        return
            "\(counted(gone, "analysis", plural: "analyses")) of the shard's rested on a session that is not taken from there, "
            + "and did not come in: epu-analyze makes \(gone == 1 ? "it" : "them") again."
    }
}
