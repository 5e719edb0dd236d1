import ArgumentParser
import EPUCore

/// The options for the foil's pitch, where the user knows it.
struct FoilOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: "The foil's pitch, centre to centre, um, where EPU's files do not have it.")
    var holeSpacing: Double?

    @Option(help: "The foil by its name, as R1.2/1.3: hole and bar, um.")
    var grid: String?

    /// The pitch that was given, um; nil: none was.
    var pitch: Double? { holeSpacing ?? grid.flatMap(Self.pitch) }

    func validate() throws {
        guard holeSpacing == nil || grid == nil else {
            throw ValidationError("--hole-spacing and --grid exclude each other: give one.")
        }
        if let holeSpacing, !FoilLattice.plausiblePitches.contains(holeSpacing) {
            throw ValidationError("--hole-spacing takes a pitch of 0.1 to 100 um, not \(holeSpacing.text()).")
        }
        if let grid, Self.pitch(grid) == nil {
            throw ValidationError("--grid takes a foil's name as R1.2/1.3, not \(grid).")
        }
    }

    /// The pitch of a foil such as `R2/1`, um: the sum of hole and bar, here 3.
    private static func pitch(_ name: String) -> Double? {
        let parts = name.drop { $0 == "R" || $0 == "r" }.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let hole = Double(parts[0]), let bar = Double(parts[1]), hole > 0, bar > 0,
            FoilLattice.plausiblePitches.contains(hole + bar)
        else { return nil }
        return hole + bar
    }
}
