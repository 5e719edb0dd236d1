import EPUCore
public import GRDB

/// A session in figures that can stand beside those of another.
public struct SessionFigures: Encodable, Sendable {
    public struct Analysis: Encodable, Sendable {
        public let analysisID: Int64
        /// The reason why reports show this analysis.
        public let published: Publication
        /// The criteria of an analysis that a person named for the session and that is gone; nil where none is missing.
        public let missingPublished: String?
        public let acrossSessions: Bool
        /// The earlier sessions of the grid of which it is not known what they had exposed.
        public let notCompared: [UncomparedSession]
        /// The criteria in words, and what was compared.
        public let criteriaText: String
        /// The number of exposures that the analysis has placed and could judge.
        public let judged: Int
        /// The number of exposures that came after the analysis.
        public let notJudged: Int
        /// The number of exposures that could not be judged, as the criteria ask for what is not known.
        public let undecided: Int
        /// The number of exposures whose XML could not be read.
        public let unread: Int
        /// What the analysis could not tell, in words; nil where it could tell all.
        public let unknown: String?
        /// The number of overexposed exposures, as far as could be told.
        public let overexposed: Int
        /// The share of the judged exposures that are overexposed, 0 to 1; nil where it is not known.
        public let overexposedShare: Double?
        /// Whether causes and incidents are to be told again, by newer rules or from files that were read after the analysis.
        public let isOutdated: Bool
        /// The number of incidents; nil for an analysis of an older version, which did not tell them.
        public let incidents: Int?
        public let incidentsByCause: [String: Int]?
        /// The doses that camera fields had received before, without what overlaps by design; nil where none is known, for
        /// example because a session of the grid could not be compared.
        public let unplannedDoseEPerA2: Distribution?
        /// The doses that camera fields had received before, with what overlaps by design; nil where none is known.
        public let preDoseEPerA2: Distribution?
        /// The number of exposures that were placed, but of which it is not known what their field had received without what
        /// overlaps by design.
        public let withoutPreDose: Int
        public let calibrations: [ReportedCalibration]
        /// The median error of the positions in x and in y, um; nil where it is not known.
        public let positionErrorUm: Double?
        /// The number of overexposed exposures with a probability below 95 %.
        public let uncertain: Int
        /// The number of exposures that count as not overexposed, but may be.
        public let possible: Int
        public let unknowns: Unknowns

        enum CodingKeys: String, CodingKey {
            case analysisID, published, missingPublished, acrossSessions, notCompared
            case criteriaText = "criteria"
            case judged, notJudged, undecided, unread, unknown, overexposed, overexposedShare, isOutdated, incidents
            case incidentsByCause, unplannedDoseEPerA2, preDoseEPerA2, withoutPreDose, calibrations, positionErrorUm
            case uncertain, possible
        }
    }

    public let session: String
    public let instrumentID: String?
    public let instrumentModel: String?
    public let exposures: Int
    public let foilHoles: Int
    /// The mean number of different areas in an exposed hole; nil where there is no hole.
    public let areasPerHole: Double?
    /// The time of the first exposure, UTC; nil where there is none.
    public let startedAt: String?
    /// The time of the last exposure, UTC; nil where there is none.
    public let endedAt: String?
    public let rate: AcquisitionRate
    /// The number of micrographs that a person said to keep.
    public let reviewedKeep: Int
    /// The number of micrographs that a person called bad.
    public let reviewedBad: Int
    /// What pairs of hole images measured of the stage; nil where there are none, or the session was not calibrated.
    public let stagePairs: StagePairs?
    /// What the foil's lattice says of the stage; nil where it says nothing.
    public let stageError: LatticeStageError?
    /// The published analysis; nil where the session was not analysed.
    public let analysis: ByCriteria<Analysis>?

    /// Finds the figures of a session.
    /// - Throws: `DatabaseError`.
    public init(of session: SessionRow, _ db: Database) throws {
        let published = try ComparedAnalysis.published(of: session, db)
        let found = try ExposureFigures(of: session.sessionID, published?.analysisID, db)
        self.session = session.name
        let instrument = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT instrument_id, instrument_model FROM session WHERE session_id = ?"),
            arguments: [session.sessionID])
        instrumentID = instrument?["instrument_id"]
        instrumentModel = instrument?["instrument_model"]
        exposures = found.exposures
        foilHoles = found.foilHoles
        areasPerHole = foilHoles > 0 ? Double(found.areas) / Double(foilHoles) : nil
        startedAt = found.startedAt
        endedAt = found.endedAt
        rate = found.rate
        reviewedKeep = found.reviewedKeep
        reviewedBad = found.reviewedBad
        stagePairs = try StagePairs(of: session.sessionID, db)
        stageError = try LatticeStageError(of: session.sessionID, db)
        analysis = try published.map { ByCriteria($0.criteria, try Analysis($0, of: session, found, db)) }
    }
}

extension SessionFigures.Analysis {
    fileprivate init(
        _ analysis: ComparedAnalysis, of session: SessionRow, _ found: ExposureFigures, _ db: Database
    ) throws {
        analysisID = analysis.analysisID
        published = try Publication(of: analysis.analysisID, for: session.sessionID, db)
        let named = try PublishedAnalysis.named(for: session.sessionID, db)
        missingPublished = named?.analysisID == nil ? named?.criteria.text : nil
        isOutdated = analysis.isOutdated
        acrossSessions = analysis.acrossSessions
        criteriaText = analysis.criteria.text(acrossSessions: analysis.acrossSessions)
        unknowns = try Unknowns(judging: session.sessionID, found, by: analysis.analysisID, db)
        notCompared = unknowns.notCompared
        positionErrorUm = unknowns.precision.error
        uncertain = unknowns.counts.uncertain
        possible = unknowns.counts.possible
        undecided = unknowns.undecided
        unread = unknowns.unread
        notJudged = unknowns.notJudged
        unknown = unknowns.text
        judged = found.placed - unknowns.undecided
        overexposed = found.overexposed
        overexposedShare = unknowns.share(overexposed, of: judged)
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT cause, count(*) FROM incident WHERE analysis_id = ? AND session_id = ? GROUP BY cause"),
            arguments: [analysis.analysisID, session.sessionID])
        let byCause: [String: Int] = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        incidentsByCause = analysis.knowsIncidents ? byCause : nil
        incidents = incidentsByCause?.values.reduce(0, +)
        // What a session that was not compared had given comes on top.
        let isAllCompared = unknowns.notCompared.isEmpty
        unplannedDoseEPerA2 = isAllCompared ? found.unplannedDoses : nil
        preDoseEPerA2 = isAllCompared ? found.doses : nil
        withoutPreDose = found.placed - (unplannedDoseEPerA2?.count ?? 0)
        calibrations = (analysis.calibrations[session.sessionID] ?? []).map { stored in
            ReportedCalibration(
                stored, telling: [.calibrationID, .method, .verdict, .condition, .scale, .angleDegrees, .mirrored])
        }
    }
}
