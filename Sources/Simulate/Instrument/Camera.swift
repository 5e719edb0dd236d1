import EPUCore

/// A camera as EPU describes it.
struct Camera: Sendable {
    enum Movie: Sendable {
        /// Each fraction is listed, and a twin of the image's XML describes the movie.
        case varidistant(fractions: Int, framesEach: Int)
        case equidistant(fractions: Int)
        /// Electron events, divided into fractions only by whoever reads them.
        case eer
    }

    let name: String
    let location: String
    /// EPU names it from 3.4 on.
    let product: String?
    let movie: Movie
    /// What follows the name of an exposure in that of its movie.
    let movieSuffix: String
    /// As in EpuSession.dm.
    let movieFormat: String
    let countsElectrons: Bool
    let superResolution: Int
    /// Whether it is behind an energy filter that EPU uses.
    let isFiltered: Bool
    /// Preview JPGs, pixels.
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
