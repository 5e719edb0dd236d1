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

    /// Searches the folder of --raw-data, and says on standard error which folders in it cannot be read.
    /// - Throws: `Failure` if the folder itself cannot be read.
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
    /// The suffix that the user gave, which outweighs all else.
    var suffix: String?
    /// The movies below the folder of --raw-data.
    var rawData: RawData?
}
