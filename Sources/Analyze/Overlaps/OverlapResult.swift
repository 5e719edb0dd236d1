import EPUArchive
import EPUCore
import GRDB

/// What an analysis found, as it is printed.
struct OverlapResult: Encodable {
    /// How the stage coordinates of an earlier session lie to those of the one that is judged: q = L (p - centre) + centre -
    /// offset, where L turns by turnDeg, after y was taken the other way if mirrored.
    struct Offset: Encodable {
        let session: String
        let xUm: Double
        let yUm: Double
        let errorUm: Double
        let turnDeg: Double
        let turnErrorDeg: Double?
        let mirrored: Bool
        let centreXUm: Double
        let centreYUm: Double
        let move: GridMove

        enum CodingKeys: String, CodingKey {
            case session, xUm, yUm, errorUm, turnDeg, turnErrorDeg, mirrored, centreXUm, centreYUm
        }

        /// Makes the offset of a session from its move; nil: it was not measured.
        init?(_ session: String, _ move: GridMove) {
            guard let error = move.error else { return nil }
            self.session = session
            self.move = move
            (xUm, yUm, errorUm) = (-move.shift.x, -move.shift.y, error)
            (turnDeg, turnErrorDeg, mirrored) = (move.turnDegrees, move.turnErrorDegrees, move.isMirrored)
            (centreXUm, centreYUm) = (move.centre.x, move.centre.y)
        }
    }

    let analysisID: Int64
    /// The session whose exposures are judged.
    let session: String
    /// The earlier sessions of the grid that were compared.
    let comparedWith: [String]
    /// The sessions of which it is not known for certain what they had exposed.
    let notCompared: [UncomparedSession]
    /// The calibrations of the session that is judged.
    let calibrations: [ReportedCalibration]
    let radiusSource: RadiusSource?
    /// The offsets of the sessions compared, as far as they were measured.
    let offsets: [Offset]
    let exposures: Int
    let pairs: Int
    let overexposed: Int
    let causes: [String: Int]
    let incidents: [IncidentRow]
    let withoutDose: Int
    let withoutBeamDiameter: Int
    let withoutField: Int
    /// The number of exposures that the criteria could not judge: what their fields had received is not known.
    let undecided: Int
    /// The median error of the positions in x and in y, um; nil: not known.
    let positionErrorUm: Double?
    /// The number of overexposed exposures with a probability below 95 %.
    let uncertain: Int
    /// The number of possible overexposures: they count as not overexposed.
    let possible: Int
    /// The number of exposures that could not be read.
    let notJudged: Int
    let unknowns: Unknowns
    let criteria: OverlapCriteria
    /// Whether it was found now; false: it was found before, and nothing has changed since.
    let isNew: Bool
    let reviews: ReviewEffect
    let clock: MicroscopeClock

    enum CodingKeys: String, CodingKey {
        case analysisID = "analysisId"
        case session, comparedWith, notCompared, calibrations, radiusSource, offsets, exposures, pairs
        case overexposed, causes, incidents, withoutDose, withoutBeamDiameter, withoutField, undecided, positionErrorUm
        case uncertain, possible, notJudged
    }

    /// Reads from the archive the result of an analysis that was made.
    init(_ analysisID: Int64, _ analysis: OverlapAnalysis, isNew: Bool, _ db: Database) throws {
        self.isNew = isNew
        let judged = analysis.scope.session
        self.analysisID = analysisID
        session = judged.name
        criteria = analysis.criteria
        radiusSource = analysis.radiusSource
        unknowns = try Unknowns(of: analysisID, judging: judged.sessionID, notJudged: 0, db)
        notCompared = unknowns.notCompared
        let used = Set(
            try Int64.fetchAll(
                db, sql: "SELECT calibration_id FROM analysis_session WHERE analysis_id = ?", arguments: [analysisID]))
        calibrations = analysis.calibrations
            .filter { $0.sessionID == judged.sessionID && used.contains($0.calibrationID) }
            .map(\.reported)
        let others = try Row.fetchAll(
            db,
            sql: """
                SELECT DISTINCT s.name, \(GridMove.columns)
                FROM analysis a JOIN placement_set_session p USING (placement_set_id)
                JOIN session s ON s.session_id = p.session_id
                WHERE a.analysis_id = ? AND p.session_id <> ?
                """, arguments: [analysisID, judged.sessionID])
        let moves: [String: GridMove] = Dictionary(
            try others.map { ($0[0], try GridMove(row: $0)) }, uniquingKeysWith: { first, _ in first })
        comparedWith = analysis.scope.earlier.map(\.name).filter { moves[$0] != nil }
        offsets = comparedWith.compactMap { name in moves[name].flatMap { Offset(name, $0) } }
        let numbers = try Row.fetchOne(
            db, sql: "SELECT exposures, pairs, overexposed FROM analysis WHERE analysis_id = ?",
            arguments: [analysisID])
        (exposures, pairs, overexposed) = (numbers?[0] ?? 0, numbers?[1] ?? 0, numbers?[2] ?? 0)
        let rows = try Row.fetchAll(
            db, sql: "SELECT cause, count(*) FROM overlap WHERE analysis_id = ? GROUP BY cause",
            arguments: [analysisID])
        causes = Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
        incidents = try IncidentRow.all(of: analysisID, db)
        reviews = try ReviewEffect(on: analysisID, of: judged.sessionID, db)
        clock = try MicroscopeClock(of: judged.sessionID, db)
        let gaps = try BeamGaps(of: analysisID, db)
        withoutDose = gaps.dose
        withoutBeamDiameter = gaps.beamDiameter
        withoutField = gaps.field
        undecided = unknowns.undecided
        positionErrorUm = unknowns.precision.error
        uncertain = unknowns.counts.uncertain
        possible = unknowns.counts.possible
        notJudged = unknowns.unread
    }
}
