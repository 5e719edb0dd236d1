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
              epu-report optics --db archive.db --out epu-report
              epu-report optics --db archive.db --star epu-report/demo/movies.star
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

    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard star.isEmpty || !(movies.isGiven || optics.isGiven) else {
            throw ValidationError(
                "--star keeps names and optics as the files have them: --movie-suffix, --raw-data, --movie-folder, "
                    + "--table, --star-version, --cs, "
                    + "--amplitude-contrast, --mtf, --pixel-size and --voltage go without it.")
        }
        guard !dropUnmatched || !star.isEmpty else { throw ValidationError("--drop-unmatched goes with --star.") }
    }

    func run() throws {
        PartialFiles.removeOnInterruption()
        let archive = try Archive(options.archive.path, access: .read)
        if star.isEmpty { try writeMovies(archive) } else { try regroup(archive) }
    }

    private func writeMovies(_ archive: Archive) throws {
        let names = try movies.names()
        if let warning = optics.warning(movies.rawData) { Console.message("Warning: " + warning) }
        let groups = try archive.read { db in
            try grouped(db).map { try MovieGroups($0.session, $0.choice, optics.values, names, db) }
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
            Console.result(written.map(\.text).joined(separator: "\n"))
        }
    }

    /// What contradicts itself in the sessions' files: a pixel size goes from there into STAR files.
    private func tellNotices(_ sessions: [SessionRow], _ archive: Archive) throws {
        for session in sessions {
            for notice in try archive.read({ try SessionNotice.all(of: session.sessionID, $0) }) {
                Console.message("Notice: \(session.name): \(notice.message)")
            }
        }
    }

    /// The chosen sessions, each with its analysis where it has one: groups need a calibration alone.
    /// - Throws: `Failure` where a session that was asked for was never looked at, or all were not.
    private func grouped(_ db: Database) throws -> [(session: SessionRow, choice: AnalysisChoice?)] {
        guard options.analysis == nil else { return try options.analysed(db).map { ($0.session, $0) } }
        let all = try SessionRow.withExposures(db, names: options.sessions.names).map { session in
            (session: session, choice: try AnalysisChoice(of: session, analysisID: nil, db))
        }
        let grouped = try all.filter { session, choice in
            try choice != nil
                || Int.fetchOne(
                    db,
                    sql: """
                        SELECT 1 FROM calibration WHERE session_id = ?1
                        UNION SELECT 1 FROM optics_group WHERE session_id = ?1
                        """, arguments: [session.sessionID]) != nil
        }
        let ids = Set(grouped.map(\.session.sessionID))
        let without = all.map(\.session).filter { !ids.contains($0.sessionID) }
        if let first = without.first {
            let message = "\(first.name) has no optics groups yet. Find them with `epu-analyze calibrate`."
            guard options.sessions.names.isEmpty, !grouped.isEmpty else { throw Failure(message) }
            for session in without {
                Console.message(
                    "\(session.name) has no optics groups yet: left out. Find them with `epu-analyze calibrate`.")
            }
        }
        for warning in grouped.compactMap(\.choice?.warning) { Console.message("Warning: " + warning) }
        return grouped
    }

    private func regroup(_ archive: Archive) throws {
        let outputs = try StarOutputs(star, in: place.out)
        let index = try archive.read { db in
            if let analysis = options.analysis { try AnalysisChoice.require(analysis, db) }
            return try ExposureIndex(
                try SessionRow.select(db, names: options.sessions.names), analysisID: options.analysis, db)
        }
        // Every file is read before one is written.
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
            Console.result(written.map(\.text).joined(separator: "\n"))
        }
    }
}

