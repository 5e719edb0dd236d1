import EPUArchive
import EPUCore
import GRDB

/// What came of a session: what to drop, why, and where it is written.
struct SessionOutcome: Encodable {
    let session: String
    let analysisID: Int64
    let exposures: Int
    /// The micrographs to drop: what is overexposed and a person does not keep, and what a person marked bad.
    let drop: Int
    let keep: Int
    /// Exposures that are in neither list.
    let notJudged: Int
    /// What is not known of those that were judged, in words; nil if all is known.
    let unknown: String?
    let incidents: [IncidentRow]
    let page: String
    /// The folder of the lists.
    let lists: String
    /// The list of the JPGs of what to drop.
    let badfiles: String
    /// How movies that nobody saw are named in the lists; nil where all were seen.
    let guesses: String?

    enum CodingKeys: String, CodingKey {
        case session
        case analysisID = "analysisId"
        case exposures, drop, keep, notJudged, unknown, incidents, page, lists, badfiles
    }

    init(_ choice: AnalysisChoice, page: HTMLCommand.Written, lists: SessionLists.Written, _ db: Database) throws {
        session = choice.session.name
        analysisID = choice.analysisID
        (drop, keep, notJudged, unknown) = (lists.bad, lists.keep, lists.notJudged, lists.unknown)
        exposures = drop + keep + notJudged
        incidents = try IncidentRow.all(of: choice.analysisID, session: session, db)
        self.page = page.file
        self.lists = lists.folder
        guesses = lists.guesses
        unknownBeam = try SearchedBeam(of: choice.analysisID, db).text
        badfiles = "\(lists.folder)/\(lists.prefix)_badfiles_jpg.txt"
    }

    var text: String {
        var lines = ["\(session): \(verdict)"]
        if drop > 0, !incidents.isEmpty { lines += IncidentRow.lines(incidents).map { $0.indented } }
        if let unknown { lines.append("  \(Unknowns.asFarAsCompared); \(unknown)") }
        if let unknownBeam { lines.append("  " + unknownBeam) }
        if notJudged > 0 {
            lines.append("  \(counted(notJudged, "micrograph")) in neither list: they could not be judged")
        }
        lines.append("  page   \(page)")
        lines.append("  lists  \(lists)" + (drop > 0 ? ", of what to drop: \(badfiles)" : ""))
        if let guesses { lines.append("         " + guesses) }
        lines.append("  STAR files for RELION, groups for CryoSPARC: epu-report optics \(sessionOption(session))")
        return lines.joined(separator: "\n")
    }

    /// What is not known of the beam; nil if nothing is missing.
    private let unknownBeam: String?

    private var verdict: String {
        let judged = drop + keep
        guard judged > 0 else { return "not known: none of \(counted(exposures, "micrograph")) could be judged" }
        guard drop > 0 else {
            return unknown == nil && unknownBeam == nil && notJudged == 0
                ? "nothing to drop of \(counted(judged, "micrograph"))"
                : "nothing found to drop of \(counted(judged, "micrograph"))"
        }
        let share = (100 * Double(drop) / Double(judged)).text(decimals: 1)
        return "drop \(drop) of \(counted(judged, "micrograph")) (\(share) %)"
    }
}

extension String {
    /// Each line two places to the right.
    fileprivate var indented: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
    }
}
