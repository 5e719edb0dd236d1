/// The values with which an exposure counts, in SQL: the one rule for the analysis and for all that shows it. A value that a
/// check contradicts (table `notice`) counts as not recorded; what a person said of a placement set stands in for what is
/// missing.
public enum CountedValue {
    /// The beam diameter of a row of `exposure`, um; NULL where it is not known.
    public static func beamDiameter(of exposure: String) -> String {
        "iif(\(exposure).beam_diameter_doubtful OR \(exposure).beam_diameter_um <= 0, NULL, \(exposure).beam_diameter_um)"
    }

    /// The beam diameter of a row of `exposure` in the placement set of a row of `placement_set`, um; NULL where it is not known.
    public static func beamDiameter(of exposure: String, in set: String) -> String {
        "ifnull(\(beamDiameter(of: exposure)), \(set).assumed_beam_diameter_um)"
    }

    /// The dose of a row of `exposure`, electrons per square Angstrom; NULL where it is not known.
    public static func dose(of exposure: String) -> String {
        "iif(\(exposure).dose_doubtful OR \(exposure).dose_e_per_a2 < 0, NULL, \(exposure).dose_e_per_a2)"
    }

    /// The pixel size of a row of `exposure`, Angstrom; NULL where it is not known.
    public static func pixelSize(of exposure: String) -> String {
        "iif(\(exposure).pixel_size_doubtful, NULL, \(exposure).pixel_size_a)"
    }

    /// The greatest diameter that a beam of unknown diameter is taken to have, um. Those of micrographs are 0.4 to 1.2; where
    /// such a beam may have been is asked only so that nothing that it may have hit is called clean.
    public static let widestUnknownBeam = 2.0
}
