import EPUArchive
import EPUCore

/// What `epu-report optics` prints of one session's movies.
struct WrittenMovies: Encodable {
    struct PixelSize: Encodable {
        /// The pixel size of the movies, Angstrom.
        let angstrom: Double
        /// The factor by which EPU's pixel size, that of the image, was divided; nil if the user gave the pixel size.
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
    /// The number of the analysis; nil if the session has none.
    let analysisID: Int64?
    /// The analysis, as `analysis 3, radius 0.2 um, published by name`; nil if the session has none.
    let analysis: String?
    /// What is not known of the movies that were judged, in words; nil if all is known.
    let unknown: String?
    let folder: String
    let movies: Int
    /// The number of optics groups that have a number.
    let opticsGroups: Int
    /// The number of these that are beam-shift clusters.
    let clusteredGroups: Int
    /// The greatest distance of two beam shifts in a cluster, beam-shift units; nil if there is no cluster.
    let tolerance: Double?
    let keep: Int
    let bad: Int
    let notJudged: Int
    /// The number of movies without a numbered group.
    let unplaced: Int
    let pixelSizes: [PixelSize]
    /// The spherical aberration, mm.
    let sphericalAberration: Double
    /// Whether the spherical aberration is assumed, because the user gave none.
    let assumesAberration: Bool
    /// The base names of movies that the folder of --raw-data does not hold, which are in none of the files.
    let missingMovies: [String]
    /// The paths that no STAR file or list can hold, which are in none of the files.
    let unlistable: [String]
    /// The number of movies whose optics are not known, which are in none of the STAR files.
    let withoutXML: Int
    /// The number of movies of which each frame is a file.
    let separateFrames: Int
    /// The number of movies that were never seen: they are named like others of the session, or as the camera names movies.
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
        if let unknown { lines.append("  \(Unknowns.asFarAsCompared); \(unknown)") }
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
