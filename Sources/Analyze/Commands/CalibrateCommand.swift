import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import GRDB

struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Find how beam shift maps to the stage, and say how sure that is.",
        discussion: """
            The matrix is found from the hole map and the template in EPU's .dm files, from hole images and what EPU made of \
            them (centring), from the lattice of the foil, or from earlier sessions of the microscope; auto tries all and \
            checks the best against the others. Where nothing decides, the verdict is undetermined, and overlaps across \
            stage stops are then found only where any matrix would give them. A session keeps to a method or a pitch that \
            you give until you calibrate it without them again.

            EXAMPLE
              epu-analyze calibrate --db archive.db
            """)

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var sessions: SessionOptions

    @Option(help: "Which way: \(MethodChoice.list).")
    var method = MethodChoice.auto

    @OptionGroup var foil: FoilOptions

    @Flag(
        help: """
            Number the optics groups again, from 1 in the order of first acquisition. Numbers that were given stay \
            otherwise: STAR files that have them no longer agree with the archive.
            """)
    var renumberOptics = false

    @OptionGroup var quiet: QuietOptions
    @OptionGroup var output: JSONOptions

    func run() throws {
        let archive = try Archive(archive.path, access: .write)
        let selected = try archive.read { db in
            try SessionRow.withExposures(db, names: sessions.names)
        }
        let pitch = foil.pitch
        let reading = SessionReading()
        var found: [Int64: CalibrationReport] = [:]
        try CalibrationRun.settle(selected, in: archive) { session in
            found[session.sessionID] =
                try SessionCalibration(
                    session, reading, in: archive, method: method.method, pitch: pitch,
                    renumbersOptics: renumberOptics
                ).report
        }
        let reports = selected.compactMap { found[$0.sessionID] }
        if output.json {
            try Console.result(json: reports)
        } else {
            quiet.result(reports.map(\.text).joined(separator: "\n\n"))
        }
    }
}
