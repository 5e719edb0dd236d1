import EPUShared

/// What a STAR file of movies says of the optics beyond what EPU records.
struct MovieOptics {
    /// mm
    let sphericalAberration: Double
    let amplitudeContrast: Double
    /// As RELION is to find it.
    let mtfFile: String?
    /// Angstrom; nil: as EPU recorded it.
    let pixelSize: Double?
    /// Of the movies, in place of --raw-data or before their names.
    let folder: String?
}

/// A session's movies with their optics groups: for RELION as STAR files, for CryoSPARC as a table and lists.
struct MovieGroups {
    struct Written: Encodable {
        let session: String
        let analysisID: Int64
        let folder: String
        let movies: Int
        let opticsGroups: Int
        let keep: Int
        let bad: Int
        let notJudged: Int
        let withoutPosition: Int
        /// Base names of movies that --raw-data does not hold: in none of the files.
        let missingMovies: [String]

        enum CodingKeys: String, CodingKey {
            case session
            case analysisID = "analysisId"
            case folder, movies, opticsGroups, keep, bad, notJudged, withoutPosition, missingMovies
        }

        var text: String {
            var lines = [
                "\(session): \(counted(movies, "movie")) in \(counted(opticsGroups, "optics group")), \(keep) to keep, "
                    + "\(bad) bad (analysis \(analysisID)), in \(folder)"
            ]
            if notJudged > 0 { lines.append("  \(notJudged) not judged: neither to keep nor bad") }
            if !missingMovies.isEmpty {
                lines.append("  \(counted(missingMovies.count, "movie")) not found below --raw-data, and left out:")
                lines += missingMovies.prefix(5).map { "    " + $0 }
                if missingMovies.count > 5 {
                    lines.append("    and \(missingMovies.count - 5) more, all in missing_movies.txt")
                }
            }
            return lines.joined(separator: "\n")
        }
    }

    let choice: AnalysisChoice
    let optics: MovieOptics
    let movies: MovieNames

    private struct Movie {
        let path: String
        let group: Int
        let isBad: Bool?
    }

    /// - Throws: `Failure` where the pixel size or voltage is not known, or a file cannot be written.
    func write(_ session: OpticsSession, below out: String) throws -> Written {
        let folder = out + "/" + session.session.folderName
        let present = session.exposures.filter { !movies.isMissing($0.name) }
        let missing = session.exposures.filter { movies.isMissing($0.name) }.map(\.name).sorted()
        let rows = present.map { exposure in
            Movie(path: path(of: exposure), group: exposure.group, isBad: exposure.isBad)
        }
        let table = try opticsTable(session).text
        try writeStar(folder + "/movies.star", table, rows)
        try writeStar(folder + "/movies_keep.star", table, rows.filter { $0.isBad == false })
        try writeStar(folder + "/movies_bad.star", table, rows.filter { $0.isBad == true })
        let groups = ExposureGroups(movies: rows.map { ($0.path, $0.group, $0.isBad) }, groups: session.groups.count)
        try groups.write(to: folder)
        var list = try OutputFile(folder + "/missing_movies.txt")
        for name in missing { try list.write(name + "\n") }
        try list.commit()
        return Written(
            session: session.session.name, analysisID: choice.analysisID, folder: folder, movies: rows.count,
            opticsGroups: session.groups.count, keep: rows.count { $0.isBad == false },
            bad: rows.count { $0.isBad == true }, notJudged: rows.count { $0.isBad == nil },
            withoutPosition: session.withoutPosition, missingMovies: missing)
    }

    private func path(of exposure: OpticsSession.Exposure) -> String {
        let start = optics.folder.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
        if let found = movies.path(of: exposure.name), let root = movies.index?.folder {
            return start.map { $0 + found.dropFirst(root.hasSuffix("/") ? root.count : root.count + 1) } ?? found
        }
        return (start ?? "")
            + movies.expected(exposure.name, fractionation: exposure.fractionation, camera: exposure.camera)
    }

    private func opticsTable(_ session: OpticsSession) throws -> StarLoop {
        var loop = StarLoop(
            block: "optics",
            labels: ["_rlnOpticsGroupName", "_rlnOpticsGroup"] + (optics.mtfFile == nil ? [] : ["_rlnMtfFileName"])
                + [
                    "_rlnMicrographOriginalPixelSize", "_rlnVoltage", "_rlnSphericalAberration",
                    "_rlnAmplitudeContrast",
                ])
        for (index, group) in session.groups.enumerated() {
            guard let pixelSize = optics.pixelSize ?? group.pixelSize else {
                throw Failure("\(session.session.name) records no pixel size: give it with --pixel-size, Angstrom.")
            }
            guard let highTension = group.highTension else {
                throw Failure("\(session.session.name) records no voltage, without which RELION takes no optics group.")
            }
            let numbers = [pixelSize, highTension, optics.sphericalAberration, optics.amplitudeContrast]
            loop.rows.append(
                [try StarText.quoted(group.name), "\(index + 1)"]
                    + (try optics.mtfFile.map { [try StarText.quoted($0)] } ?? [])
                    + numbers.map { $0.text(decimals: 6) })
        }
        return loop
    }

    private func writeStar(_ path: String, _ optics: String, _ movies: [Movie]) throws {
        var loop = StarLoop(block: "movies", labels: ["_rlnMicrographMovieName", "_rlnOpticsGroup"])
        loop.rows = try movies.map { [try StarText.quoted($0.path), "\($0.group)"] }
        var file = try OutputFile(path)
        try file.write(optics + loop.text)
        try file.commit()
    }
}
