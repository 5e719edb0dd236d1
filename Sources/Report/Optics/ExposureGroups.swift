import EPUCore
import Foundation

/// Movies by exposure group, which is CryoSPARC's word for optics group.
struct ExposureGroups {
    struct Movie {
        /// The path of the movie, as `PathText`, without line breaks.
        let path: String
        /// The number of its group; nil if the archive has no number for it.
        let group: Int?
        /// Whether it is bad; nil if it was not judged.
        let isBad: Bool?
    }

    let movies: [Movie]
    /// The number of groups that have a number.
    let groups: Int

    /// Writes `exposure_groups.csv` (path, exposure group or empty, keep: 1, 0 or empty), and for each group the lists
    /// `exposure_groups/exposure_group_N_keep.txt` and `_bad.txt`, to import or to select by, and `_notjudged.txt` if some were
    /// not judged. Movies without a number have `unplaced` in place of N, so that they are not taken for a later group.
    func write(to folder: String) throws {
        var table = try OutputFile(folder + "/exposure_groups.csv")
        try table.write("path,exposure_group,keep\n")
        for movie in movies {
            let keep = movie.isBad.map { $0 ? "0" : "1" } ?? ""
            try table.write(path: CSVText.quoted(movie.path))
            try table.write(",\(movie.group.map { "\($0)" } ?? ""),\(keep)\n")
        }
        try table.commit()
        let lists = folder + "/exposure_groups"
        for (word, isBad) in [("keep", false), ("bad", true), ("notjudged", nil)] as [(String, Bool?)] {
            guard isBad != nil || movies.contains(where: { $0.isBad == nil }) else {
                removeOlder(word, in: lists, from: 1)
                unlink("\(lists)/exposure_group_unplaced_\(word).txt")
                continue
            }
            let byGroup = Dictionary(grouping: movies.filter { $0.isBad == isBad }, by: \.group)
            for group in [nil] + (0..<groups).map({ $0 + 1 }) {
                let name = group.map { "\($0)" } ?? "unplaced"
                var paths = PathLists()
                try paths.write(
                    (byGroup[group] ?? []).map(\.path), to: "\(lists)/exposure_group_\(name)_\(word).txt")
            }
            removeOlder(word, in: lists, from: groups + 1)
        }
    }

    /// Lists of groups that no longer exist would look like part of this run.
    private func removeOlder(_ word: String, in folder: String, from first: Int) {
        var group = first
        while unlink("\(folder)/exposure_group_\(group)_\(word).txt") == 0 { group += 1 }
    }
}
