import EPUArchive
import GRDB

/// What to take for beams of which EPU did not record all.
struct BeamAssumptions: Hashable, Sendable {
    /// Of exposures without a dose, electrons per square Angstrom.
    var dose: Double?
    /// Of exposures without a beam diameter, um.
    var beamDiameter: Double?
    /// Of each autofocus and drift measurement, electrons per square Angstrom; nil: these are left out.
    var spotDose: Double?

    /// The same without what no exposure of these sessions needs: an assumption that changes nothing must not make a result
    /// of its own.
    func needed(for sessionIDs: [Int64], _ db: Database) throws -> BeamAssumptions {
        func isMissing(_ value: String) throws -> Bool {
            let list = sessionIDs.sqlList
            let sql = "SELECT EXISTS (SELECT 1 FROM exposure e WHERE e.session_id IN (\(list)) AND \(value) IS NULL)"
            return try Bool.fetchOne(db, sql: sql) ?? false
        }
        var needed = self
        if dose != nil, try !isMissing(CountedValue.dose(of: "e")) { needed.dose = nil }
        if beamDiameter != nil, try !isMissing(CountedValue.beamDiameter(of: "e")) { needed.beamDiameter = nil }
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
