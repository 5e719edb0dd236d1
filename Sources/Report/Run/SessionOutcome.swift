import EPUArchive
import EPUConsole
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

    init(
        _ choice: AnalysisChoice, page: HTMLCommand.Written, lists: SessionLists.Written, archive: ArchiveOptions,
        _ db: Database
    ) throws {
        session = choice.session.name
        analysisID = choice.analysisID
        (drop, keep, notJudged, unknown) = (lists.bad, lists.keep, lists.notJudged, lists.unknown)
        exposures = drop + keep + notJudged
        incidents = try IncidentRow.all(of: choice.analysisID, session: session, db)
        self.page = page.file
        self.lists = lists.folder
        guesses = lists.guesses
        let counts = choice.unknowns.counts
        doubts = [counts.uncertainWords, counts.possibleText].compactMap { $0 }
        reviews = lists.reviewText
        notJudgedText = lists.notJudgedText
        self.archive = archive.words
        clock = try MicroscopeClock(of: choice.session.sessionID, db)
        isAllKnown = choice.unknowns.isClean && notJudged == 0
        badfiles = "\(lists.folder)/\(lists.prefix)_badfiles_jpg.txt"
    }

    var text: String {
        var lines = ["\(session): \(verdict)"]
        if drop > 0, !incidents.isEmpty { lines += IncidentRow.lines(incidents, clock).map { $0.indented } }
        lines += doubts.map { "  " + $0 }
        if let reviews { lines.append("  " + reviews) }
        if let unknown { lines.append("  \(Unknowns.asFarAsCompared); \(unknown)") }
        if notJudged > 0 {
            lines.append("  \(notJudgedText)")
        }
        lines.append("  page   \(page)")
        if !incidents.isEmpty { lines.append("  table  \(lists)/overexposed.csv") }
        lines.append("  lists  \(lists)" + (drop > 0 ? ", of what to drop: \(badfiles)" : ""))
        if let guesses { lines.append("         " + guesses) }
        lines.append(
            "  STAR files for RELION, groups for CryoSPARC: epu-report optics\(archive) \(shellOption("--session", session))"
        )
        return lines.joined(separator: "\n")
    }

    private let clock: MicroscopeClock
    /// The archive in commands that are printed; empty where it need not be named.
    private let archive: String
    /// How many of the overexposed are uncertain, and how many others may be overexposed, in words.
    private let doubts: [String]
    /// How many verdicts are a person's, in words; nil where none is.
    private let reviews: String?
    /// Why exposures are in neither list, in words.
    private let notJudgedText: String
    private let isAllKnown: Bool

    /// What all sessions come to, in a sentence.
    static func total(_ outcomes: [SessionOutcome]) -> String {
        let (drop, judged) = outcomes.reduce((0, 0)) { ($0.0 + $1.drop, $0.1 + $1.drop + $1.keep) }
        let hit = outcomes.count { $0.drop > 0 }
        let share = (100 * Double(drop) / Double(max(1, judged))).text(decimals: 1)
        let found =
            drop > 0
            ? "drop \(drop) of \(counted(judged, "micrograph")) (\(share) %), in \(counted(hit, "session"))"
            : "nothing found to drop of \(counted(judged, "micrograph"))"
        let unknown = Unknowns.text(ofSessions: outcomes.count { !$0.isAllKnown })
        return "\(outcomes.count) sessions: " + [found, unknown].compactMap { $0 }.joined(separator: "; ")
    }

    private var verdict: String {
        let judged = drop + keep
        guard judged > 0 else { return "not known: none of \(counted(exposures, "micrograph")) could be judged" }
        guard drop > 0 else {
            return isAllKnown
                ? "nothing to drop of \(counted(judged, "micrograph"))"
                : "nothing found to drop of \(counted(judged, "micrograph"))"
        }
        let share = (100 * Double(drop) / Double(judged)).text(decimals: 1)
        return "drop \(drop) of \(counted(judged, "micrograph")) (\(share) %)"
            + (incidents.causesText.map { (reviews == nil ? ": " : "; overexposed: ") + $0 } ?? "")
    }
}

extension String {
    /// Each line two places to the right.
    fileprivate var indented: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }.joined(separator: "\n")
    }
}
