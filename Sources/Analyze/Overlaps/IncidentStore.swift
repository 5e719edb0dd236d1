import EPUArchive
import EPUCore
import GRDB

/// Stores the overexposed exposures of an analysis, with the incidents that they belong to.
struct IncidentStore {
    let analysisID: Int64
    let relations: ExposureRelations

    func store(_ found: [Overexposure], _ db: Database) throws {
        let (incidents, incidentOf) = Incident.grouped(found, by: relations.rules)
        for (number, incident) in incidents.enumerated() {
            let lost = incident.lost.map { found[$0] }
            let doses = lost.compactMap(\.doseBefore)
            // The mean of a part would be taken for that of all.
            let isDoseKnown = doses.count == lost.count
            let first = relations.exposures[incident.exposures.lowerBound]
            let last = relations.exposures[incident.exposures.upperBound]
            try db.execute(
                sql: """
                    INSERT INTO incident
                        (analysis_id, incident, session_id, cause, first_exposure_id, last_exposure_id, clusters,
                         micrographs, pairs, distance_um, pre_dose_e_per_a2)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    analysisID, number + 1, first.sessionID, incident.cause.rawValue,
                    first.exposureID, last.exposureID,
                    incident.clusterCount, lost.count, lost.reduce(0) { $0 + $1.pairs },
                    lost.reduce(0) { $0 + $1.distance } / Double(lost.count),
                    isDoseKnown ? doses.mean : nil,
                ])
        }
        var insert = try RowStatement(
            db,
            """
            INSERT INTO overexposure (analysis_id, exposure_id, nearest_id, incident, probability)
            VALUES (?, ?, ?, ?, ?)
            """)
        for (index, overexposure) in found.enumerated() {
            insert.bind(analysisID)
            insert.bind(relations.exposures[overexposure.exposure].exposureID)
            insert.bind(relations.exposures[overexposure.nearest].exposureID)
            insert.bind(Int64(incidentOf[index] + 1))
            insert.bind(overexposure.probability)
            try insert.run()
        }
    }
}
