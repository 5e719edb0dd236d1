import EPUCore

/// What `epu-report optics` prints of one session's movies.
struct WrittenMovies: Encodable {
    struct PixelSize: Encodable {
        /// Of the movies.
        let angstrom: Double
        /// By which EPU's, of the image, was divided; nil: the user gave the pixel size.
        let superResolution: Int64?

        var text: String {
            let size = "pixel size \(angstrom.text(significant: 4)) A"
            guard let superResolution else { return size + " (--pixel-size)" }
            guard superResolution > 1 else { return size }
            let image = (angstrom * Double(superResolution)).text(significant: 4)
            return size + " (\(image) / super-resolution \(superResolution); --pixel-size says otherwise)"
        }
    }

    let session: String
    /// Nil: the session has no analysis.
    let analysisID: Int64?
    /// As `analysis 3, radius 0.2 um, published by name`; nil where the session has no analysis.
    let analysis: String?
    /// What is not known of the movies that were judged, in words; nil: nothing.
    let unknown: String?
    let folder: String
    let movies: Int
    /// That have a number.
    let opticsGroups: Int
    /// Of these, clusters of beam shift.
    let clusteredGroups: Int
    /// Beam-shift units: how far two movies of a cluster may be apart; nil: there is none.
    let tolerance: Double?
    let keep: Int
    let bad: Int
    let notJudged: Int
    /// Movies without numbered group.
    let unplaced: Int
    let pixelSizes: [PixelSize]
    /// mm
    let sphericalAberration: Double
    /// Whether nobody said so.
    let assumesAberration: Bool
    /// Base names of movies that --raw-data does not hold: in none of the files.
    let missingMovies: [String]
    /// Paths that no STAR file or list can hold: in none of the files.
    let unlistable: [String]
    /// Movies whose optics are not known: in none of the STAR files.
    let withoutXML: Int
    /// Movies of which each frame is a file.
    let separateFrames: Int
    /// Movies that nobody saw: named as others of the session, or by the camera.
    let guessedMovies: Int
    let guesses: String?
    let table: MovieTable

    enum CodingKeys: String, CodingKey {
        case session
        case analysisID = "analysisId"
        case analysis, unknown, folder, movies, opticsGroups, clusteredGroups, tolerance, keep, bad, notJudged,
            unplaced,
            pixelSizes
        case sphericalAberration, assumesAberration, missingMovies, unlistable
        case withoutXML = "withoutXml"
        case separateFrames, guessedMovies
    }

    private static let shown = 5

    private var verdicts: String {
        guard let analysis else {
            return (keep + bad > 0 ? "\(keep) to keep, \(bad) bad as a person marked them" : "not judged")
                + " (no analysis of overlaps)"
        }
        return "\(keep) to keep, \(bad) bad (\(analysis))"
    }

    var text: String {
        var lines = [
            "\(session): \(counted(movies, "movie")) in \(counted(opticsGroups, "optics group")), \(verdicts), in \(folder)"
        ]
        if let unknown { lines.append("  as far as could be compared; \(unknown)") }
        if let tolerance {
            lines.append(
                "  \(counted(clusteredGroups, "group")) by clusters of beam shift, as the holes lie on no lattice: no two "
                    + "movies of one are farther apart than \(tolerance.text()) units, some 2 um")
        }
        lines += pixelSizes.prefix(Self.shown).map { "  " + $0.text }
        if pixelSizes.count > Self.shown { lines.append("  and \(pixelSizes.count - Self.shown) more pixel sizes") }
        if assumesAberration {
            lines.append(
                "  Cs \(sphericalAberration.text()) mm is assumed: EPU does not record it; --cs says otherwise")
        }
        if unplaced > 0 {
            lines.append("  \(unplaced) of these in no numbered group: in one of their own, behind the others")
        }
        if notJudged > 0 {
            lines.append("  \(notJudged) not judged, neither to keep nor bad: in \(table.rawValue)_notjudged.star")
        }
        if withoutXML > 0 {
            lines.append(
                "  \(counted(withoutXML, "more movie")) without a readable XML, whose optics are not known: in "
                    + "movies_without_xml.txt alone")
        }
        if let guesses { lines.append("  " + guesses) }
        if separateFrames > 0 {
            lines.append(
                "  \(counted(separateFrames, "movie")) with each frame in a file of its own, of which the first is named: join "
                    + "them to stacks of that name before RELION reads them")
        }
        lines += Self.list(
            missingMovies, "\(counted(missingMovies.count, "movie")) not found below --raw-data, and left out",
            more: ", all in missing_movies.txt")
        lines += Self.list(
            unlistable.map(\.debugDescription),
            "\(counted(unlistable.count, "path")) that no STAR file or list can hold, and left out", more: "")
        return lines.joined(separator: "\n")
    }

    private static func list(_ names: [String], _ what: String, more: String) -> [String] {
        guard !names.isEmpty else { return [] }
        let rest = names.count > shown ? ["    and \(names.count - shown) more\(more)"] : []
        return ["  \(what):"] + names.prefix(shown).map { "    " + $0 } + rest
    }
}
