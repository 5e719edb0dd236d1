import EPUArchive
import GRDB

/// What a person said about beams of which EPU did not record everything.
struct BeamAssumptions: Hashable, Sendable {
    /// The dose of exposures without a recorded one, electrons per square Angstrom.
    var dose: Double?
    /// The beam diameter of exposures without a recorded one, um.
    var beamDiameter: Double?
    /// The dose of each autofocus and drift measurement, electrons per square Angstrom; nil: these are left out.
    var spotDose: Double?

    /// The assumptions without those that no exposure of these sessions needs: an assumption that changes nothing must not make a
    /// result of its own.
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
