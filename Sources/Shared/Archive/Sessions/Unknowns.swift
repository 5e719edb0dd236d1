import EPUCore
public import GRDB

/// What an analysis could not tell of a session. Where there is anything, finding nothing does not mean that the session is
/// clean: all that says how a session went asks here.
public struct Unknowns: Sendable {
    /// The earlier sessions of the grid of which it is not known what they had exposed.
    public let notCompared: [UncomparedSession]
    /// The number of exposures that could not be judged, as the criteria ask for what is not known.
    public let undecided: Int
    /// The number of exposures whose XML could not be read.
    public let unread: Int
    /// The number of exposures that came after the analysis.
    public let notJudged: Int
    /// Whether no matrix takes beam shift to the stage, so that overlaps between stage stops are not known.
    public let isUndetermined: Bool
    /// Whether there is a matrix, but it may be wrong.
    public let isDoubtful: Bool
    /// Whether positions are known well enough for the radius.
    public let precision: PositionPrecision
    /// The numbers of exposures that could be either way.
    public let counts: UncertainCounts
    /// The radius that half the camera field gave, um, as no beam diameter is recorded: what a wider beam hit is not known. Nil
    /// where a diameter is known, or a person gave the radius.
    public let fieldRadius: Double?

    /// Puts together what is not known.
    /// - Parameter verdicts: The verdicts on the session's calibrations in the analysis.
    private init(
        notCompared: [UncomparedSession], undecided: Int, unread: Int, notJudged: Int,
        verdicts: Set<CalibrationVerdict>, precision: PositionPrecision, counts: UncertainCounts, fieldRadius: Double?
    ) {
        self.fieldRadius = fieldRadius
        self.precision = precision
        self.counts = counts
        self.notCompared = notCompared
        self.undecided = undecided
        self.unread = unread
        self.notJudged = notJudged
        isUndetermined = verdicts.contains(.undetermined)
        isDoubtful = !isUndetermined && verdicts.contains(.doubtful)
    }

    /// Finds what is not known of a session.
    /// - Parameter notJudged: The number of exposures that came after the analysis.
    public init(of analysisID: Int64, judging sessionID: Int64, notJudged: Int, _ db: Database) throws {
        let precision = try PositionPrecision(of: analysisID, db)
        try self.init(
            of: analysisID, judging: sessionID, undecided: Self.undecided(analysisID, sessionID, db),
            notJudged: notJudged,
            precision: precision,
            counts: UncertainCounts(of: analysisID, judging: sessionID, certainty: precision.certainty, db), db)
    }

    /// Finds what is not known of a session, with the counts that its figures have of its published analysis.
    init(judging sessionID: Int64, _ figures: ExposureFigures, by analysisID: Int64, _ db: Database) throws {
        let precision = try PositionPrecision(of: analysisID, db)
        try self.init(
            of: analysisID, judging: sessionID, undecided: figures.undecided,
            notJudged: figures.exposures - figures.placed, precision: precision,
            counts: UncertainCounts(
                uncertain: figures.uncertain, ofUnknownCertainty: figures.ofUnknownCertainty,
                possible: figures.possible,
                certainty: precision.certainty), db)
    }

    private init(
        of analysisID: Int64, judging sessionID: Int64, undecided: Int, notJudged: Int, precision: PositionPrecision,
        counts: UncertainCounts, _ db: Database
    ) throws {
        let verdicts = try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT c.verdict FROM analysis_session l JOIN calibration c USING (calibration_id)
                    WHERE l.analysis_id = ? AND l.session_id = ?
                    """), arguments: [analysisID, sessionID])
        self.init(
            notCompared: try UncomparedSession.all(of: analysisID, judging: sessionID, db), undecided: undecided,
            unread: try Self.unread(sessionID, db), notJudged: notJudged,
            verdicts: Set(verdicts.compactMap(CalibrationVerdict.init)), precision: precision, counts: counts,
            fieldRadius: try Self.fieldRadius(analysisID, db))
    }

    /// The number of exposures of a session that an analysis could not judge.
    static func undecided(_ analysisID: Int64, _ sessionID: Int64, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(*) FROM undecided_exposure u JOIN exposure e USING (exposure_id)
                    WHERE u.analysis_id = ? AND e.session_id = ?
                    """), arguments: [analysisID, sessionID]) ?? 0
    }

    private static func fieldRadius(_ analysisID: Int64, _ db: Database) throws -> Double? {
        try Double.fetchOne(
            db.cachedStatement(
                sql: "SELECT radius_um FROM analysis WHERE analysis_id = ? AND radius_source = 'camera-field'"),
            arguments: [analysisID])
    }

    /// The number of exposures of a session that came after an analysis.
    public static func notJudged(_ analysisID: Int64, _ sessionID: Int64, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(*) FROM analysis a JOIN exposure e ON e.session_id = ?2
                    WHERE a.analysis_id = ?1
                        AND NOT EXISTS (SELECT 1 FROM placement p WHERE \(JudgedPlacement.sql))
                    """), arguments: [analysisID, sessionID]) ?? 0
    }

    /// The number of exposures in the ledger that could not be read, and so were compared with nothing.
    static func unread(_ sessionID: Int64, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT count(*) FROM source_file f JOIN session_root r USING (session_root_id)
                    WHERE r.session_id = ? AND f.kind = \(SourceKind.exposure.sql)
                        AND \(FileStatus.problems.sql(isIn: "f.status"))
                    """), arguments: [sessionID]) ?? 0
    }
}

// MARK: - In words

extension Unknowns {
    /// The words where something, or nothing, was found and not all is known.
    public static let asFarAsCompared = "as far as could be compared"

    /// Whether finding nothing means that there is nothing.
    public var isClean: Bool { text == nil }

    /// What is not known, in words, for example `3 could not be judged, as what their fields had received is not known; what bb
    /// had exposed before is not known`; nil where all is known.
    public var text: String? {
        Self.joined([
            undecided > 0 ? OverlapCriteria.undecidedText(undecided) : nil, ofJudged, counts.possibleText,
            notJudged > 0 ? "\(counted(notJudged, "exposure")) came after the analysis" : nil,
        ])
    }

    /// The part of the text that concerns the exposures that were judged, as lists have them; nil where all of these is known.
    /// What could not be read may have exposed their places before.
    public var ofJudged: String? {
        Self.joined([
            ofPlaces, fieldRadius == nil ? nil : "what a wider beam hit is not known, as no beam diameter is recorded",
            unread > 0 ? "\(counted(unread, "exposure")) could not be read" : nil,
        ])
    }

    /// The part of that text that concerns where the exposures lie, and what else was exposed there; nil where all of it is known.
    public var ofPlaces: String? {
        Self.joined([
            notCompared.unknownText, isUndetermined ? OverlapCriteria.undeterminedText : nil,
            isDoubtful ? "how beam shift maps to the stage is doubtful" : nil, precision.text,
        ])
    }

    /// The reason why the nearest earlier exposure of one may not be known, for example `distances between stage stops are not
    /// known`; nil where it is known.
    public var distancesText: String? {
        Self.joined([
            notCompared.unknownText, isUndetermined ? "distances between stage stops are not known" : nil,
            precision.text,
        ])
    }

    /// The words for how many of several sessions have something that is not known; nil where none has.
    public static func text(ofSessions count: Int) -> String? { count > 0 ? "not all is known of \(count)" : nil }

    private static func joined(_ texts: [String?]) -> String? {
        let texts = texts.compactMap { $0 }
        return texts.isEmpty ? nil : texts.joined(separator: "; ")
    }
}
