import EPUCore

/// What `epu-report optics --star` prints of one file.
struct RegroupedStar: Encodable {
    let star: String
    let files: [String]
    let counts: StarRegrouping.Counts
    let droppedUnmatched: Bool

    enum CodingKeys: String, CodingKey {
        case star, files, droppedUnmatched
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(star, forKey: .star)
        try container.encode(files, forKey: .files)
        try container.encode(droppedUnmatched, forKey: .droppedUnmatched)
        try counts.encode(to: encoder)
    }

    init(_ regrouping: StarRegrouping, _ paths: StarSplit.Paths, dropsUnmatched: Bool) {
        star = regrouping.path
        files = paths.list
        counts = regrouping.counts
        droppedUnmatched = dropsUnmatched
    }

    var text: String {
        var lines = [
            "\(star): \(counted(counts.rows, "row")) in \(counted(counts.opticsGroups, "optics group")), \(counts.kept) to "
                + "keep, \(counts.bad) bad"
        ]
        if counts.unmatched > 0 {
            lines.append(
                "  \(counted(counts.unmatched, "row")) without an exposure in the archive, "
                    + (droppedUnmatched ? "left out:" : "in a group of their own:"))
            lines += counts.unmatchedNames.map { "    " + $0 }
        }
        if counts.unplaced > 0 {
            lines.append("  \(counted(counts.unplaced, "row")) of exposures in no numbered group")
        }
        if counts.notJudged > 0 { lines.append("  \(counted(counts.notJudged, "row")) not judged, and kept") }
        let sizeless = counts.groupsWithoutPixelSize
        if !sizeless.isEmpty {
            let names = sizeless.prefix(3).joined(separator: ", ") + (sizeless.count > 3 ? " ..." : "")
            lines.append(
                "  \(counted(sizeless.count, "optics group")) without a pixel size, which RELION needs (\(names)): add it to "
                    + "data_optics")
        }
        if counts.ambiguous > 0 {
            lines.append(
                "  \(counted(counts.ambiguous, "row")) whose name several sessions have: the first one's group. Name one "
                    + "with --session.")
        }
        return (lines + files.map { "  " + $0 }).joined(separator: "\n")
    }
}
