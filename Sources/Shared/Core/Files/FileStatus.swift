/// What the ledger says of a file, as `source_file.status` spells it.
public enum FileStatus: String, Codable, CaseIterable, Sendable {
    case ok
    /// The file repeats an exposure that another file has, or describes it in another schema (`_Fractions.xml`).
    case twin
    /// The file could not be opened or read.
    case unreadable
    /// The file is not what its name says: no XML, or another kind of document.
    case malformed
    /// The file ends early, or lacks a field that an exposure cannot do without.
    case incomplete
    /// The file is an exposure's XML, and no JPG of its name was found.
    case missingImage = "missing image"
    /// The file is a JPG, and no exposure of its name was found.
    case orphanImage = "orphan image"
    /// The file is younger than --min-age: it is perhaps still being written.
    case tooYoung = "too young"
    /// The file carries no metadata that these tools read: a file of EPU's, or somebody else's.
    case unknown

    /// Whether the file could not be used though it should be: what `--strict` and the view `source_problems` count.
    public var isProblem: Bool {
        switch self {
        case .unreadable, .malformed, .incomplete: true
        case .ok, .twin, .missingImage, .orphanImage, .tooYoung, .unknown: false
        }
    }

    public static let problems = allCases.filter(\.isProblem)

    /// What the status means, for a reader who has not read the documentation.
    public var meaning: String {
        switch self {
        case .ok: "Read in whole."
        case .twin: "Repeats an exposure that another file has, or describes it in another form; it counts once."
        case .unreadable: "Could not be opened or read."
        case .malformed: "Is not what its name says."
        case .incomplete: "Ends early, or lacks what an exposure cannot do without."
        case .missingImage: "An exposure without its JPG: it is judged like others, and has no picture here."
        case .orphanImage: "A JPG without the XML of its exposure."
        case .tooYoung: "Perhaps still being written; the next epu-ingest reads it."
        case .unknown: "Has nothing that these tools read."
        }
    }
}
