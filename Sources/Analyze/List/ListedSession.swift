import EPUArchive
import EPUCore
import GRDB

/// A session in a line of the list.
struct ListedSession: Encodable {
    let session: String
    let instrumentID: String?
    /// The time of the first exposure, UTC; nil where there is none.
    let startedAt: String?
    /// The same by the microscope's clock, as people read it.
    private let start: String?
    /// The number of overexposed exposures, marked where it looks as if all were known, and is not.
    private let markedOverexposed: String?
    let exposures: Int
    /// The verdict on how beam shift maps to the stage, in words; nil where the session was not analysed.
    let calibration: String?
    /// The number of analyses that judge the session.
    let analyses: Int
    /// What the published analysis found, as `12`, `at least 12` or `not known`; nil where there is none.
    let overexposed: String?
    /// The share of the judged exposures that are overexposed, 0 to 1; nil where it is not known.
    let overexposedShare: Double?
    /// What the published analysis could not tell, in words; nil where it could tell all, or there is none.
    let unknown: String?
    /// What `epu-analyze` has to do for the session, in words; nil where there is nothing.
    let toDo: String?

    enum CodingKeys: String, CodingKey {
        case session, instrumentID, startedAt, exposures, calibration, analyses, overexposed, overexposedShare
        case unknown, toDo
    }

    init(_ row: SessionRow, _ db: Database) throws {
        let figures = try SessionFigures(of: row, db)
        session = row.name
        instrumentID = figures.instrumentID
        startedAt = figures.startedAt
        start = try MicroscopeClock.start(of: row.sessionID, db)?.labelledMinute
        exposures = figures.exposures
        calibration = figures.analysis.map { _ in figures.calibrationText(\.verdictText) }
        analyses =
            try Int.fetchOne(
                db.cachedStatement(sql: "SELECT count(*) FROM judged_session WHERE session_id = ?"),
                arguments: [row.sessionID]) ?? 0
        overexposed = figures.overexposedText
        overexposedShare = figures.analysis?.overexposedShare
        unknown = figures.analysis?.unknown
        markedOverexposed = figures.markedOverexposedText
        toDo = Self.toDo(figures)
    }

    private static func toDo(_ figures: SessionFigures) -> String? {
        // A session without exposures has nothing that could be judged.
        guard figures.exposures > 0 else { return nil }
        guard let analysis = figures.analysis else { return "not analysed" }
        if analysis.notJudged > 0 { return "\(analysis.notJudged) new" }
        let isAgain =
            analysis.isOutdated || analysis.missingPublished != nil
            || analysis.acrossSessions && analysis.notCompared.contains(where: \.isForTheNextRun)
        return isAgain ? "again" : nil
    }

    static func table(_ sessions: [ListedSession]) -> String {
        var table = TextTable([
            "session", "instrument", "first exposure, microscope's clock", "exposures", "calibration", "analyses",
            "overexposed", "%",
            "to do",
        ])
        for session in sessions { table.add(session.cells) }
        return table.text + (Unknowns.markText(below: sessions.map(\.markedOverexposed)).map { "\n" + $0 } ?? "")
    }

    private var cells: [String] {
        let share = overexposedShare.map { (100 * $0).text(decimals: 1) }
        let texts: [String?] = [
            session, instrumentID, start, "\(exposures)", calibration, "\(analyses)",
            markedOverexposed, share, toDo,
        ]
        return texts.map { $0 ?? "" }
    }

    /// The list in a sentence, with what to run where something is to be done.
    static func sum(_ sessions: [ListedSession]) -> String {
        let waiting = sessions.count { $0.toDo != nil }
        let exposures = sessions.reduce(0) { $0 + $1.exposures }
        let parts = [
            "\(counted(sessions.count, "session")), \(counted(exposures, "exposure"))",
            Unknowns.text(ofSessions: sessions.count { $0.unknown != nil }),
            waiting > 0 ? "something is to be done for \(waiting): run `epu-analyze`" : nil,
        ]
        return parts.compactMap { $0 }.joined(separator: "; ") + "."
    }
}
