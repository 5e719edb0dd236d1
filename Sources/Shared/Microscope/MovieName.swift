/// What follows an exposure's base name in the name of its movie, as `_fractions.tiff` or `-0000.mrc.bz2`: the one place
/// that knows how cameras name movies.
public struct MovieName: Hashable, Sendable {
    /// Of several files of one exposure the last of these is its movie.
    public enum Kind: UInt8, Comparable, Sendable {
        /// `.mrc`: the summed image, or the movie itself where there is no other.
        case image
        case other
        /// `-0000.mrc`: a K2's movie, or one frame of it.
        case frame
        /// `_fractions.tiff`, `_Fractions.mrc`, `_EER.eer`
        case movie

        public static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
    }

    public let kind: Kind
    public let isCompressed: Bool

    private static let suffixes: Set<Substring> = ["tif", "tiff", "mrc", "mrcs", "eer"]
    private static let compressions = [".bz2", ".gz", ".lz4", ".zst"]

    /// - Parameter rest: what follows the base name, in lower case. Nil where it is no movie or summed image; gain references
    ///   are none.
    public init?(_ rest: String) {
        let compression = Self.compressions.first(where: rest.hasSuffix)
        let name = rest.dropLast(compression?.count ?? 0)
        guard let dot = name.lastIndex(of: "."), Self.suffixes.contains(name[name.index(after: dot)...]),
            !name.contains("gain")
        else { return nil }
        let words = name[..<dot]
        isCompressed = compression != nil
        if words.isEmpty {
            kind = name.hasSuffix(".eer") ? .movie : .image
        } else if words.hasPrefix("-"), words.count > 1, words.dropFirst().allSatisfy(\.isNumber) {
            kind = .frame
        } else {
            kind = words.hasPrefix("_fractions") || words.hasPrefix("_eer") ? .movie : .other
        }
    }

    /// Whether `.mrc` alone is the summed image beside the movie. Only a K2's movie may be called so itself, and an exposure
    /// without movie has nothing else.
    /// - Parameters: as of `guess`.
    public static func isImageSummed(fractionation: String?, camera: String?) -> Bool {
        let camera = camera?.lowercased() ?? ""
        return fractionation == "Eer" || fractionation == "Varidistant"
            || (fractionation != nil && ["falcon", "ceta", "k3"].contains(where: camera.contains))
    }

    /// What EPU appends to the base name, as far as one can tell without having seen a movie: K2 and K3 `_fractions.tiff`,
    /// Falcon and Ceta `_Fractions.mrc`, Falcon 4 `_EER.eer` where it writes electron events.
    /// - Parameters:
    ///   - fractionation: Equidistant (K2 and K3), Varidistant or Eer; nil: not recorded.
    ///   - camera: its name and model; K2 and K3 are called EF-CCD or BM-CCD.
    ///   - format: EpuSession.dm's DoseFractionsOutputFormat.
    public static func guess(fractionation: String?, camera: String?, format: String?) -> String {
        guard fractionation != "Eer" else { return "_EER.eer" }
        let camera = camera?.lowercased() ?? ""
        let isThermoFisher =
            camera.contains("falcon") || camera.contains("ceta")
            || (fractionation == "Varidistant" && !camera.contains("ccd"))
        let format = format?.lowercased() ?? ""
        let suffix =
            format.contains("tif") ? ".tiff" : format.contains("mrc") ? ".mrc" : isThermoFisher ? ".mrc" : ".tiff"
        return (isThermoFisher ? "_Fractions" : "_fractions") + suffix
    }
}

/// Whether what follows an exposure's base name, in lower case, is that of its movie or summed image.
public func isMovieSuffix(_ rest: String) -> Bool { MovieName(rest) != nil }
