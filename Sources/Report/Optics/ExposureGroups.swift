import EPUShared
import Foundation

/// Movies by exposure group, as CryoSPARC calls optics groups.
struct ExposureGroups {
    /// A verdict of nil: not judged.
    let movies: [(path: String, group: Int, isBad: Bool?)]
    /// How many there are.
    let groups: Int

    /// Writes `exposure_groups.csv` (path, exposure group, keep: 1, 0 or empty), and for each group the lists
    /// `exposure_groups/exposure_group_N_keep.txt` and `_bad.txt`, to import or to select by.
    func write(to folder: String) throws {
        var table = try OutputFile(folder + "/exposure_groups.csv")
        try table.write("path,exposure_group,keep\n")
        for movie in movies {
            let keep = movie.isBad.map { $0 ? "0" : "1" } ?? ""
            try table.write("\(CSVText.quoted(movie.path)),\(movie.group),\(keep)\n")
        }
        try table.commit()
        let lists = folder + "/exposure_groups"
        for (word, isBad) in [("keep", false), ("bad", true)] {
            let byGroup = Dictionary(grouping: movies.filter { $0.isBad == isBad }, by: \.group)
            for group in 1...max(groups, 1) {
                var list = try OutputFile("\(lists)/exposure_group_\(group)_\(word).txt")
                for movie in byGroup[group] ?? [] { try list.write(movie.path + "\n") }
                try list.commit()
            }
            removeOlder(word, in: lists)
        }
    }

    /// Lists of groups that are no more would look like part of this run.
    private func removeOlder(_ word: String, in folder: String) {
        var group = groups + 1
        while unlink("\(folder)/exposure_group_\(group)_\(word).txt") == 0 { group += 1 }
    }
}
