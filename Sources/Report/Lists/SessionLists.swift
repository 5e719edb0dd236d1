import EPUArchive
import EPUCore
import Foundation
import GRDB

/// The files that `epu-report lists` writes for one session.
struct SessionLists {
    struct Written: Encodable {
        let session: String
        let analysisID: Int64
        /// The analysis, as `analysis 3, radius 0.2 um, published by name`.
        let analysis: String
        let folder: String
        let bad: Int
        let keep: Int
        /// The number of possible overexposures among those to keep.
        let possible: Int
        let possibleRange: String
        /// The number of exposures that are bad or to keep because a person says so.
        let reviewed: Int
        /// Exposures that neither the analysis nor a person judged, with those of which no XML was read.
        let notJudged: Int
        /// The number of these without a readable XML.
        let unread: Int
        /// The number of these that the analysis could not judge.
        let undecided: Int
        /// What is not known of the exposures that were judged, in words; nil if all is known.
        let unknown: String?
        /// The number of exposures without a JPG, which are listed by the name that it would have.
        let withoutImage: Int
        /// The base names of movies that the folder of --raw-data does not hold.
        let missingMovies: [String]
        /// The number of movies that were never seen: they are named like others of the session, or as the camera names them.
        let guessedMovies: Int
        let guesses: String?
        /// The folder to which paths in the lists for rsync are relative; nil if these lists are empty.
        let rsyncFolder: String?
        /// The number of files in the list for rsync of what to keep.
        let rsyncKeepFiles: Int
        /// The files that epu-ingest read and that are no longer on disk: the lists for rsync leave them out.
        let goneFiles: [String]
        /// Whether no folder of the session is on this machine, so that nobody can say what is gone.
        let isElsewhere: Bool
        /// The number of the reviewed ones that are to keep.
        let reviewedKeep: Int
        /// The files that are in no list, because their paths have a line break.
        let unlistable: [String]
        let prefix: String

        enum CodingKeys: String, CodingKey {
            case session
            case analysisID = "analysisId"
            case analysis, folder, bad, keep, possible, reviewed, notJudged, unread, undecided, unknown
            case withoutImage, missingMovies
            case guessedMovies, rsyncFolder, rsyncKeepFiles, goneFiles, unlistable, prefix
        }
    }

    let choice: AnalysisChoice
    let out: String
    let prefix: String
    let movies: MovieNames

    func write(_ db: Database) throws -> Written {
        let folder = out + "/" + choice.session.folderName
        let movies = try SessionMovies(of: choice.session, self.movies, db)
        let exposures = try ListedExposure.all(of: choice, movies, db)
        let rsync =
            self.movies.rawData.map { RsyncFolder($0.folder) }
            ?? RsyncFolder(above: exposures.reduce(into: []) { $0.formUnion($1.roots) })
        var lists = PathLists()
        var rsyncKeepFiles = 0
        // Movies below --raw-data were found there just now.
        var disk = FilesOnDisk(
            roots: self.movies.rawData == nil ? exposures.reduce(into: []) { $0.formUnion($1.roots) } : [])
        var missing: [String] = []
        var guessed = GuessedNames()
        let possible = exposures.filter(\.isPossible)
        for (word, listed) in [
            ("badfiles", exposures.filter { $0.isBad == true }), ("keepfiles", exposures.filter { $0.isBad == false }),
            ("notjudged", exposures.filter { $0.isBad == nil }), ("possible", possible),
        ] {
            guard word != "possible" || !possible.isEmpty else {
                // An earlier run may have left these.
                for kind in ["jpg", "tiff", "rsync"] { unlink("\(folder)/\(prefix)_possible_\(kind).txt") }
                continue
            }
            let movieOf = listed.map { movies.movie(of: $0.name, $0.camera) }
            let start = "\(folder)/\(prefix)_\(word)_"
            try lists.write(listed.compactMap(\.imagePath), to: start + "jpg.txt")
            try lists.write(movieOf.flatMap(\.paths), to: start + "tiff.txt")
            let there = disk.present(zip(listed, movieOf).flatMap(filesToCopy))
            let files = try lists.write(there, to: start + "rsync.txt") { rsync?.relative($0) ?? $0 }
            if word == "keepfiles" { rsyncKeepFiles = files }
            // Possible overexposures are among those to keep.
            guard word != "possible" else { continue }
            missing += zip(listed, movieOf).filter { $1.origin == .missing }.map(\.0.name)
            for movie in movieOf { guessed.add(movie) }
        }
        missing.sort()
        let missingPath = "\(folder)/\(prefix)_missing_movies.txt"
        if self.movies.rawData != nil {
            try lists.write(missing, to: missingPath)
        } else {
            // An earlier run may have left this file, which does not belong to these lists.
            unlink(missingPath)
        }
        try ExposureTable(choice: choice).write(to: "\(folder)/exposures.csv", db)
        try OverexposedTable(choice: choice).write(to: "\(folder)/overexposed.csv", db)
        return Written(
            session: choice.session.name, analysisID: choice.analysisID, analysis: choice.text, folder: folder,
            bad: exposures.count { $0.isBad == true },
            keep: exposures.count { $0.isBad == false }, possible: possible.count,
            possibleRange: choice.unknowns.counts.rangeText, reviewed: exposures.count { $0.isReviewed },
            notJudged: exposures.count { $0.isBad == nil }, unread: exposures.count { !$0.isRead },
            undecided: try UndecidedExposures.countUnreviewed(of: choice, db), unknown: choice.unknowns.ofJudged,
            withoutImage: exposures.count { !$0.hasImage && $0.imagePath != nil }, missingMovies: missing,
            guessedMovies: guessed.count, guesses: guessed.text, rsyncFolder: rsync?.path,
            rsyncKeepFiles: rsyncKeepFiles, goneFiles: disk.gone.sorted(), isElsewhere: disk.isElsewhere,
            reviewedKeep: exposures.count { $0.isReviewed && $0.isBad == false }, unlistable: lists.unlistable.sorted(),
            prefix: prefix)
    }

    /// The files of an exposure that are to be copied: its movie if movies were searched for, else its XML and JPG.
    private func filesToCopy(_ exposure: ListedExposure, _ movie: SessionMovies.Movie) -> [String] {
        guard movies.rawData == nil else { return movie.origin == .found ? movie.paths : [] }
        return [exposure.metadataPath, exposure.hasImage ? exposure.imagePath : nil].compactMap { $0 }
    }
}
