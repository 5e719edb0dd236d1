/// How far a matrix is to be trusted; the raw values stand in the archive.
public enum CalibrationVerdict: String, Codable, CaseIterable, Sendable {
    case given
    case good
    case doubtful
    case undetermined

    /// Whether the session's own data tell the matrix, for certain or not.
    public var isFound: Bool {
        switch self {
        case .good, .doubtful: true
        case .given, .undetermined: false
        }
    }
}
