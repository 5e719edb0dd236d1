/// What the tools say of a method, in words.
extension CalibrationMethod {
    /// What told the matrix, as the beginning of a sentence, such as `The hole map`.
    public var name: String {
        switch self {
        case .template: "The template"
        case .holes: "The hole map"
        case .centring: "What EPU saw in hole images"
        case .lattice: "The lattice"
        case .history: "The microscope's history"
        case .given, .stage, .none: "The given matrix"
        }
    }

    /// What was missing where the method found no matrix, for the end of a sentence.
    public var missing: String {
        switch self {
        case .template:
            "its EpuSession.dm, with two areas or more that were shot in one hole, is not in the archive."
        case .holes: "its GridSquare_*.dm are not in the archive, or the holes shot from one stop lie on one line."
        case .centring:
            "fewer than three of its exposed holes have hole images that their beam shifts follow, or these say too little."
        case .history: "the archive has no good calibration of another session on its microscope."
        case .lattice, .given, .stage, .none: "no matrix stands out that puts its stage stops on one lattice."
        }
    }

    /// How far a matrix is to be trusted, and what told it, such as `good, by lattice`.
    public func text(_ verdict: CalibrationVerdict) -> String {
        switch self {
        case .given: "given"
        case .stage: "not needed"
        case .none: verdict.rawValue
        case .holes, .template, .centring, .lattice, .history: "\(verdict.rawValue), by \(rawValue)"
        }
    }
}
