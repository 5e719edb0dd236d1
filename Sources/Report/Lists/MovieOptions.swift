import ArgumentParser
import EPUConsole

/// `--movie-suffix` and `--raw-data`: how movies are named.
struct MovieOptions: ParsableArguments {
    @Option(
        help:
            "What movies are called after the base name. Default: as epu-ingest saw them, else by camera, as _fractions.tiff for a K3."
    )
    var movieSuffix: String?

    @Option(
        name: [.long, .customLong("rawdata")],
        help: "List the movies below this folder by full path, whatever their suffix.", completion: .directory)
    var rawData: String?

    var isGiven: Bool { movieSuffix != nil || rawData != nil }

    func validate() throws {
        guard movieSuffix == nil || rawData == nil else {
            throw ValidationError(
                "--movie-suffix and --raw-data exclude each other: movies that are found have a name.")
        }
    }

    /// Walks through --raw-data, and says on standard error which folders cannot be read.
    /// - Throws: `Failure` where the folder itself cannot.
    func names() throws -> MovieNames {
        let found = try rawData.map { try RawData(below: $0) }
        for folder in found?.unreadable.sorted() ?? [] {
            Console.message("Warning: cannot read \(folder); movies there are listed as missing.")
        }
        return MovieNames(suffix: movieSuffix, rawData: found)
    }
}

/// What the user said of the names and places of movies.
struct MovieNames {
    /// Overrides all else.
    var suffix: String?
    /// Of --raw-data.
    var rawData: RawData?
}
