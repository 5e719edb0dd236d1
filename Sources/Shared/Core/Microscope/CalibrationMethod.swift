/// How a matrix was come by; the raw values stand in the archive.
public enum CalibrationMethod: String, Codable, CaseIterable, Sendable {
    case given
    /// Foil holes' stage positions in GridSquare_*.dm.
    case holes
    /// The template's areas in EpuSession.dm.
    case template
    /// What EPU saw in hole images, and the beam shifts that it made of it.
    case centring
    /// One lattice for all stage stops.
    case lattice
    /// Earlier sessions of the microscope.
    case history
    /// The beam was not shifted.
    case stage
    /// Nothing but a scale is known.
    case none

    /// Whether the session showed the matrix by itself: one that was given or taken over measures nothing of the microscope.
    public var isMeasured: Bool {
        switch self {
        case .holes, .template, .centring, .lattice: true
        case .given, .history, .stage, .none: false
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
