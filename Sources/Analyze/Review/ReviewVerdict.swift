import ArgumentParser

/// What a person says of a micrograph.
enum ReviewVerdict: String, EnumerableFlag, Encodable {
    /// The micrograph is kept, whatever an analysis finds.
    case keep
    /// The micrograph is left out, even where an analysis finds nothing.
    case bad
    /// An earlier verdict is taken back: the analysis decides again.
    case clear

    static func help(for verdict: ReviewVerdict) -> ArgumentHelp? {
        switch verdict {
        case .keep: "Keep them, whatever an analysis finds."
        case .bad: "Drop them, even where an analysis finds nothing."
        case .clear: "Take back what was said of them."
        }
    }
}
