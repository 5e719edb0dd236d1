import ArgumentParser

/// The table that names the movies of a STAR file.
enum MovieTable: String, ExpressibleByArgument, CaseIterable, Encodable {
    /// As RELION imports them.
    case movies
    /// For programs that know no table of movies, as pyem.
    case micrographs

    var nameLabel: String {
        switch self {
        case .movies: "_rlnMicrographMovieName"
        case .micrographs: "_rlnMicrographName"
        }
    }

    /// RELION looks for the pixel size of micrographs in the second one.
    var pixelSizeLabels: [String] {
        let movies = ["_rlnMicrographOriginalPixelSize"]
        return self == .movies ? movies : movies + ["_rlnMicrographPixelSize"]
    }
}
