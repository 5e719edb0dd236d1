import ArgumentParser
import EPUShared
import GRDB

/// `--db`, `--session` and `--analysis`: what is reported.
struct ReportOptions: ParsableArguments {
    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions

    @Option(
        help: ArgumentHelp(
            "An analysis by its id in the view analyses. Default: each session's published one.", valueName: "id"))
    var analysis: Int64?

    /// The chosen sessions that were analysed. Says on standard error where an analysis is out of date.
    func analysed(_ db: Database) throws -> [AnalysisChoice] {
        let choices = try AnalysisChoice.select(db, sessions: sessions.names, analysisID: analysis)
        for warning in choices.compactMap(\.warning) { Console.message("Warning: " + warning) }
        return choices
    }
}

/// `--out`: where reports go, as DIR/SESSION/...
struct ReportFolderOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The folder above those of the sessions.", valueName: "dir"), completion: .directory)
    var out = "epu-report"

    func validate() throws {
        guard !out.isEmpty else { throw ValidationError("--out takes a folder.") }
    }
}

/// `--out` and `--prefix`: where reports go, as DIR/SESSION/PREFIX...
struct ReportOutputOptions: ParsableArguments {
    @OptionGroup var folder: ReportFolderOptions

    @Option(help: ArgumentHelp("How the names of the files start.", valueName: "name"))
    var prefix = "duplicates"

    var out: String { folder.out }

    func validate() throws {
        guard !prefix.isEmpty, !prefix.contains("/"), !prefix.hasPrefix(".") else {
            throw ValidationError("--prefix takes the start of a file name, without folders, not \"\(prefix)\".")
        }
    }
}
