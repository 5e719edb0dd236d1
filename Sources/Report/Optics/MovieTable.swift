import ArgumentParser

/// The table that names the movies of a STAR file.
enum MovieTable: String, ExpressibleByArgument, CaseIterable, Encodable {
    /// The table under the name by which RELION imports movies.
    case movies
    /// The table for programs that know no table of movies, as pyem.
    case micrographs

    var nameLabel: String {
        switch self {
        case .movies: "_rlnMicrographMovieName"
        case .micrographs: "_rlnMicrographName"
        }
    }

    /// The labels of the pixel size. RELION looks for the pixel size of micrographs in the second one.
    var pixelSizeLabels: [String] {
        let movies = ["_rlnMicrographOriginalPixelSize"]
        return self == .movies ? movies : movies + ["_rlnMicrographPixelSize"]
    }
}
