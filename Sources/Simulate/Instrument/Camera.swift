import EPUCore

/// A camera as EPU describes it.
struct Camera: Sendable {
    enum Movie: Sendable {
        /// Each fraction is listed, and a twin of the image's XML describes the movie.
        case varidistant(fractions: Int, framesEach: Int)
        case equidistant(fractions: Int)
        /// The movie holds electron events; only the program that reads it divides them into fractions.
        case eer
    }

    let name: String
    let location: String
    /// The camera's product name; nil before EPU 3.4, which was the first to write it.
    let product: String?
    let movie: Movie
    /// The end of a movie's name, after the name of its exposure.
    let movieSuffix: String
    /// The format of movies, in the words of EpuSession.dm.
    let movieFormat: String
    let countsElectrons: Bool
    let superResolution: Int
    /// Whether the camera is behind an energy filter that EPU uses.
    let isFiltered: Bool
    /// The width of preview JPGs, pixels; the height follows.
    let previewWidth: Int
    let previewHeight: Int

    var hasMovieTwin: Bool { if case .varidistant = movie { true } else { false } }
    var isEER: Bool { if case .eer = movie { true } else { false } }

    static let falcon3Integrating = falcon3(
        movie: .varidistant(fractions: 39, framesEach: 1), countsElectrons: false)
    static let falcon3Counting = falcon3(
        movie: .varidistant(fractions: 22, framesEach: 59), countsElectrons: true)

    private static func falcon3(movie: Movie, countsElectrons: Bool) -> Camera {
        Camera(
            name: "BM-Falcon", location: "BottomMounted", product: nil, movie: movie,
            movieSuffix: MovieName.falconFrames + ".mrc",
            movieFormat: "Gain normalized", countsElectrons: countsElectrons, superResolution: 1, isFiltered: false,
            previewWidth: 1024, previewHeight: 1024)
    }

    static let k3 = Camera(
        name: "EF-CCD", location: "EnergyFilter", product: "BioQuantum K3", movie: .equidistant(fractions: 50),
        movieSuffix: MovieName.gatanFrames + ".tiff", movieFormat: "Tiff Lzw Non-Gain normalized",
        countsElectrons: true,
        superResolution: 2, isFiltered: true, previewWidth: 512, previewHeight: 364)

    static let falcon4i = Camera(
        name: "EF-Falcon", location: "EnergyFilter", product: "Falcon 4i", movie: .eer,
        movieSuffix: MovieName.electronEvents,
        movieFormat: "Gain normalized", countsElectrons: true, superResolution: 1, isFiltered: true,
        previewWidth: 1024, previewHeight: 1024)
}
