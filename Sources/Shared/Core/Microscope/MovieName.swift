/// What follows an exposure's base name in the name of its movie, for example `_fractions.tiff` or `-0000.mrc.bz2`. This is the
/// one place that knows how cameras name movies.
public struct MovieName: Hashable, Sendable {
    /// The kinds of files that may be an exposure's movie. If it has several, the last kind in this order is the movie.
    public enum Kind: UInt8, Comparable, Sendable {
        /// A name that ends in `.mrc`: the summed image, or the movie itself where there is no other.
        case image
        case other
        /// A name that ends in `-0000.mrc`: a K2's movie, or one frame of it.
        case frame
        /// A name that only movies have: `_fractions.tiff`, `_Fractions.mrc` or `_EER.eer`.
        case movie

        public static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
    }

    public let kind: Kind
    public let isCompressed: Bool

    /// What EPU appends to the base name for movies of Falcon and Ceta.
    public static let falconFrames = "_Fractions"
    /// What EPU appends to the base name for movies of K2 and K3.
    public static let gatanFrames = "_fractions"
    /// What EPU appends to the base name for a movie of electron events (Falcon 4).
    public static let electronEvents = "_EER.eer"
    /// What EPU appends to the base name for Falcon's description of the frames.
    public static let description = "_Fractions.xml"

    private static let suffixes: Set<Substring> = ["tif", "tiff", "mrc", "mrcs", "eer"]
    private static let compressions = [".bz2", ".gz", ".lz4", ".zst"]

    /// Reads what follows a base name; nil where the file is no movie or summed image. Gain references are neither.
    /// - Parameter rest: What follows the base name, in lower case.
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
            kind = words.hasPrefix(Self.gatanFrames) || words.hasPrefix("_eer") ? .movie : .other
        }
    }

    /// Whether `.mrc` alone is the summed image beside the movie. Only a K2's movie may be called so itself, and an exposure
    /// without movie has nothing else.
    /// - Parameters:
    ///   - fractionation: Equidistant (K2 and K3), Varidistant or Eer; nil if it is not recorded.
    ///   - camera: The camera's name and model; K2 and K3 are called EF-CCD or BM-CCD.
    public static func isImageSummed(fractionation: String?, camera: String?) -> Bool {
        fractionation == "Eer" || fractionation == "Varidistant"
            || (fractionation != nil && (holds(camera, "falcon") || holds(camera, "ceta") || holds(camera, "k3")))
    }

    /// What EPU appends to the base name, as far as one can tell without having seen a movie: for K2 and K3 `_fractions.tiff`,
    /// for Falcon and Ceta `_Fractions.mrc`, for Falcon 4 `_EER.eer` where it writes electron events.
    /// - Parameters:
    ///   - fractionation: Equidistant (K2 and K3), Varidistant or Eer; nil if it is not recorded.
    ///   - camera: The camera's name and model; K2 and K3 are called EF-CCD or BM-CCD.
    ///   - format: EpuSession.dm's DoseFractionsOutputFormat.
    public static func guess(fractionation: String?, camera: String?, format: String?) -> String {
        guard fractionation != "Eer" else { return electronEvents }
        let isThermoFisher =
            holds(camera, "falcon") || holds(camera, "ceta")
            || (fractionation == "Varidistant" && !holds(camera, "ccd"))
        let suffix =
            holds(format, "tif") ? ".tiff" : holds(format, "mrc") ? ".mrc" : isThermoFisher ? ".mrc" : ".tiff"
        return (isThermoFisher ? falconFrames : gatanFrames) + suffix
    }

    /// Whether a text has a word somewhere, in upper or lower case. It looks at bytes, as each exposure of a session asks for
    /// several words, and `contains` takes microseconds for each.
    /// - Parameter word: ASCII letters in lower case, and digits.
    private static func holds(_ text: String?, _ word: StaticString) -> Bool {
        guard var text else { return false }
        return text.withUTF8 { bytes in
            word.withUTF8Buffer { wanted in
                guard bytes.count >= wanted.count else { return false }
                return (0...bytes.count - wanted.count).contains { start in
                    wanted.indices.allSatisfy { offset in
                        let (byte, sought) = (bytes[start + offset], wanted[offset])
                        return byte == sought || (byte | 0x20 == sought && sought >= UInt8(ascii: "a"))
                    }
                }
            }
        }
    }
}
