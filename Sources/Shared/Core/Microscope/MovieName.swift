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

    /// What EPU appends to the base name: for the frames of Falcon and Ceta, for those of K2 and K3, for electron events, and
    /// for Falcon's description of the frames.
    public static let falconFrames = "_Fractions"
    public static let gatanFrames = "_fractions"
    public static let electronEvents = "_EER.eer"
    public static let description = "_Fractions.xml"

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
            kind = words.hasPrefix(Self.gatanFrames) || words.hasPrefix("_eer") ? .movie : .other
        }
    }

    /// Whether `.mrc` alone is the summed image beside the movie. Only a K2's movie may be called so itself, and an exposure
    /// without movie has nothing else.
    /// - Parameters: as of `guess`.
    public static func isImageSummed(fractionation: String?, camera: String?) -> Bool {
        fractionation == "Eer" || fractionation == "Varidistant"
            || (fractionation != nil && (holds(camera, "falcon") || holds(camera, "ceta") || holds(camera, "k3")))
    }

    /// What EPU appends to the base name, as far as one can tell without having seen a movie: K2 and K3 `_fractions.tiff`,
    /// Falcon and Ceta `_Fractions.mrc`, Falcon 4 `_EER.eer` where it writes electron events.
    /// - Parameters:
    ///   - fractionation: Equidistant (K2 and K3), Varidistant or Eer; nil: not recorded.
    ///   - camera: its name and model; K2 and K3 are called EF-CCD or BM-CCD.
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

    /// Whether a text has a word somewhere, whatever its case. In bytes: each exposure of a session asks for several words, and
    /// `contains` takes microseconds for each.
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
