import EPUArchive
import EPUCore

/// What a STAR file of movies says of the optics beyond what EPU records.
struct MovieOptics {
    /// The spherical aberration, mm.
    let sphericalAberration: Double
    /// Whether the spherical aberration is assumed, because the user gave none.
    let assumesAberration: Bool
    let amplitudeContrast: Double
    /// The path of the MTF file, as RELION is to find it; nil if none is given.
    let mtfFile: String?
    /// The pixel size, Angstrom; nil means the one that EPU recorded.
    let pixelSize: Double?
    /// The voltage, kV; nil means the one that EPU recorded.
    let voltage: Double?
    /// The folder of the movies, which replaces the folder of --raw-data or stands before the names.
    let folder: String?
    let table: MovieTable
    let version: StarVersion

    /// The `data_optics` of a session's groups.
    /// - Throws: `Failure` if the pixel size or voltage of a group is not known, or if one is given for several that differ.
    func table(of session: OpticsSession) throws -> StarLoop {
        let groups = session.groups
        let pixelSizes = try values(
            of: session, pixelSize, { $0.pixelSize }, "pixel size", "--pixel-size", "Angstrom")
        let voltages = try values(of: session, voltage, { $0.highTension }, "voltage", "--voltage", "kV")
        var loop = StarLoop(
            block: "optics",
            labels: ["_rlnOpticsGroupName", "_rlnOpticsGroup"] + (mtfFile == nil ? [] : ["_rlnMtfFileName"])
                + table.pixelSizeLabels + ["_rlnVoltage", "_rlnSphericalAberration", "_rlnAmplitudeContrast"])
        loop.rows = try groups.indices.map { index in
            let sizes = table.pixelSizeLabels.map { _ in pixelSizes[index] }
            let numbers = sizes + [voltages[index], sphericalAberration, amplitudeContrast]
            return [try StarText.quoted(groups[index].name), "\(index + 1)"]
                + (try mtfFile.map { [try StarText.quoted($0)] } ?? []) + numbers.map { $0.text(decimals: 6) }
        }
        return loop
    }

    /// The path at which a movie lies, or will lie in RELION's project, as `PathText`. It is only the name if no folder is known.
    /// - Parameter path: the path at which it was found, or its name.
    func path(of path: String, below rawData: RawData?) -> String {
        let start = folder.map { PathText.of($0.hasSuffix("/") ? $0 : $0 + "/") }
        if let rawData, path.hasPrefix("/") { return start.map { $0 + rawData.relative(path) } ?? path }
        return (start ?? "") + (path.utf8.split(separator: UInt8(ascii: "/")).last.map { Substring($0) } ?? "")
    }

    /// The value of each group, as it was given or recorded.
    private func values(
        of session: OpticsSession, _ given: Double?, _ recorded: (OpticsSession.Group) -> Double?, _ what: String,
        _ option: String, _ unit: String
    ) throws -> [Double] {
        let (name, groups) = (session.session.name, session.groups)
        if let given {
            let several = Set(groups.compactMap(recorded)).sorted()
            guard several.count < 2 else {
                let list = several.map { $0.text() }.joined(separator: ", ")
                throw Failure(
                    "\(name) records \(what)s of \(list) \(unit), of which \(option) would make one. Leave it out."
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
                "\(name) records no \(what) of \(names) (\(exposures)), which RELION needs: give it with \(option), \(unit)."
            )
        }
        return groups.compactMap(recorded)
    }
}
