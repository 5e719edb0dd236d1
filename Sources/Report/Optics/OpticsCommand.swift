import ArgumentParser
import EPUShared
import Foundation
import GRDB

struct OpticsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "optics",
        abstract: "Write optics groups by AFIS position: for RELION as STAR files, for CryoSPARC as lists.",
        discussion: """
            Each position that AFIS visits is an optics group. Numbers stay when a session grows (`epu-analyze calibrate \
            --renumber-optics` gives new ones). For each session, in DIR/SESSION: movies.star for RELION 3.1 and later, \
            movies_keep.star and movies_bad.star, and for CryoSPARC exposure_groups.csv (path, exposure group, keep) \
            and exposure_groups/exposure_group_N_keep.txt and _bad.txt. Movies whose position is not known have no \
            number: they are in movies_unplaced.star and exposure_group_unplaced_keep.txt and _bad.txt.

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
                "--star keeps names and optics as the files have them: --movie-suffix, --raw-data, --movie-folder, --cs, "
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
        let choices = try archive.read { try options.analysed($0) }
        let groups = try archive.read { db in
            try choices.map { try MovieGroups($0, optics.values, names, db) }
        }
        let folders = try choices.map { try AboutFolder(of: $0, below: place.out, command: "optics", archive) }
        for folder in folders { folder.warn() }
        for warning in groups.compactMap(\.session.warning) { Console.message("Warning: " + warning) }
        let written = try groups.map { try $0.write(below: place.out) }
        for folder in folders { try folder.write() }
        if output.json {
            try Console.result(json: written)
        } else {
            Console.result(written.map(\.text).joined(separator: "\n"))
        }
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
        for warning in occurring.flatMap({ [index.choices[$0]?.warning, index.sessions[$0].warning] }).compactMap({ $0 }
        ) {
            Console.message("Warning: " + warning)
        }
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
        help: ArgumentHelp("Spherical aberration, mm. Default: 2.7.", valueName: "mm"))
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

    var isGiven: Bool {
        sphericalAberration != nil || amplitudeContrast != nil || mtf != nil || pixelSize != nil || voltage != nil
            || movieFolder != nil
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
            sphericalAberration: sphericalAberration ?? 2.7, amplitudeContrast: amplitudeContrast ?? 0.1, mtfFile: mtf,
            pixelSize: pixelSize, voltage: voltage, folder: movieFolder)
    }
}
