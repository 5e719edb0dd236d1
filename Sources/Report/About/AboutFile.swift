import EPUArchive
import EPUCore
import Foundation
import GRDB

/// `about.json` in a session's folder: which analysis its files show, so that the folder says by itself what it holds.
struct AboutFile: Codable {
    /// What identifies an analysis, so that files of two analyses are not mixed.
    struct Shown: Codable, Equatable {
        let analysisID: Int64
        let criteria: String
        /// The time when it was made, UTC. An analysis that is repeated, as when its session has grown, keeps its number.
        let analysedAt: String

        /// Whether both are one analysis, at whatever time it was made.
        func isSameAnalysis(as other: Shown) -> Bool {
            analysisID == other.analysisID && criteria == other.criteria
        }

        var text: String {
            "analysis \(analysisID) (\(criteria)) of \(analysedAt.prefix(19).replacing("T", with: " ")) UTC"
        }
    }

    struct Calibration: Codable {
        let calibrationID: Int64
        /// The condition of the exposures that the calibration is for; empty if it is for all.
        let condition: String
        let method: CalibrationMethod
        let verdict: CalibrationVerdict
        /// The reason for the verdict, in words; nil if none is stored.
        let reason: String?
        /// The matrix that takes beam shift to the stage, um per beam-shift unit, row by row.
        let matrix: [Double]
    }

    struct NotCompared: Codable {
        let session: String
        let reason: String
        /// Whether the session was compared all the same, as far as that was possible.
        let isComparedInPart: Bool
    }

    let session: String
    let shown: Shown
    let published: Publication
    let calibrations: [Calibration]
    /// The other sessions of the grid whose exposures the analysis looked at.
    let comparedWith: [String]
    /// The sessions of the grid that it should have looked at and could not, or not with certainty.
    let notComparedWith: [NotCompared]
    let archive: String
    let program: String
    /// The time of writing, UTC: the only value that differs when the same is written again.
    let writtenAt: String
    /// For each command of epu-report that wrote here, by its name, the analysis that it showed last.
    var commands: [String: Shown] = [:]

    init(of choice: AnalysisChoice, archive: String, at time: Timestamp, _ db: Database) throws {
        let ids: StatementArguments = [choice.analysisID, choice.session.sessionID]
        session = choice.session.name
        shown = Shown(
            analysisID: choice.analysisID, criteria: choice.criteriaText,
            analysedAt: try String.fetchOne(
                db, sql: "SELECT created_at FROM analysis WHERE analysis_id = ?", arguments: [choice.analysisID]) ?? "")
        published = choice.publication
        calibrations = try StoredCalibration.used(by: choice.analysisID, for: choice.session.sessionID, db)
            .map(Calibration.init)
        comparedWith = try String.fetchAll(
            db,
            sql: """
                SELECT name FROM session WHERE session_id <> ?2 AND session_id IN (
                    SELECT session_id FROM analysis_session WHERE analysis_id = ?1) ORDER BY name
                """, arguments: ids)
        notComparedWith = try UncomparedSession.all(
            of: choice.analysisID, judging: choice.session.sessionID, db
        ).map { NotCompared(session: $0.session, reason: $0.reason, isComparedInPart: $0.isComparedInPart) }
        self.archive = URL(fileURLWithPath: archive).standardizedFileURL.path
        program = "epu-report \(toolVersion), schema \(Archive.schemaVersion)"
        writtenAt = time.archiveText
    }

    // MARK: - On disk

    private static let name = "about.json"

    /// Reads what a folder says of itself; nil if it says nothing, or nothing that this version can read.
    init?(in folder: String) {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let data = FileManager.default.contents(atPath: folder + "/" + Self.name),
            let about = try? decoder.decode(AboutFile.self, from: data)
        else { return nil }
        self = about
    }

    /// - Throws: `Failure` if the file cannot be written; an older one then stays.
    func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        var file = try OutputFile(folder + "/" + Self.name)
        try file.write(String(decoding: try encoder.encode(self), as: UTF8.self) + "\n")
        try file.commit()
    }

    static func remove(from folder: String) { unlink(folder + "/" + name) }
}

extension AboutFile.Shown {
    enum CodingKeys: String, CodingKey {
        case analysisID = "analysisId"
        case criteria, analysedAt
    }
}

extension AboutFile.Calibration {
    enum CodingKeys: String, CodingKey {
        case calibrationID = "calibrationId"
        case condition, method, verdict, reason, matrix
    }

    fileprivate init(_ stored: StoredCalibration) {
        calibrationID = stored.calibrationID
        condition = stored.conditionText
        method = stored.method
        verdict = stored.verdict
        reason = stored.reason
        matrix = stored.matrix.elements
    }
}
