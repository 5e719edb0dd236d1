import EPUShared
import Foundation
import GRDB

/// A session's movies with their optics groups: for RELION as STAR files, for CryoSPARC as a table and lists.
struct MovieGroups {
    private let choice: AnalysisChoice
    let session: OpticsSession
    private let optics: MovieOptics
    /// In time order.
    private let movies: [ExposureGroups.Movie]
    /// Those without number, with the session's group.
    private let unplaced: [(path: String, group: Int, isBad: Bool?)]
    private let table: StarLoop
    private let unplacedTable: StarLoop
    private let missing: [String]
    private let unlistable: [String]

    /// - Throws: `Failure` where the pixel size or voltage is not known, or no movie's name can be written.
    init(_ choice: AnalysisChoice, _ optics: MovieOptics, _ names: MovieNames, _ db: Database) throws {
        var movies: [ExposureGroups.Movie] = []
        var unplaced: [(path: String, group: Int, isBad: Bool?)] = []
        var missing: [String] = []
        var unlistable: [String] = []
        session = try OpticsSession(choice.session, analysisID: choice.analysisID, db) { exposure in
            guard !names.isMissing(exposure.name) else { return missing.append(exposure.name) }
            let path = optics.path(of: exposure, names)
            guard StarText.canHold(path) else { return unlistable.append(path) }
            movies.append(.init(path: path, group: exposure.isPlaced ? exposure.group : nil, isBad: exposure.isBad))
            if !exposure.isPlaced { unplaced.append((path, exposure.group, exposure.isBad)) }
        }
        if movies.isEmpty, let path = unlistable.first { _ = try StarText.quoted(path) }
        self.choice = choice
        self.optics = optics
        (table, unplacedTable) = try optics.tables(of: session)
        (self.movies, self.unplaced) = (movies, unplaced)
        self.missing = missing.sorted()
        self.unlistable = unlistable
    }

    /// - Throws: `Failure` where a file cannot be written.
    func write(below out: String) throws -> WrittenMovies {
        let folder = out + "/" + choice.session.folderName
        let placed = movies.compactMap { movie in movie.group.map { (movie.path, $0, movie.isBad) } }
        try writeStar(folder + "/movies.star", table, placed)
        try writeStar(folder + "/movies_keep.star", table, placed.filter { $0.2 == false })
        try writeStar(folder + "/movies_bad.star", table, placed.filter { $0.2 == true })
        try writeStar(
            folder + "/movies_unplaced.star", unplacedTable,
            unplaced.filter { $0.isBad != true }.map { ($0.path, $0.group - session.numbered, $0.isBad) })
        try ExposureGroups(movies: movies, groups: session.numbered).write(to: folder)
        var list = try OutputFile(folder + "/missing_movies.txt")
        for name in missing { try list.write(name + "\n") }
        try list.commit()
        return WrittenMovies(
            session: choice.session.name, analysisID: choice.analysisID, analysis: choice.text, folder: folder,
            movies: movies.count,
            opticsGroups: session.numbered, keep: movies.count { $0.isBad == false },
            bad: movies.count { $0.isBad == true }, notJudged: movies.count { $0.isBad == nil },
            unplaced: unplaced.count, pixelSizes: pixelSizes, missingMovies: missing, unlistable: unlistable)
    }

    private var pixelSizes: [WrittenMovies.PixelSize] {
        if let given = optics.pixelSize { return [WrittenMovies.PixelSize(angstrom: given, superResolution: nil)] }
        return session.pixels.sorted { ($0.size, $0.factor) < ($1.size, $1.factor) }.map {
            WrittenMovies.PixelSize(angstrom: $0.size, superResolution: $0.factor)
        }
    }

    /// A file without groups is none that RELION reads: then an older one goes, which would look like part of this run.
    private func writeStar(_ path: String, _ optics: StarLoop, _ movies: [(path: String, group: Int, isBad: Bool?)])
        throws
    {
        guard !optics.rows.isEmpty else {
            unlink(path)
            return
        }
        var loop = StarLoop(block: "movies", labels: ["_rlnMicrographMovieName", "_rlnOpticsGroup"])
        loop.rows = try movies.map { [try StarText.quoted($0.path), "\($0.group)"] }
        var file = try OutputFile(path)
        try file.write(StarComment.line([choice.text]))
        try file.write(optics.text)
        try file.write(path: loop.text)
        try file.commit()
    }
}
