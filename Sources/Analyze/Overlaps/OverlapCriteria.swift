import EPUShared

/// What makes a pair of exposures an overlap, and an exposure overexposed. A criterion that is nil asks nothing; those that
/// are not must all be met.
struct OverlapCriteria: Hashable, Sendable {
    /// Greatest distance of beam centres, um.
    var radius: Double?
    /// Least share of the later camera field that the earlier beam covered, 0 to 1.
    var minFieldOverlap: Double?
    /// Least dose that the later camera field had received before, electrons per square Angstrom; without what overlaps by
    /// design, unless neighbours count.
    var minPreDose: Double?
    /// Whether areas of one visit to a hole make each other overexposed, too.
    var countNeighbours = false

    /// Whether camera fields decide, so that pairs are to be sought as far as beams reach.
    var needsFields: Bool { minFieldOverlap != nil || minPreDose != nil }

    /// - Parameter fieldOverlap: nil: not known.
    func isMet(distance: Double, fieldOverlap: Double?) -> Bool {
        if let radius, distance > radius { return false }
        guard needsFields else { return true }
        // Where only the dose is asked for, a pair must have added to it.
        guard let fieldOverlap, fieldOverlap > 0 else { return false }
        return fieldOverlap >= minFieldOverlap ?? 0
    }

    func isMet(_ before: PreExposure) -> Bool {
        guard let minPreDose else { return true }
        return (countNeighbours ? before.dose : before.unplannedDose).map { $0 >= minPreDose } ?? false
    }

    /// As `all unique within 0.3735 um`.
    var noneText: String {
        guard let radius, !needsFields else { return "none overexposed (\(text))" }
        return "all unique within \(radius.text()) um"
    }

    /// As `radius 0.3735 um`.
    var text: String {
        [
            radius.map { "radius \($0.text()) um" },
            minFieldOverlap.map { "at least \((100 * $0).text()) % of the field" },
            minPreDose.map { "at least \($0.text()) e/A^2 before" },
            countNeighbours ? "neighbours counted" : nil,
        ].compactMap { $0 }.joined(separator: ", ")
    }
}

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
