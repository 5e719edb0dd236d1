/// Whether analyses use a calibration; the raw values stand in the archive, as `calibration.chosen`.
public enum CalibrationChoice: Int, CaseIterable, Sendable {
    /// The calibration is a candidate, which analyses use only where a person names it.
    case candidate = 0
    /// The calibration is the likeliest that was found, and analyses use it.
    case best = 1
    /// The calibration comes from the method that a person asked for; the session keeps to this method.
    case asked = 2
}
