import EPUShared

/// What to take for beams of which EPU did not record all.
struct BeamAssumptions: Hashable, Sendable {
    /// Of exposures without a dose, electrons per square Angstrom.
    var dose: Double?
    /// Of exposures without a beam diameter, um.
    var beamDiameter: Double?
    /// Of each autofocus and drift measurement, electrons per square Angstrom; nil: these are left out.
    var spotDose: Double?

    /// The same without what these exposures do not need: an assumption that changes nothing must not make a result of its own.
    func needed(for exposures: [SessionExposure]) -> BeamAssumptions {
        var needed = self
        if !exposures.contains(where: { $0.dose == nil }) { needed.dose = nil }
        if !exposures.contains(where: { $0.beamDiameter == nil }) { needed.beamDiameter = nil }
        return needed
    }

    func applied(to exposures: [SessionExposure]) -> [SessionExposure] {
        guard dose != nil || beamDiameter != nil else { return exposures }
        return exposures.map { exposure in
            var exposure = exposure
            exposure.dose = exposure.dose ?? dose
            exposure.beamDiameter = exposure.beamDiameter ?? beamDiameter
            return exposure
        }
    }
}
