import ArgumentParser
import EPUCore

/// Values of the optics that EPU does not record, or that users know better.
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
            "Folder to put before the movies' names, as seen from RELION's project; with --raw-data in place of that folder.",
            valueName: "dir"))
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

    /// A warning of paths that RELION will not accept; nil if there are none.
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
