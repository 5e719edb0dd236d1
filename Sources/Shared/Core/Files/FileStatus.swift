/// What the ledger says of a file, as `source_file.status` spells it.
public enum FileStatus: String, Codable, CaseIterable, Sendable {
    case ok
    /// Another file of the same exposure was taken, or it repeats one in another schema (`_Fractions.xml`).
    case twin
    /// It could not be opened or read.
    case unreadable
    /// It is not what its name says: no XML, or another kind of document.
    case malformed
    /// It ends early, or lacks a field that an exposure cannot do without.
    case incomplete
    /// The exposure has no JPG.
    case missingImage = "missing image"
    /// The JPG has no exposure.
    case orphanImage = "orphan image"
    /// Younger than --min-age: perhaps still being written.
    case tooYoung = "too young"
    /// EPU files that carry no metadata we read, and other people's files.
    case unknown

    /// Whether the file could not be used though it should be: what `--strict` and the view `source_problems` count.
    public var isProblem: Bool {
        switch self {
        case .unreadable, .malformed, .incomplete: true
        case .ok, .twin, .missingImage, .orphanImage, .tooYoung, .unknown: false
        }
    }

    public static let problems = allCases.filter(\.isProblem)
}
