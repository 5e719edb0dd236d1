import EPUShared
import Foundation
import GRDB

/// The files that `epu-report lists` writes for one session.
struct SessionLists {
    struct Written: Encodable {
        let session: String
        let analysisID: Int64
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
        let prefix: String

        enum CodingKeys: String, CodingKey {
            case session
            case analysisID = "analysisId"
            case folder, bad, keep, reviewed, notJudged, withoutImage, missingMovies, prefix
        }

        var text: String {
            var lines = ["\(session): \(bad) bad, \(keep) to keep (analysis \(analysisID)), in \(folder)"]
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
        var missing: [String] = []
        for (word, isBad) in [("bad", true), ("keep", false)] {
            let listed = exposures.filter { $0.isBad == isBad }
            try writeLines("\(folder)/\(prefix)_\(word)files_jpg.txt", listed.map(\.imagePath))
            let paths = listed.map { exposure in
                if movies.isMissing(exposure.name) { missing.append(exposure.name) }
                return movie(of: exposure)
            }
            try writeLines("\(folder)/\(prefix)_\(word)files_tiff.txt", paths)
        }
        let missingPath = "\(folder)/\(prefix)_missing_movies.txt"
        if movies.index != nil {
            try writeLines(missingPath, missing.sorted())
        } else {
            // Of an earlier run: it would not belong to these lists.
            unlink(missingPath)
        }
        try ExposureTable(choice: choice).write(to: "\(folder)/exposures.csv", db)
        return Written(
            session: choice.session.name, analysisID: choice.analysisID, folder: folder,
            bad: exposures.count { $0.isBad },
            keep: exposures.count { !$0.isBad }, reviewed: exposures.count { $0.isReviewed },
            notJudged: choice.notJudged,
            withoutImage: exposures.count { !$0.hasImage },
            missingMovies: missing.sorted(), prefix: prefix)
    }

    /// The movie's path below --raw-data, or its name as the camera would give it.
    private func movie(of exposure: ListedExposure) -> String {
        movies.path(of: exposure.name)
            ?? movies.expected(exposure.name, fractionation: exposure.fractionation, camera: exposure.camera)
    }

    private func writeLines(_ path: String, _ lines: [String]) throws {
        var file = try OutputFile(path)
        for line in lines { try file.write(line + "\n") }
        try file.commit()
    }
}
