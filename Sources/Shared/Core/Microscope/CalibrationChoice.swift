/// Whether analyses use a calibration; the raw values stand in the archive, as `calibration.chosen`.
public enum CalibrationChoice: Int, CaseIterable, Sendable {
    /// A candidate, which analyses use only where a person names it.
    case candidate = 0
    /// What was found likeliest.
    case best = 1
    /// What the method found that a person asked for, to which the session keeps.
    case asked = 2
}
