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
}

/// How far a matrix is to be trusted; the raw values stand in the archive.
public enum CalibrationVerdict: String, Codable, CaseIterable, Sendable {
    case given
    case good
    case doubtful
    case undetermined
}
