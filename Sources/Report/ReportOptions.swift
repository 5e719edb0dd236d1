import ArgumentParser
import EPUArchive
import EPUConsole
import GRDB

/// `--db`, `--session` and `--analysis`: the archive, sessions and analysis that are reported.
struct ReportOptions: ParsableArguments {
    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions

    @Option(
        help: ArgumentHelp(
            "An analysis by its id in the view analyses. Default: each session's published one.", valueName: "id"))
    var analysis: Int64?

    /// The chosen sessions that were analysed. It says on standard error which analyses are out of date, and which sessions are
    /// left out because they were not analysed.
    func analysed(_ db: Database) throws -> [AnalysisChoice] {
        let choices = try AnalysisChoice.select(db, sessions: sessions.names, analysisID: analysis)
        for warning in choices.compactMap(\.warning) { Console.message("Warning: " + warning) }
        if sessions.names.isEmpty, analysis == nil { try tellLeftOut(choices, db) }
        return choices
    }

    /// The greatest number of sessions that a message names: more would hide what it says.
    private static let mostNamed = 10

    private func tellLeftOut(_ choices: [AnalysisChoice], _ db: Database) throws {
        let chosen = Set(choices.map(\.session.sessionID))
        let names = try SessionRow.withExposures(db, names: []).filter { !chosen.contains($0.sessionID) }.map(\.name)
        guard !names.isEmpty else { return }
        let rest = names.count > Self.mostNamed ? " and \(names.count - Self.mostNamed) more" : ""
        Console.message(
            "Not analysed, so left out: \(names.prefix(Self.mostNamed).joined(separator: ", "))\(rest). Find the overlaps with "
                + "`epu-analyze`.")
    }
}

/// `--out`: the folder of the reports, which are written as DIR/SESSION/...
struct ReportFolderOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, help: ArgumentHelp("The folder above those of the sessions.", valueName: "dir"),
        completion: .directory)
    var out = "report"

    func validate() throws {
        guard !out.isEmpty else { throw ValidationError("--out takes a folder.") }
    }
}

/// `--out` and `--prefix`: the folder and names of the reports, which are written as DIR/SESSION/PREFIX...
struct ReportOutputOptions: ParsableArguments {
    @OptionGroup var folder: ReportFolderOptions

    @Option(help: ArgumentHelp("How the names of the files start.", valueName: "name"))
    var prefix = usualPrefix

    static let usualPrefix = "duplicates"

    var out: String { folder.out }

    func validate() throws {
        guard !prefix.isEmpty, !prefix.contains("/"), !prefix.hasPrefix(".") else {
            throw ValidationError("--prefix takes the start of a file name, without folders, not \"\(prefix)\".")
        }
    }
}
