/// The text of `analysis.basis`: parts that begin with a session's id, each with its counts and its calibrations, and parts that
/// begin with a word, as `dose 40`.
///
/// It holds ids, and so it is written and translated here alone: archives that are joined give their rows other ids.
public enum BasisText {
    /// What places the exposures of a session: a calibration and what makes it what it is, in words without `+` and `;`.
    public struct Placing: Sendable {
        let calibrationID: Int64
        let state: String

        public init(calibrationID: Int64, state: String) {
            self.calibrationID = calibrationID
            self.state = state
        }
    }

    static let separator = "; "

    /// The part of one session. Counts have no blank in them.
    public static func part(of sessionID: Int64, counts: String, placing: [Placing]) -> String {
        "\(sessionID) \(counts) " + placing.map { "\($0.calibrationID) \($0.state)" }.joined(separator: "+")
    }

    public static func joined(_ parts: [String]) -> String { parts.joined(separator: separator) }

    /// The same text in an archive where the ids of sessions and of calibrations are greater by these numbers.
    /// - Parameter corrections: The digests of stage stops' corrections there, by those here.
    public static func translated(
        _ text: String, sessions: Int64, calibrations: Int64, corrections: [String: String]
    ) -> String {
        joined(
            text.split(separator: separator).map { part in
                let words = part.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
                guard words.count == 3, let session = Int64(words[0]) else { return String(part) }
                let placing = words[2].split(separator: "+", omittingEmptySubsequences: false).map { calibration in
                    var parts = calibration.split(separator: " ").map { corrections[String($0)] ?? String($0) }
                    if let id = parts.first.flatMap(Int64.init) { parts[0] = "\(id + calibrations)" }
                    return parts.joined(separator: " ")
                }
                return "\(session + sessions) \(words[1]) " + placing.joined(separator: "+")
            })
    }
}
