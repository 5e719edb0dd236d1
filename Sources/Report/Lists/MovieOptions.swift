import ArgumentParser
import EPUShared

/// `--movie-suffix` and `--raw-data`: how movies are named.
struct MovieOptions: ParsableArguments {
    @Option(help: "What movies are called after the base name. Default: by camera, as _fractions.tiff for a K3.")
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
        let index = try rawData.map { try MovieIndex(below: $0) }
        for folder in index?.unreadable.sorted() ?? [] {
            Console.message("Warning: cannot read \(folder); movies there are listed as missing.")
        }
        return MovieNames(suffix: movieSuffix, index: index)
    }
}

/// How the movies of exposures are called, or where they are.
struct MovieNames {
    /// Overrides the camera's own.
    var suffix: String?
    /// Of --raw-data.
    var index: MovieIndex?

    /// The movie below --raw-data; nil where it is not there, or no folder was given.
    func path(of name: String) -> String? { index?[name] }

    func isMissing(_ name: String) -> Bool { index != nil && index?[name] == nil }

    /// As the camera would name it, or the user says.
    func expected(_ name: String, fractionation: String?, camera: String?) -> String {
        name + (suffix ?? MovieNaming.suffix(fractionation: fractionation, camera: camera))
    }
}