/// What EPU does not record of the optics, or users know better.
struct MovieOpticsOptions: ParsableArguments {
    @Option(
        name: [.customLong("cs"), .customLong("spherical-aberration")], parsing: .unconditional,
        help: ArgumentHelp(
            "Spherical aberration, mm. EPU does not record it. Default: 2.7, as Krios, Glacios and Talos Arctica have; a "
                + "Tundra has 1.6.", valueName: "mm"))
    var sphericalAberration: Double?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Amplitude contrast, 0 to 1. Default: 0.1.", valueName: "share"))
    var amplitudeContrast: Double?

    @Option(help: ArgumentHelp("The camera's MTF, as RELION is to find it.", valueName: "file"))
    var mtf: String?

    @Option(
        name: [.long, .customLong("angpix")], parsing: .unconditional,
        help: ArgumentHelp(
            "Pixel size of the movies, Angstrom. Default: as EPU recorded it, of K2 and K3 that of super-resolution. Give half "
                + "of it for EER movies that are rendered in 8K.", valueName: "a"))
    var pixelSize: Double?

    @Option(parsing: .unconditional, help: ArgumentHelp("Voltage, kV. Default: as EPU recorded it.", valueName: "kv"))
    var voltage: Double?

    @Option(
        help: ArgumentHelp(
            "Folder before the movies' names, as in RELION's project; with --raw-data in its place.", valueName: "dir"))
    var movieFolder: String?

    @Option(
        help: ArgumentHelp(
            "movies or micrographs: the table that names the movies. Tools that know no data_movies, as pyem, need "
                + "micrographs.", valueName: "table"))
    var table: MovieTable?

    @Option(
        help: ArgumentHelp(
            "30001 or 50001: the version that files say they are of. Default: 30001, which RELION 3.1 to 5 read; RELION 5 "
                + "itself writes 50001.", valueName: "version"))
    var starVersion: StarVersion?

    var isGiven: Bool {
        sphericalAberration != nil || amplitudeContrast != nil || mtf != nil || pixelSize != nil || voltage != nil
            || movieFolder != nil || table != nil || starVersion != nil
    }

    /// What RELION will not take of the paths.
    func warning(_ rawData: String?) -> String? {
        guard let movieFolder else {
            return rawData.map { _ in
                "movies have absolute paths, which RELION does not take: give the folder as its project has it with "
                    + "--movie-folder."
            }
        }
        let isOutside = movieFolder.hasPrefix("/") || movieFolder.split(separator: "/").contains("..")
        return isOutside
            ? "--movie-folder \(movieFolder) leads out of RELION's project, which RELION does not take: link the folder into the "
                + "project, as `ln -s FOLDER Movies`, and give --movie-folder Movies." : nil
    }

    func validate() throws {
        if let sphericalAberration, !(0...100).contains(sphericalAberration) {
            throw ValidationError("--cs takes mm, 0 to 100, about 2.7, not \(sphericalAberration.text()).")
        }
        if let amplitudeContrast, !(0...1).contains(amplitudeContrast) {
            throw ValidationError(
                "--amplitude-contrast takes a share, 0 to 1, about 0.1, not \(amplitudeContrast.text()).")
        }
        if let pixelSize, !(pixelSize >= 0.01 && pixelSize <= 1000) {
            throw ValidationError("--pixel-size takes Angstrom, 0.01 to 1000, not \(pixelSize.text()).")
        }
        if let voltage, !(10...1000).contains(voltage) {
            throw ValidationError("--voltage takes kV, 10 to 1000, about 300, not \(voltage.text()).")
        }
        for (option, value) in [("--mtf", mtf), ("--movie-folder", movieFolder)] where value?.isEmpty == true {
            throw ValidationError("\(option) takes a name; this one is empty.")
        }
    }

    var values: MovieOptics {
        MovieOptics(
            sphericalAberration: sphericalAberration ?? AssumedAberration.usual,
            assumesAberration: sphericalAberration == nil, amplitudeContrast: amplitudeContrast ?? 0.1, mtfFile: mtf,
            pixelSize: pixelSize, voltage: voltage, folder: movieFolder, table: table ?? .movies,
            version: starVersion ?? .relion31)
    }
}
