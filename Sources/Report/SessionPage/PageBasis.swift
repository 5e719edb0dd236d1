import EPUArchive
import EPUCore
import GRDB

/// What the verdict of a page rests on, and what to do next; it stands right below the verdict.
struct PageBasis {
    /// The sessions of the grid with whose exposures the analysis compared, beside the session itself.
    private let others: [String]
    private let isAcross: Bool
    private let notCompared: [UncomparedSession]
    private let calibrations: [PageCalibration]
    private let hasFindings: Bool
    let commands: PageCommands

    init(
        of choice: AnalysisChoice, _ analysis: SessionSummary.Analysis, _ calibrations: [PageCalibration],
        archive: String,
        _ db: Database
    ) throws {
        others = try Self.others(of: choice, db)
        isAcross = analysis.acrossSessions
        notCompared = analysis.notCompared
        self.calibrations = calibrations
        hasFindings = analysis.overexposed > 0
        commands = PageCommands(of: choice, archive: archive)
    }

    /// The other sessions with whose exposures an analysis compared, in the order of their ids.
    static func others(of choice: AnalysisChoice, _ db: Database) throws -> [String] {
        try String.fetchAll(
            db,
            sql: """
                SELECT DISTINCT s.name FROM analysis_session l JOIN session s USING (session_id)
                WHERE l.analysis_id = ? AND l.session_id <> ? ORDER BY s.session_id
                """, arguments: [choice.analysisID, choice.session.sessionID])
    }

    private var compared: String {
        let lack = notCompared.isEmpty ? "" : "; not with all sessions of the grid, or only in part: see below"
        if !others.isEmpty {
            let sessions = (others.count == 1 ? "session " : "sessions ") + others.joined(separator: ", ")
            return "with the earlier exposures of this session and of \(sessions)\(lack)"
        }
        if !isAcross { return "within this session only, as was asked\(lack)" }
        return "within this session" + (notCompared.isEmpty ? "; the archive has no other one of this grid" : lack)
    }

    var html: HTML {
        let quality = calibrations.map { "<a href=\"#calibration\">\($0.quality)</a>" as HTML }.joined(separator: "; ")
        return """
            <dl class="basis">
            <dt>Compared</dt><dd>\(compared)</dd>
            <dt>Calibration</dt><dd>\(calibrations.isEmpty ? "none" : quality)</dd>
            \(.when(hasFindings, next))
            </dl>
            """
    }

    private var next: HTML {
        """
        <dt>Next</dt><dd><span class="scripted-inline"><a href="#overexposed">See which ones</a>, mark them and save lists. \
        </span>Lists of what to drop and to keep, as files:<br><code>\(commands.lists)</code><br>\
        STAR files for RELION, exposure groups for CryoSPARC:<br><code>\(commands.optics)</code></dd>
        """
    }
}

/// The commands by which the reader of a page gets on; each runs as it is pasted.
struct PageCommands {
    /// The options that name the archive, the session and the analysis.
    private let choice: String
    private let archive: String
    private let session: String

    init(of choice: AnalysisChoice, archive: String) {
        self.archive = "--db \(shellWord(archive))"
        session = shellOption("--session", choice.session.name)
        // What is published needs no number, and stays right when the session has grown.
        self.choice = choice.publication == .unpublished ? " --analysis \(choice.analysisID)" : ""
    }

    var lists: String { "epu-report lists \(archive) \(session)\(choice)" }
    var optics: String { "epu-report optics \(archive) \(session)\(choice)" }

    /// - Parameter file: the file of marks that the page saves.
    func review(_ file: String) -> String { "epu-analyze review \(archive) \(session) --from=\(shellWord(file))" }
}
