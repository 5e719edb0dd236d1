/// Why a file could not be used, for its row in the ledger.
public struct Unusable: Error, Sendable {
    public let status: FileStatus
    public let reason: String

    public init(status: FileStatus, reason: String) {
        self.status = status
        // The reason quotes the file, whose names may be of any length.
        self.reason = reason.utf8.count <= 500 ? reason : reason.prefix(400) + " …"
    }
}

/// What the ledger says of a file, as `source_file.status` spells it.
public enum FileStatus: String, Codable, CaseIterable, Sendable {
    case ok
    /// Another file of the same exposure was taken, or the file repeats one in another schema (`_Fractions.xml`).
    case twin
    /// The file could not be opened or read.
    case unreadable
    /// The file is not what its name says: no XML, or another kind of document.
    case malformed
    /// The file ends early, or lacks a field that an exposure cannot do without.
    case incomplete
    /// The exposure has no JPG.
    case missingImage = "missing image"
    /// The JPG has no exposure.
    case orphanImage = "orphan image"
    /// The file is younger than --min-age: perhaps it is still being written.
    case tooYoung = "too young"
    /// The file is one of EPU's that has no metadata we read, or another program's.
    case unknown

    /// Whether the status is a problem, which `--strict` and the view `source_problems` count.
    public var isProblem: Bool { self == .unreadable || self == .malformed || self == .incomplete }
}
