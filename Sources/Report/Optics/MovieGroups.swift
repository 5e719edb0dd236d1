import EPUArchive
import EPUCore
import Foundation
import GRDB

/// A session's movies with their optics groups: for RELION as STAR files, for CryoSPARC as a table and lists.
struct MovieGroups {
    /// The analysis; nil if there is none, and then only a person's verdicts count.
    let choice: AnalysisChoice?
    let session: OpticsSession
    private let optics: MovieOptics
    private struct Movie {
        let path: String
        let group: Int
        let isPlaced: Bool
        let isBad: Bool?
    }

    /// The movies in time order.
    private let movies: [Movie]
    private let table: StarLoop
    private let missing: [String]
    private let unlistable: [String]
    private let unread: [String]
    private let separateFrames: Int
    private let guessed: GuessedNames
    let aberration: AssumedAberration?

    /// - Throws: `Failure` if the pixel size or voltage is not known, or if no movie's name can be written.
    init(_ row: SessionRow, _ choice: AnalysisChoice?, _ optics: MovieOptics, _ names: MovieNames, _ db: Database)
        throws
    {
        var movies: [Movie] = []
        var missing: [String] = []
        var unlistable: [String] = []
        var separateFrames = 0
        var guessed = GuessedNames()
        var known = try SessionMovies(of: row, names, db)
        session = try OpticsSession(row, analysisID: choice?.analysisID, db) { exposure in
            let movie = known.movie(of: exposure.name, exposure.camera)
            guard movie.origin != .missing else { return missing.append(exposure.name) }
            guessed.add(movie)
            if movie.paths.count > 1 { separateFrames += 1 }
            let path = optics.path(of: movie.paths[0], below: names.rawData)
            guard StarText.canHold(path) else { return unlistable.append(path) }
            movies.append(
                Movie(path: path, group: exposure.group, isPlaced: exposure.isPlaced, isBad: exposure.isBad))
        }
        if movies.isEmpty, let path = unlistable.first { _ = try StarText.quoted(path) }
        self.choice = choice
        self.optics = optics
        table = try optics.table(of: session)
        self.movies = movies
        self.missing = missing.sorted()
        self.unlistable = unlistable
        let withoutXML = known.files.unread
        unread = withoutXML.flatMap { unread in
            let movie = known.movie(of: unread.name, nil)
            return movie.origin == .missing ? [] : movie.paths
        }
        self.separateFrames = separateFrames
        self.guessed = guessed
        aberration = try optics.assumesAberration ? AssumedAberration(of: session, db) : nil
    }

    /// - Throws: `Failure` if a file cannot be written.
    func write(below out: String) throws -> WrittenMovies {
        let folder = out + "/" + session.session.folderName
        let notJudged = movies.count { $0.isBad == nil }
        let start = folder + "/" + optics.table.rawValue
        try writeStar(start + ".star", movies)
        // If nothing was judged, nothing is to be kept or left out. Empty files would say that it was judged.
        for (word, isBad) in [("keep", false), ("bad", true), ("notjudged", nil)] as [(String, Bool?)] {
            let isWanted = isBad == nil ? notJudged > 0 : notJudged < movies.count || movies.isEmpty
            let path = "\(start)_\(word).star"
            if isWanted { try writeStar(path, movies.filter { $0.isBad == isBad }) } else { unlink(path) }
        }
        // An earlier version wrote this file; its movies are now with the others.
        unlink(folder + "/movies_unplaced.star")
        try ExposureGroups(
            movies: movies.map { .init(path: $0.path, group: $0.isPlaced ? $0.group : nil, isBad: $0.isBad) },
            groups: session.numbered
        ).write(to: folder)
        var lists = PathLists()
        try lists.write(missing, to: folder + "/missing_movies.txt")
        try lists.write(unread, to: folder + "/movies_without_xml.txt")
        return WrittenMovies(
            session: session.session.name, analysisID: choice?.analysisID, analysis: choice?.text,
            unknown: choice?.unknowns.ofJudged, folder: folder, movies: movies.count,
            opticsGroups: session.numbered, clusteredGroups: session.groups.count { $0.tolerance != nil },
            tolerance: session.groups.compactMap(\.tolerance).max(),
            keep: movies.count { $0.isBad == false }, bad: movies.count { $0.isBad == true }, notJudged: notJudged,
            unplaced: movies.count { !$0.isPlaced }, pixelSizes: pixelSizes,
            sphericalAberration: optics.sphericalAberration, assumesAberration: optics.assumesAberration,
            missingMovies: missing, unlistable: unlistable, withoutXML: unread.count, separateFrames: separateFrames,
            guessedMovies: guessed.count, guesses: guessed.text, table: optics.table)
    }

    private var pixelSizes: [WrittenMovies.PixelSize] {
        if let given = optics.pixelSize { return [WrittenMovies.PixelSize(angstrom: given, superResolution: nil)] }
        return session.pixels.sorted { ($0.size, $0.factor) < ($1.size, $1.factor) }.map {
            WrittenMovies.PixelSize(angstrom: $0.size, superResolution: $0.factor)
        }
    }

    private func writeStar(_ path: String, _ movies: [Movie]) throws {
        var loop = StarLoop(block: optics.table.rawValue, labels: [optics.table.nameLabel, "_rlnOpticsGroup"])
        loop.rows = try movies.map { [try StarText.quoted($0.path), "\($0.group)"] }
        var file = try OutputFile(path)
        try file.write(StarComment.line([choice?.text]))
        try file.write(table.text(optics.version))
        try file.write(path: loop.text(optics.version))
        try file.commit()
    }
}
