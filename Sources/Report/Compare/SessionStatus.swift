import EPUArchive
import EPUCore

/// What a reader is told of a session at a glance.
struct SessionStatus {
    /// In the order in which sessions want to be looked at.
    enum Kind: String, CaseIterable {
        case overexposed, doubtful, unknown
        case notAnalysed = "not-analysed"
        case clean

        var text: String {
            switch self {
            case .overexposed: "overexposed"
            case .doubtful: "doubtful"
            case .unknown: "not known"
            case .notAnalysed: "not analysed"
            case .clean: "clean"
            }
        }
    }

    let kind: Kind
    let text: String
    /// What is not known, or what to do; nil where all is known.
    let note: String?

    init(_ figures: SessionFigures) {
        guard let analysis = figures.analysis else {
            (kind, text, note) = (.notAnalysed, Kind.notAnalysed.text, "run epu-analyze")
            return
        }
        note = analysis.unknown
        if analysis.unknowns.isDoubtful {
            kind = .doubtful
        } else if let share = analysis.overexposedShare {
            kind = share > 0 ? .overexposed : note == nil ? .clean : .unknown
        } else {
            kind = .unknown
        }
        let share = figures.shareText ?? ""
        // A share that is rounded to nothing is not nothing.
        text = kind == .overexposed ? (share == "0.0" ? "< 0.1" : share) + " %" : kind.text
    }
}
