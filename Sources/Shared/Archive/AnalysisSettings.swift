import GRDB

/// What an analysis was asked for beside its criteria: columns of `analysis` and of its `placement_set`, which
/// `published_analysis` has, too.
public struct AnalysisSettings: ArchiveRecord, Equatable, Sendable {
    /// Whether the analysis compared with earlier exposures of the grid in any session.
    public let acrossSessions: Bool
    /// The dose that was assumed of exposures without one, e/A^2; nil where none was assumed.
    public let assumedDoseEPerA2: Double?
    /// The diameter that was assumed of exposures without a beam diameter, um; nil where none was assumed.
    public let assumedBeamDiameterUm: Double?
    /// The dose that was counted for each autofocus and drift measurement, e/A^2; nil where these were left out.
    public let spotDoseEPerA2: Double?
}
