import EPUArchive
import EPUCore
import GRDB

/// Stores what a search finds, row by row. Exposures are given by their indices.
struct OverlapStore {
    private let analysisID: Int64
    private let exposures: [SessionExposure]
    private var pairs: RowStatement
    private var preExposures: RowBatch
    private var undecided: RowStatement
    private var possible: RowStatement

    /// A pair that meets the criteria.
    struct Pair {
        /// The index of the earlier exposure.
        let earlier: Int
        /// The distance, um.
        let distance: Double
        let cause: OverlapCause
        let fieldOverlap: Double?
        let beamOverlap: Double?
        let probability: Double?
    }

    /// The most probable one of the pairs that do not count.
    struct Possible {
        let earlier: Int
        let distance: Double
        let probability: Double
    }

    init(analysisID: Int64, exposures: [SessionExposure], _ db: Database) throws {
        self.analysisID = analysisID
        self.exposures = exposures
        pairs = try RowStatement(
            db,
            """
            INSERT INTO overlap
                (analysis_id, later_id, earlier_id, distance_um, cause, field_overlap, beam_overlap, probability)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        preExposures = try RowBatch(
            db,
            """
            INSERT OR REPLACE INTO pre_exposure
                (placement_id, dose_e_per_a2, unplanned_dose_e_per_a2, field_share, unplanned_field_share, nearest_um,
                 nearest_unplanned_um, least_dose_e_per_a2, least_unplanned_dose_e_per_a2)
            """, columns: 9)
        undecided = try RowStatement(
            db, "INSERT INTO undecided_exposure (analysis_id, exposure_id) VALUES (?, ?)")
        possible = try RowStatement(
            db,
            """
            INSERT INTO possible_overexposure (analysis_id, exposure_id, earlier_id, distance_um, probability)
            VALUES (?, ?, ?, ?, ?)
            """)
    }

    /// Stores what an exposure had received, in place of what was known of it.
    mutating func insert(_ found: PreExposure, for placementID: Int64) throws {
        preExposures.bind(placementID)
        preExposures.bind(found.dose)
        preExposures.bind(found.unplannedDose)
        preExposures.bind(found.fieldShare)
        preExposures.bind(found.unplannedFieldShare)
        preExposures.bind(found.nearest)
        preExposures.bind(found.unplannedNearest)
        preExposures.bind(found.leastDose)
        preExposures.bind(found.leastUnplannedDose)
        try preExposures.endRow()
    }

    /// Stores what is left of what exposures had received.
    mutating func finish() throws { try preExposures.finish() }

    mutating func insert(_ pair: Pair, of later: Int) throws {
        pairs.bind(analysisID)
        pairs.bind(exposures[later].exposureID)
        pairs.bind(exposures[pair.earlier].exposureID)
        pairs.bind(pair.distance)
        pairs.bind(pair.cause.rawValue)
        pairs.bind(pair.fieldOverlap)
        pairs.bind(pair.beamOverlap)
        pairs.bind(pair.probability)
        try pairs.run()
    }

    mutating func insert(_ pair: Possible, of later: Int) throws {
        possible.bind(analysisID)
        possible.bind(exposures[later].exposureID)
        possible.bind(exposures[pair.earlier].exposureID)
        possible.bind(pair.distance)
        possible.bind(pair.probability)
        try possible.run()
    }

    /// Stores an exposure that could not be judged.
    mutating func insertUndecided(_ later: Int) throws {
        undecided.bind(analysisID)
        undecided.bind(exposures[later].exposureID)
        try undecided.run()
    }
}
