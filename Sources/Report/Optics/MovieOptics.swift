import EPUShared
import Foundation

/// What a STAR file of movies says of the optics beyond what EPU records.
struct MovieOptics {
    /// mm
    let sphericalAberration: Double
    let amplitudeContrast: Double
    /// As RELION is to find it.
    let mtfFile: String?
    /// Angstrom; nil: as EPU recorded it.
    let pixelSize: Double?
    /// kV; nil: as EPU recorded it.
    let voltage: Double?
    /// Of the movies, in place of --raw-data or before their names.
    let folder: String?

    /// The table of a session's groups, numbered from 1.
    /// - Throws: `Failure` where the pixel size or voltage of a group is not known, or is given for several that differ.
    func table(_ groups: some Collection<OpticsSession.Group>, of session: SessionRow) throws -> StarLoop {
        let pixelSizes = try values(
            groups, of: session, pixelSize, { $0.pixelSize }, "pixel size", "--pixel-size", "Angstrom")
        let voltages = try values(groups, of: session, voltage, { $0.highTension }, "voltage", "--voltage", "kV")
        var loop = StarLoop(
            block: "optics",
            labels: ["_rlnOpticsGroupName", "_rlnOpticsGroup"] + (mtfFile == nil ? [] : ["_rlnMtfFileName"])
                + [
                    "_rlnMicrographOriginalPixelSize", "_rlnVoltage", "_rlnSphericalAberration",
                    "_rlnAmplitudeContrast",
                ])
        for (index, group) in groups.enumerated() {
            let numbers = [pixelSizes[index], voltages[index], sphericalAberration, amplitudeContrast]
            loop.rows.append(
                [try StarText.quoted(group.name), "\(index + 1)"]
                    + (try mtfFile.map { [try StarText.quoted($0)] } ?? []) + numbers.map { $0.text(decimals: 6) })
        }
        return loop
    }

    /// Where a movie is, or will be in RELION's project; as `PathText`.
    func path(of exposure: OpticsSession.Exposure, _ movies: MovieNames) -> String {
        let start = folder.map { PathText.of($0.hasSuffix("/") ? $0 : $0 + "/") }
        if let found = movies.path(of: exposure.name), let root = movies.index?.folder {
            return start.map { $0 + found.dropFirst(root.hasSuffix("/") ? root.count : root.count + 1) } ?? found
        }
        let name = movies.expected(exposure.name, fractionation: exposure.fractionation, camera: exposure.camera)
        return (start ?? "") + PathText.of(name)
    }

    /// Of each group, as it was given or recorded.
    private func values(
        _ groups: some Collection<OpticsSession.Group>, of session: SessionRow, _ given: Double?,
        _ recorded: (OpticsSession.Group) -> Double?, _ what: String, _ option: String, _ unit: String
    ) throws -> [Double] {
        if let given {
            let several = Set(groups.compactMap(recorded)).sorted()
            guard several.count < 2 else {
                let list = several.map { $0.text() }.joined(separator: ", ")
                throw Failure(
                    "\(session.name) records \(what)s of \(list) \(unit), of which \(option) would make one. Leave it out."
                )
            }
            return groups.map { _ in given }
        }
        let without = groups.filter { recorded($0) == nil }
        guard without.isEmpty else {
            let names =
                without.prefix(3).map(\.name).joined(separator: ", ")
                + (without.count > 3 ? " and \(without.count - 3) more" : "")
            let exposures = counted(without.reduce(0) { $0 + $1.exposures }, "exposure")
            throw Failure(
                "\(session.name) records no \(what) of \(names) (\(exposures)): give it with \(option), \(unit).")
        }
        return groups.compactMap(recorded)
    }
}
