public import EPUCore
public import GRDB

/// A session in figures that can stand beside those of another.
public struct SessionFigures: Encodable, Sendable {
    public struct Calibration: Encodable, Sendable {
        public let calibrationID: Int64
        public let method: CalibrationMethod
        public let verdict: CalibrationVerdict
        /// Empty: for all exposures.
        public let condition: String
        /// um per beam-shift unit.
        public let scale: Double
        public let angleDeg: Double
        public let mirrored: Bool
    }

    public struct Analysis: Encodable, Sendable {
        public let analysisID: Int64
        /// Why it is this one.
        public let published: Publication
        /// Of the analysis that a person named for the session and that is gone, its criteria; nil: none is missing.
        public let missingPublished: String?
        public let acrossSessions: Bool
        /// Earlier sessions of the grid of which it is not known what they had exposed.
        public let notCompared: [UncomparedSession]
        /// Its criteria in words, and what it was compared with.
        public let criteriaText: String
        /// Exposures that it has placed, and could judge.
        public let judged: Int
        /// Exposures that came later.
        public let notJudged: Int
        /// Exposures that it could not judge, as its criteria ask for what is not known.
        public let undecided: Int
        /// Exposures whose XML could not be read.
        public let unread: Int
        /// What it could not tell, in words; nil: nothing.
        public let unknown: String?
        /// As far as could be told.
        public let overexposed: Int
        /// Of those judged, 0 to 1; nil: not known.
        public let overexposedShare: Double?
        /// Whether causes and incidents are to be told anew, by newer rules or from files that were read after it.
        public let isOutdated: Bool
        /// Nil: it is of an older version, which did not tell incidents.
        public let incidents: Int?
        public let incidentsByCause: [String: Int]?
        /// What camera fields had received before, without what overlaps by design; nil: of none it is known, as where a
        /// session of the grid could not be compared.
        public let unplannedDoseEPerA2: Distribution?
        /// The same with it.
        public let preDoseEPerA2: Distribution?
        /// Exposures that it has placed, and of which what their field had received is not known, without what overlaps by design.
        public let withoutPreDose: Int
        public let calibrations: [Calibration]
        /// Of the positions in x and in y, the median, um; nil: not known.
        public let positionErrorUm: Double?
        /// Of the overexposed, those with a probability below 95 %.
        public let uncertain: Int
        /// Exposures that count as not overexposed, and may be.
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
    /// Mean number of different areas over the exposed holes; nil: there is none.
    public let areasPerHole: Double?
    /// UTC.
    public let startedAt: String?
    public let endedAt: String?
    public let rate: AcquisitionRate
    /// By a person.
    public let reviewedKeep: Int
    public let reviewedBad: Int
    /// What pairs of hole images measured of the stage; nil: there are none, or it was not calibrated.
    public let stagePairs: StagePairs?
    /// What the lattice says of the same; nil: nothing.
    public let stageError: LatticeStageError?
    /// The published one; nil: it was not analysed.
    public let analysis: ByCriteria<Analysis>?

    /// - Throws: `DatabaseError`.
    public init(of session: SessionRow, _ db: Database) throws {
        let published = try ComparedAnalysis.published(of: session, db)
        let scan = try ExposureScan(of: session, published, db)
        self.session = session.name
        let instrument = try Row.fetchOne(
            db, sql: "SELECT instrument_id, instrument_model FROM session WHERE session_id = ?",
            arguments: [session.sessionID])
        instrumentID = instrument?["instrument_id"]
        instrumentModel = instrument?["instrument_model"]
        exposures = scan.times.count
        let exposed = scan.areas.counts
        foilHoles = exposed.foilHoles
        areasPerHole = foilHoles > 0 ? Double(exposed.areas) / Double(foilHoles) : nil
        startedAt = scan.times.first?.archiveText
        endedAt = scan.times.last?.archiveText
        rate = AcquisitionRate(scan.times)
        let reviews = try Row.fetchOne(
            db,
            sql: """
                SELECT count(*) FILTER (WHERE verdict = 'keep'), count(*) FILTER (WHERE verdict = 'bad')
                FROM review JOIN exposure USING (exposure_id) WHERE session_id = ?
                """, arguments: [session.sessionID])
        reviewedKeep = reviews?[0] ?? 0
        reviewedBad = reviews?[1] ?? 0
        stagePairs = try StagePairs(of: session.sessionID, db)
        stageError = try LatticeStageError(of: session.sessionID, db)
        analysis = try published.map { ByCriteria($0.criteria, try Analysis($0, of: session, scan, db)) }
    }
}

extension SessionFigures.Analysis {
    fileprivate init(_ analysis: ComparedAnalysis, of session: SessionRow, _ scan: ExposureScan, _ db: Database) throws
    {
        analysisID = analysis.analysisID
        published = try Publication(of: analysis.analysisID, for: session.sessionID, db)
        let named = try PublishedAnalysis.named(for: session.sessionID, db)
        missingPublished = named?.analysisID == nil ? named?.criteria.text : nil
        isOutdated = analysis.isOutdated
        acrossSessions = analysis.acrossSessions
        criteriaText = analysis.criteria.text(acrossSessions: analysis.acrossSessions)
        unknowns = try Unknowns(
            of: analysis.analysisID, judging: session.sessionID, notJudged: scan.times.count - scan.placed, db)
        notCompared = unknowns.notCompared
        positionErrorUm = unknowns.precision.error
        uncertain = unknowns.counts.uncertain
        possible = unknowns.counts.possible
        undecided = unknowns.undecided
        unread = unknowns.unread
        notJudged = unknowns.notJudged
        unknown = unknowns.text
        judged = scan.placed - unknowns.undecided
        overexposed = scan.overexposed
        overexposedShare = unknowns.share(overexposed, of: judged)
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT cause, count(*) FROM incident WHERE analysis_id = ? AND session_id = ? GROUP BY cause",
            arguments: [analysis.analysisID, session.sessionID])
        let byCause: [String: Int] = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        incidentsByCause = analysis.knowsIncidents ? byCause : nil
        incidents = incidentsByCause?.values.reduce(0, +)
        // What a session that was not compared had given comes on top.
        let isAllCompared = unknowns.notCompared.isEmpty
        unplannedDoseEPerA2 = Distribution(isAllCompared ? scan.unplannedDoses : [])
        preDoseEPerA2 = Distribution(isAllCompared ? scan.doses : [])
        withoutPreDose = scan.placed - (unplannedDoseEPerA2?.count ?? 0)
        calibrations = (analysis.calibrations[session.sessionID] ?? []).map { stored in
            SessionFigures.Calibration(
                calibrationID: stored.calibrationID, method: stored.method, verdict: stored.verdict,
                condition: stored.condition?.text ?? "", scale: stored.matrix.scale,
                angleDeg: stored.matrix.angleDegrees, mirrored: stored.matrix.isMirrored)
        }
    }
}
