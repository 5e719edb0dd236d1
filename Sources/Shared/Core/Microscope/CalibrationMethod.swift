/// How a matrix was found; the raw values stand in the archive.
public enum CalibrationMethod: String, Codable, CaseIterable, Sendable {
    case given
    /// The matrix comes from the stage positions of foil holes in GridSquare_*.dm.
    case holes
    /// The matrix comes from the template's areas in EpuSession.dm.
    case template
    /// The matrix comes from what EPU saw in hole images, and from the beam shifts with which it answered.
    case centring
    /// The matrix is one under which the holes of all stage stops lie on one lattice.
    case lattice
    /// The matrix comes from earlier sessions of the microscope.
    case history
    /// No matrix is needed, as the beam was never shifted.
    case stage
    /// Nothing decides: only a scale is known.
    case none

    /// Whether the session showed the matrix by itself: one that was given or taken over measures nothing of the microscope.
    public var isMeasured: Bool {
        switch self {
        case .holes, .template, .centring, .lattice: true
        case .given, .history, .stage, .none: false
        }
    }

    /// Whether it looks for a matrix, so that a person may ask for it alone.
    public var isSearch: Bool {
        switch self {
        case .holes, .template, .centring, .lattice, .history: true
        case .given, .stage, .none: false
        }
    }

    /// Whether other sessions of the microscope learn from a good matrix.
    public var makesHistory: Bool {
        switch self {
        case .holes, .template, .lattice: true
        case .given, .centring, .history, .stage, .none: false
        }
    }

    /// Whether the matrix turns beam shifts into stage movements: where the beam was not shifted it is a formality, and where
    /// nothing but a scale is known it has no direction.
    public var hasDirection: Bool {
        switch self {
        case .given, .holes, .template, .centring, .lattice, .history: true
        case .stage, .none: false
        }
    }
}
