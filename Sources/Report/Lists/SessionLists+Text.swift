import EPUArchive
import EPUCore

extension SessionLists.Written {
    var text: String {
        var lines = ["\(session): \(bad) bad, \(keep) to keep (\(analysis)), in \(folder)"]
        if let unknown { lines.append("\(Unknowns.asFarAsCompared); \(unknown)") }
        if possible > 0 {
            lines.append(
                "\(possible) of those to keep may be overexposed (probability \(possibleRange)), in "
                    + "\(prefix)_possible_*.txt")
        }
        if let reviewText { lines.append(reviewText) }
        if notJudged > 0 { lines.append(notJudgedText) }
        if let guesses { lines.append(guesses) }
        if withoutImage > 0 {
            lines.append("\(counted(withoutImage, "exposure")) without JPG, listed by the name it would have")
        }
        if !missingMovies.isEmpty {
            lines.append("\(counted(missingMovies.count, "movie")) not found below --raw-data:")
            lines += Self.first(missingMovies, "all in \(prefix)_missing_movies.txt")
        }
        if !unlistable.isEmpty {
            lines.append("\(counted(unlistable.count, "path")) with a line break, which no list can hold:")
            lines += Self.first(unlistable.map(\.debugDescription), "see --json")
        }
        return (lines + copyLines).joined(separator: "\n  ")
    }

    /// How many verdicts are a person's, in words; nil where none is.
    var reviewText: String? {
        guard reviewed > 0 else { return nil }
        return "\(reviewed) of these as a person marked them: \(reviewedKeep) to keep, \(reviewed - reviewedKeep) bad; "
            + "`epu-analyze review` lists them"
    }

    /// Why exposures are neither bad nor to keep, in words.
    var notJudgedText: String {
        let late = notJudged - unread - undecided
        let why = [
            late > 0 ? "\(late) that the analysis does not have: run `epu-analyze`" : nil,
            undecided > 0
                ? "\(undecided) that could not be judged, as what their fields had received is not known" : nil,
            unread > 0 ? "\(unread) without a readable XML" : nil,
        ].compactMap { $0 }.joined(separator: "; ")
        return "\(notJudged) in neither list, but in \(prefix)_notjudged_*.txt: \(why)"
    }

    /// What is gone, and the command that copies what is to keep.
    private var copyLines: [String] {
        var lines: [String] = []
        if !goneFiles.isEmpty {
            let (are, them) = goneFiles.count == 1 ? ("is", "it") : ("are", "them")
            lines.append(
                "\(counted(goneFiles.count, "file")) that epu-ingest read \(are) no longer on disk: the lists for rsync leave \(them) out"
            )
            lines += Self.first(goneFiles, "see --json")
        }
        guard let rsyncFolder, rsyncKeepFiles > 0 else { return lines }
        if isElsewhere { lines.append("\(rsyncFolder) is not on this machine: run this where it is:") }
        let list = "\(folder)/\(prefix)_keepfiles_rsync.txt"
        let files = rsyncKeepFiles == 1 ? "the file" : "the \(rsyncKeepFiles) files"
        lines.append("copy \(files) to keep: rsync -a --files-from=\(shellWord(list)) \(shellWord(rsyncFolder)) DEST")
        return lines
    }

    private static func first(_ names: [String], _ all: String) -> [String] {
        names.prefix(5).map { "  " + $0 } + (names.count > 5 ? ["  and \(names.count - 5) more, \(all)"] : [])
    }
}
