import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import GRDB

/// The options for how beam shift is taken to the stage: by each session's own calibration, or by what the user gives.
struct PlacingOptions: ParsableArguments {
    @Option(
        parsing: .unconditional, help: "Scale without rotation or mirror, um per beam-shift unit, as find_dupl has it.")
    var k: Double?

    @Option(
        parsing: .unconditional, help: "Beam shift to stage, um per beam-shift unit, as M11,M12,M21,M22 (row by row).")
    var matrix: MatrixArgument?

    @Option(help: "A calibration of the archive, by its id in the view calibrations.")
    var calibration: Int64?

    @OptionGroup var foil: FoilOptions

    func validate() throws {
        let given = [k != nil, matrix != nil, calibration != nil].count { $0 }
        guard given <= 1 else {
            throw ValidationError("--k, --matrix and --calibration exclude each other: give one.")
        }
        if let k, !(k > 0 && k <= Matrix2.greatestScale) {
            throw ValidationError("--k takes um per beam-shift unit, about 25, not \(k.text()).")
        }
        _ = try matrix?.matrix()
    }

    /// Whether the archive's own calibrations are used.
    var usesOwn: Bool { k == nil && matrix == nil && calibration == nil }

    func warn() {
        if let k, !isPlausibleScale(k) {
            Console.message("Warning: k = \(k.text()) is outside 15 to 40, where microscopes lie.")
        }
    }

    /// The calibration source that the options ask for.
    func source() throws -> CalibrationSource {
        let given = try matrix?.matrix() ?? k.map { Matrix2(scale: $0) }
        let choice = calibration.map(CalibrationSource.Choice.stored) ?? given.map(CalibrationSource.Choice.given)
        return CalibrationSource(choice ?? .own, pitch: foil.pitch)
    }

    /// - Throws: `ValidationError` where the calibration that was asked for does not exist, or is not for these sessions.
    func check(_ sessions: [SessionRow], _ db: Database) throws {
        if let refusal = try source().refusal(of: sessions, db) { throw ValidationError(refusal) }
    }
}
