import ArgumentParser
import EPUShared

struct ListsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lists",
        abstract: "Write lists of overexposed exposures and of those to keep, and a table of all.",
        discussion: """
            For each session, in DIR/SESSION: duplicates_badfiles_jpg.txt and duplicates_badfiles_tiff.txt (movies), \
            duplicates_keepfiles_jpg.txt and duplicates_keepfiles_tiff.txt, and exposures.csv. Nothing is deleted.

            duplicates_keepfiles_rsync.txt and duplicates_badfiles_rsync.txt are for rsync: with --raw-data the movies, \
            relative to that folder, else XML and JPG of each exposure, relative to the session's folder. \
            The command that copies what is to keep is printed:
              rsync -a --files-from=epu-report/SESSION/duplicates_keepfiles_rsync.txt SESSION_DIR DEST

            Lists have one path a line; a path with a line break is left out and named.

            EXAMPLE
              epu-report lists --db archive.db --out epu-report
            """)

    @OptionGroup var options: ReportOptions

    @OptionGroup var place: ReportOutputOptions

    @Option(help: "What movies are called after the base name. Default: by camera, as _fractions.tiff for a K3.")
    var movieSuffix: String?

    @Option(
        name: [.long, .customLong("rawdata")],
        help: "List the movies below this folder by full path, whatever their suffix.", completion: .directory)
    var rawData: String?

    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard movieSuffix == nil || rawData == nil else {
            throw ValidationError(
                "--movie-suffix and --raw-data exclude each other: movies that are found have a name.")
        }
    }

    func run() throws {
        PartialFiles.removeOnInterruption()
        let archive = try Archive(options.archive.path, access: .read)
        let choices = try archive.read { try options.analysed($0) }
        let movies = try rawData.map { try MovieIndex(below: $0) }
        for folder in movies?.unreadable.sorted() ?? [] {
            Console.message("Warning: cannot read \(folder); movies there are listed as missing.")
        }
        let written = try archive.read { db in
            try choices.map { choice in
                try SessionLists(
                    choice: choice, out: place.out, prefix: place.prefix, movieSuffix: movieSuffix, movies: movies
                ).write(db)
            }
        }
        if output.json {
            try Console.result(json: written)
        } else {
            Console.result(written.map(\.text).joined(separator: "\n"))
        }
    }
}
