import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import Foundation
import GRDB

struct OpticsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "optics",
        abstract: "Write optics groups by AFIS position: for RELION as STAR files, for CryoSPARC as lists.",
        discussion: """
            Each position that AFIS visits is an optics group; where the holes lie on no lattice, exposures whose beam \
            shifts are near each other are one. `epu-analyze calibrate` finds the groups, and \
            --renumber-optics with it gives new numbers, which else stay when a session grows. For each session, in \
            DIR/SESSION: movies.star for RELION 3.1 to 5, and for CryoSPARC exposure_groups.csv (path, exposure group, keep). \
            Where the session has an analysis of overlaps, movies_keep.star and movies_bad.star, and \
            exposure_groups/exposure_group_N_keep.txt and _bad.txt; what it did not judge is in movies_notjudged.star. \
            Groups are called SESSION_opticsGroupN. Movies whose position is not known have no number: in STAR files they \
            are in one group behind the others, in lists in exposure_group_unplaced_*.txt.

            With --star the groups go into files that you have: movies, micrographs or particles of RELION 3.1 to 5. Rows are \
            matched by the exposure's base name, whatever its folder, prefix and suffix. Each old group is divided, \
            with all that it says of the optics. DIR gets NAME_optics.star, NAME_keep.star and NAME_bad.star; what is \
            not known to be bad is in NAME_keep.star. Your files are not changed.

            EXAMPLE
              epu-report optics --db archive.db --out report
              epu-report optics --db archive.db --star report/demo/movies.star
            """)

    @OptionGroup var options: ReportOptions
    @OptionGroup var place: ReportFolderOptions

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("STAR files to put the groups into.", valueName: "file"),
        completion: .file(extensions: ["star"]))
    var star: [String] = []

    @Flag(help: "With --star: leave out rows of which the archive has no exposure. Default: a group of their own.")
    var dropUnmatched = false

    @OptionGroup(title: "Without --star") var movies: MovieOptions

    @OptionGroup(title: "Without --star") var optics: MovieOpticsOptions

    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard star.isEmpty || !(movies.isGiven || optics.isGiven) else {
            throw ValidationError(
                "--star keeps names and optics as the files have them: --movie-suffix, --raw-data, --movie-folder, "
                    + "--table, --star-version, --cs, "
                    + "--amplitude-contrast, --mtf, --pixel-size and --voltage go without it.")
        }
        guard !dropUnmatched || !star.isEmpty else { throw ValidationError("--drop-unmatched needs --star.") }
    }

    func run() throws {
        let archive = try Archive(options.archive.path, access: .read)
        if star.isEmpty { try writeMovies(archive) } else { try regroup(archive) }
    }

    private func writeMovies(_ archive: Archive) throws {
        let names = try movies.names()
        if let warning = optics.warning(movies.rawData) { Console.message("Warning: " + warning) }
        let groups = try archive.read { db in
            try options.withOpticsGroups(db).map { try MovieGroups($0.session, $0.choice, optics.values, names, db) }
        }
        for warning in groups.flatMap({ [$0.session.warning, $0.aberration?.warning].compactMap { $0 } }) {
            Console.message("Warning: " + warning)
        }
        try tellNotices(groups.map(\.session.session), archive)
        let folders = try groups.compactMap(\.choice).map {
            try AboutFolder(of: $0, below: place.out, command: "optics", archive)
        }
        for folder in folders { folder.warn() }
        let written = try groups.map { try $0.write(below: place.out) }
        for folder in folders { try folder.write() }
        if output.json {
            try Console.result(json: written)
        } else {
            quiet.result(written.map(\.text).joined(separator: "\n"))
        }
    }

    /// Reports what contradicts itself in the sessions' files, as their pixel sizes are written into STAR files.
    private func tellNotices(_ sessions: [SessionRow], _ archive: Archive) throws {
        for session in sessions {
            for notice in try archive.read({ try SessionNotice.all(of: session.sessionID, $0) }) {
                Console.message("Notice: \(session.name): \(notice.message)")
            }
        }
    }

    private func regroup(_ archive: Archive) throws {
        let outputs = try StarOutputs(star, in: place.out)
        let index = try archive.read { db in
            if let analysis = options.analysis { try AnalysisChoice.require(analysis, db) }
            return try ExposureIndex(
                try SessionRow.select(db, names: options.sessions.names), analysisID: options.analysis, db)
        }
        // All files are read before one is written.
        let files = try star.map { try StarRegrouping($0, index, dropsUnmatched: dropUnmatched) }
        let occurring = files.reduce(into: Set<Int>()) { $0.formUnion($1.sessions) }.sorted()
        for session in occurring {
            let choice = index.choices[session]
            let warnings = [choice?.warning, choice?.comparisonWarning, index.sessions[session].warning]
            for warning in warnings.compactMap({ $0 }) {
                Console.message("Warning: " + warning)
            }
        }
        try tellNotices(occurring.map { index.sessions[$0].session }, archive)
        let written = try zip(files, outputs.paths).map { file, paths in
            try file.write(to: paths)
            return RegroupedStar(file, paths, dropsUnmatched: dropUnmatched)
        }
        if output.json {
            try Console.result(json: written)
        } else {
            quiet.result(written.map(\.text).joined(separator: "\n"))
        }
    }
}
