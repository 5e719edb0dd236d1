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
        var movies = try SessionMovies(of: choice.session, self.movies, db)
        var listed = try ExposureTable(choice: choice).write(to: "\(folder)/exposures.csv", db)
        try OverexposedTable(choice: choice).write(to: "\(folder)/overexposed.csv", db)
        listed.add(movies.files.unread)
        let exposures = listed.all
        let rsync = self.movies.rawData.map { RsyncFolder($0.folder) } ?? RsyncFolder(above: listed.roots)
        var lists = PathLists()
        var rsyncKeepFiles = 0
        // Movies below --raw-data were found there just now.
        var disk = FilesOnDisk(roots: self.movies.rawData == nil ? listed.roots : [])
        var missing: [String] = []
        var guessed = GuessedNames()
        let possible = exposures.count(where: \.isPossible)
        for word in ListWord.allCases {
            let start = "\(folder)/\(prefix)_\(word.rawValue)_"
            guard word != .possible || possible > 0 else {
                // An earlier run may have left these.
                for kind in ["jpg", "tiff", "rsync"] { unlink("\(start)\(kind).txt") }
                continue
            }
            var jpg = try PathList(start + "jpg.txt")
            var tiff = try PathList(start + "tiff.txt")
            var copied = try PathList(start + "rsync.txt")
            for exposure in exposures where word.holds(exposure) {
                let movie = movies.movie(of: exposure.name, exposure.camera)
                if let path = exposure.imagePath { try jpg.write(path) }
                for path in movie.paths { try tiff.write(path) }
                for path in filesToCopy(exposure, movie) where disk.has(path) {
                    try copied.write(path, as: rsync?.relative(path))
                }
                // Possible overexposures are among those to keep.
                guard word != .possible else { continue }
                if movie.origin == .missing { missing.append(exposure.name) }
                guessed.add(movie)
            }
            try lists.finish(jpg)
            try lists.finish(tiff)
            let files = try lists.finish(copied)
            if word == .keepfiles { rsyncKeepFiles = files }
        }
        missing.sort()
        let missingPath = "\(folder)/\(prefix)_missing_movies.txt"
        if self.movies.rawData != nil {
            try lists.write(missing, to: missingPath)
        } else {
            // An earlier run may have left this file, which does not belong to these lists.
            unlink(missingPath)
        }
        return Written(
            session: choice.session.name, analysisID: choice.analysisID, analysis: choice.text, folder: folder,
            bad: exposures.count { $0.isBad == true },
            keep: exposures.count { $0.isBad == false }, possible: possible,
            possibleRange: choice.unknowns.counts.rangeText, reviewed: exposures.count { $0.isReviewed },
            notJudged: exposures.count { $0.isBad == nil }, unread: exposures.count { !$0.isRead },
            undecided: try UndecidedExposures.countUnreviewed(of: choice, db), unknown: choice.unknowns.ofJudged,
            withoutImage: exposures.count { !$0.hasImage && $0.imagePath != nil }, missingMovies: missing,
            guessedMovies: guessed.count, guesses: guessed.text, rsyncFolder: rsync?.path,
            rsyncKeepFiles: rsyncKeepFiles, goneFiles: disk.gone.sortedPaths, isElsewhere: disk.isElsewhere,
            reviewedKeep: exposures.count { $0.isReviewed && $0.isBad == false },
            unlistable: lists.unlistable.sortedPaths,
            prefix: prefix)
    }

    /// The files of an exposure that are to be copied: its movie if movies were searched for, else its XML and JPG.
    private func filesToCopy(_ exposure: ListedExposure, _ movie: SessionMovies.Movie) -> [String] {
        guard movies.rawData == nil else { return movie.origin == .found ? movie.paths : [] }
        return [exposure.metadataPath, exposure.hasImage ? exposure.imagePath : nil].compactMap { $0 }
    }
}

/// The words in the names of lists, in the order in which they are written.
private enum ListWord: String, CaseIterable {
    case badfiles, keepfiles, notjudged, possible

    func holds(_ exposure: ListedExposure) -> Bool {
        switch self {
        case .badfiles: exposure.isBad == true
        case .keepfiles: exposure.isBad == false
        case .notjudged: exposure.isBad == nil
        case .possible: exposure.isPossible
        }
    }
}
