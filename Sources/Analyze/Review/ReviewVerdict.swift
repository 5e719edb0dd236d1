import ArgumentParser

/// What a person says of a micrograph.
enum ReviewVerdict: String, EnumerableFlag, Encodable {
    /// To keep, whatever an analysis finds.
    case keep
    /// To drop, even where an analysis finds nothing.
    case bad
    /// Nothing any more: the analysis decides again.
    case clear

    static func help(for verdict: ReviewVerdict) -> ArgumentHelp? {
        switch verdict {
        case .keep: "Keep them, whatever an analysis finds."
        case .bad: "Drop them, even where an analysis finds nothing."
        case .clear: "Take back what was said of them."
        }
    }
}
