/// What of an element of EPU's is written into a sample: all that no rule names is left out, whatever it holds.
///
/// The rules follow the readers of `EPUFormat` element by element: what these do not look at has no rule.
indirect enum SampleRule: Sendable {
    /// An element that holds a value.
    case leaf(SampleLeaf)
    /// An element of which some children count, by their names.
    case parts([String: SampleRule])
    /// A .NET collection, whose entries have names that differ from version to version; some children may have a rule of their
    /// own.
    case items([String: SampleRule], of: SampleRule)
    /// A number, or a collection of them.
    case numbers
    /// Keys and values, of which some keys count; `detectors` has those after `Detectors[CAMERA].`.
    case settings([String: SampleRule], detectors: [String: SampleRule])
    /// The name of the type of an element, with what is in it.
    case typed(SampleRule)

    static func items(of rule: SampleRule) -> SampleRule { .items([:], of: rule) }

    static let number = SampleRule.leaf(.number)
    static let flag = SampleRule.leaf(.flag)
    static let id = SampleRule.leaf(.id)

    static func numbers(_ names: String...) -> SampleRule {
        .parts(Dictionary(uniqueKeysWithValues: names.map { ($0, .number) }))
    }
}

/// What a value is, and so how it is written into a sample.
enum SampleLeaf: Hashable, Sendable {
    /// A number is copied digit by digit; anything else that stands in its place is left out.
    case number
    case flag
    /// A number that EPU gave to a square, a hole, an area, a setting or an exposure.
    case id
    /// The time of an image, which counts where its offset from UTC is known.
    case acquired
    /// Another time, which counts in any case.
    case start
    /// Microseconds since 1970, as a number or as text, or a time.
    case moment
    /// A version, of digits and points.
    case version
    /// The base name of an image's files.
    case base
    /// The path of a GridSquare_<id>.dm within a session's folder.
    case squareFile
    /// A word of EPU's own, as a mode or a state: those that are known stay.
    case word
    /// The name of a camera, which tells how movies are named.
    case camera
    /// The name of an instrument's model: of all models, the tools know the Tundra alone.
    case model
    /// A text that stands for a thing: each becomes another one.
    case text(SampleText)
}

/// The kinds of texts that a sample has other ones for, with what these begin with.
enum SampleText: String, CaseIterable, Sendable {
    case uniqueID = "image"
    case coreGuid = "core"
    case instrument = "instrument"
    case model = "microscope"
    case computer = "computer"
    case serial = "serial"
    case gain = "gain"
    case session = "session"
    case atlas = "atlas"
    case storage = "storage"
    case beamShift = "shift"
    case camera = "camera"
    case word = "word"
    case folder = "folder"
    case prefix = "file"
}
