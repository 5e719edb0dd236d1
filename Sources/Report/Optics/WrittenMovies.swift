import EPUShared

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
    let analysisID: Int64
    /// As `analysis 3, radius 0.2 um, published by name`.
    let analysis: String
    let folder: String
    let movies: Int
    /// That have a number.
    let opticsGroups: Int
    let keep: Int
    let bad: Int
    let notJudged: Int
    /// Movies without numbered group.
    let unplaced: Int
    let pixelSizes: [PixelSize]
    /// Base names of movies that --raw-data does not hold: in none of the files.
    let missingMovies: [String]
    /// Paths that no STAR file or list can hold: in none of the files.
    let unlistable: [String]

    enum CodingKeys: String, CodingKey {
        case session
        case analysisID = "analysisId"
        case analysis, folder, movies, opticsGroups, keep, bad, notJudged, unplaced, pixelSizes, missingMovies,
            unlistable
    }

    private static let shown = 5

    var text: String {
        var lines = [
            "\(session): \(counted(movies, "movie")) in \(counted(opticsGroups, "optics group")), \(keep) to keep, "
                + "\(bad) bad (\(analysis)), in \(folder)"
        ]
        lines += pixelSizes.prefix(Self.shown).map { "  " + $0.text }
        if pixelSizes.count > Self.shown { lines.append("  and \(pixelSizes.count - Self.shown) more pixel sizes") }
        if unplaced > 0 {
            lines.append("  \(unplaced) of these in no numbered group: in movies_unplaced.star, unless they are bad")
        }
        if notJudged > 0 { lines.append("  \(notJudged) not judged: neither to keep nor bad") }
        if !missingMovies.isEmpty {
            lines.append("  \(counted(missingMovies.count, "movie")) not found below --raw-data, and left out:")
            lines += missingMovies.prefix(Self.shown).map { "    " + $0 }
            if missingMovies.count > Self.shown {
                lines.append("    and \(missingMovies.count - Self.shown) more, all in missing_movies.txt")
            }
        }
        if !unlistable.isEmpty {
            lines.append(
                "  \(counted(unlistable.count, "path")) that no STAR file or list can hold, and left out:")
            lines += unlistable.prefix(Self.shown).map { "    " + $0.debugDescription }
            if unlistable.count > Self.shown { lines.append("    and \(unlistable.count - Self.shown) more") }
        }
        return lines.joined(separator: "\n")
    }
}
