import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore

struct ListsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lists",
        abstract: "Write lists of overexposed exposures and of those to keep, and a table of all.",
        discussion: """
            For each session, in DIR/SESSION: duplicates_badfiles_jpg.txt and duplicates_badfiles_tiff.txt (movies), \
            duplicates_keepfiles_jpg.txt and duplicates_keepfiles_tiff.txt; overexposed.csv, which says of each overexposed \
            micrograph what hit it and why; and exposures.csv, with all that is known of each exposure. Exposures that the \
            analysis does not have, and those without a readable XML, are in duplicates_notjudged_jpg.txt and \
            duplicates_notjudged_tiff.txt. Nothing is deleted. Where an earlier session of the grid could not be compared, or no \
            matrix takes beam shift to the stage, what is to keep is so as far as could be compared: the output says so, and \
            the columns not_compared and calibration of exposures.csv.

            Movies are named as --raw-data has them, or as epu-ingest saw them in the session's folders; where it saw \
            none, their names are guessed by the camera, which the output says.

            duplicates_keepfiles_rsync.txt, duplicates_badfiles_rsync.txt and duplicates_notjudged_rsync.txt are for rsync: with --raw-data the movies, \
            relative to that folder, else XML and JPG of each exposure, relative to the session's folder. \
            The command that copies what is to keep is printed:
              rsync -a --files-from=report/SESSION/duplicates_keepfiles_rsync.txt \\
                  SESSION_DIR DEST

            Lists have one path a line; a path with a line break is left out and named. Files that are no longer on disk are \
            named, and left out of the lists for rsync.

            EXAMPLE
              epu-report lists --db archive.db --out report
            """)

    @OptionGroup var options: ReportOptions

    @OptionGroup var place: ReportOutputOptions

    @OptionGroup var movies: MovieOptions
    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    func run() throws {
        let archive = try Archive(options.archive.path, access: .read)
        let choices = try archive.read { try options.analysed($0) }
        let written = try SessionLists.write(
            of: choices, below: place.out, prefix: place.prefix, movies: movies.names(), archive)
        if output.json {
            try Console.result(json: written)
        } else {
            quiet.result(written.map(\.text).joined(separator: "\n"))
        }
    }
}

extension SessionLists {
    /// Writes the lists of sessions, all read in one transaction, and what they were made from.
    /// - Parameter out: The folder above those of the sessions.
    static func write(
        of choices: [AnalysisChoice], below out: String, prefix: String, movies: MovieNames, together: Set<String> = [],
        _ archive: Archive
    ) throws -> [Written] {
        let folders = try choices.map {
            try AboutFolder(of: $0, below: out, command: "lists", together: together, archive)
        }
        for folder in folders { folder.warn() }
        let written = try archive.read { db in
            try choices.map { try SessionLists(choice: $0, out: out, prefix: prefix, movies: movies).write(db) }
        }
        for folder in folders { try folder.write() }
        return written
    }
}
