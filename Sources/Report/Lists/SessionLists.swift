import EPUShared
import Foundation
import GRDB

/// The files that `epu-report lists` writes for one session.
struct SessionLists {
    struct Written: Encodable {
        let session: String
        let analysisID: Int64
        /// As `analysis 3, radius 0.2 um, published by name`.
        let analysis: String
        let folder: String
        let bad: Int
        let keep: Int
        /// Of these, bad or to keep because a person says so.
        let reviewed: Int
        /// Exposures that came after the analysis: in no list, unless a person judged them.
        let notJudged: Int
        /// Exposures without JPG: listed by the name it would have.
        let withoutImage: Int
        /// Base names of movies that --raw-data does not hold.
        let missingMovies: [String]
        /// What the paths in the lists for rsync are relative to; nil: they are empty.
        let rsyncFolder: String?
        /// Files in the list for rsync of what is to keep.
        let rsyncKeepFiles: Int
        /// Files that are in no list, because their path has a line break.
        let unlistable: [String]
        let prefix: String

        enum CodingKeys: String, CodingKey {
            case session
            case analysisID = "analysisId"
            case analysis, folder, bad, keep, reviewed, notJudged, withoutImage, missingMovies, rsyncFolder,
                rsyncKeepFiles
            case unlistable, prefix
        }

        var text: String {
            var lines = ["\(session): \(bad) bad, \(keep) to keep (\(analysis)), in \(folder)"]
            if reviewed > 0 { lines.append("  \(reviewed) of these as a person marked them") }
            if withoutImage > 0 {
                lines.append("  \(counted(withoutImage, "exposure")) without JPG, listed by the name it would have")
            }
            if !missingMovies.isEmpty {
                lines.append("  \(counted(missingMovies.count, "movie")) not found below --raw-data:")
                lines += missingMovies.prefix(5).map { "    " + $0 }
                if missingMovies.count > 5 {
                    lines.append("    and \(missingMovies.count - 5) more, all in \(prefix)_missing_movies.txt")
                }
            }
            if !unlistable.isEmpty {
                lines.append("  \(counted(unlistable.count, "path")) with a line break, which no list can hold:")
                lines += unlistable.prefix(5).map { "    " + $0.debugDescription }
            }
            if let rsyncFolder, rsyncKeepFiles > 0 {
                let list = "\(folder)/\(prefix)_keepfiles_rsync.txt"
                let files = rsyncKeepFiles == 1 ? "the file" : "the \(rsyncKeepFiles) files"
                lines.append(
                    "  copy \(files) to keep: rsync -a --files-from=\(shellWord(list)) \(shellWord(rsyncFolder)) DEST")
            }
            return lines.joined(separator: "\n")
        }
    }

    let choice: AnalysisChoice
    let out: String
    let prefix: String
    let movies: MovieNames

    func write(_ db: Database) throws -> Written {
        let folder = out + "/" + choice.session.folderName
        let exposures = try ListedExposure.all(of: choice, db)
        let rsync =
            movies.index.map { RsyncFolder($0.folder) }
            ?? RsyncFolder(above: exposures.reduce(into: []) { $0.formUnion($1.roots) })
        var lists = PathLists()
        var rsyncKeepFiles = 0
        for (word, isBad) in [("bad", true), ("keep", false)] {
            let listed = exposures.filter { $0.isBad == isBad }
            let start = "\(folder)/\(prefix)_\(word)files_"
            try lists.write(listed.map(\.imagePath), to: start + "jpg.txt")
            try lists.write(listed.map(movie), to: start + "tiff.txt")
            let files = try lists.write(listed.flatMap(filesToCopy), to: start + "rsync.txt") {
                rsync?.relative($0) ?? $0
            }
            if !isBad { rsyncKeepFiles = files }
        }
        let missing = movies.index == nil ? nil : exposures.map(\.name).filter(movies.isMissing).sorted()
        let missingPath = "\(folder)/\(prefix)_missing_movies.txt"
        if let missing {
            try lists.write(missing, to: missingPath)
        } else {
            // Of an earlier run: it would not belong to these lists.
            unlink(missingPath)
        }
        try ExposureTable(choice: choice).write(to: "\(folder)/exposures.csv", db)
        return Written(
            session: choice.session.name, analysisID: choice.analysisID, analysis: choice.text, folder: folder,
            bad: exposures.count { $0.isBad },
            keep: exposures.count { !$0.isBad }, reviewed: exposures.count { $0.isReviewed },
            notJudged: choice.notJudged,
            withoutImage: exposures.count { !$0.hasImage }, missingMovies: missing ?? [], rsyncFolder: rsync?.path,
            rsyncKeepFiles: rsyncKeepFiles, unlistable: lists.unlistable.sorted(), prefix: prefix)
    }

    /// What is to be copied of an exposure: its movie, where movies were searched for, else its XML and JPG.
    private func filesToCopy(_ exposure: ListedExposure) -> [String] {
        if let index = movies.index { return index[exposure.name].map { [$0] } ?? [] }
        return [exposure.metadataPath] + (exposure.hasImage ? [exposure.imagePath] : [])
    }

    /// The movie's path below --raw-data, or its name as the camera would give it.
    private func movie(of exposure: ListedExposure) -> String {
        movies.path(of: exposure.name)
            ?? movies.expected(exposure.name, fractionation: exposure.fractionation, camera: exposure.camera)
    }
}
