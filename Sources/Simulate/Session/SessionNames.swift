import EPUCore

/// The names of folders and files.
struct SessionNames: Sendable {
    private let options: SimulationOptions
    private let format: EPUFormat
    private let model: SimulationModel
    /// The last component of the output folder's path.
    private let folder: String

    init(options: SimulationOptions, model: SimulationModel, folder: String) {
        self.options = options
        format = options.instrument.format
        self.model = model
        self.folder = folder
    }

    func folder(of session: SimulatedSession) -> String { session.index == 0 ? folder : folder + "-second" }

    func holeID(of exposure: SimulatedExposure) -> Int {
        model.sessions[exposure.session].holeID(square: exposure.square, hole: exposure.hole)
    }

    func areaID(of exposure: SimulatedExposure) -> Int {
        model.sessions[exposure.session].template.areas[exposure.area].id
    }

    func settingID(ofArea area: Int) -> Int { area + format.settingStep }

    /// The base name, `FoilHole_<hole>_Data_<area>_<n>_<date>_<time>`; the third number is the rank in the cluster where
    /// EPU clusters and, from 3.9 on, names it; if not, it is the acquisition setting.
    func base(of exposure: SimulatedExposure) -> String {
        let area = areaID(of: exposure)
        let usesRank = format.namesRank && model.sessions[exposure.session].isClustered
        return "FoilHole_\(holeID(of: exposure))_Data_\(area)_\(usesRank ? exposure.rank : settingID(ofArea: area))_"
            + time(exposure.named)
    }

    func base(of image: SimulatedHoleImage, session: SimulatedSession) -> String {
        "FoilHole_\(session.holeID(square: image.square, hole: image.hole))_" + time(image.named)
    }

    func base(of image: SquareImage) -> String { "GridSquare_" + time(image.named) }

    /// The path of a grid square's folder, below the session's folder.
    func squareFolder(_ square: Int, of session: SimulatedSession) -> String {
        "Images-Disc1/GridSquare_\(session.squareIDs[square])"
    }

    /// The path on the microscope PC, where the session was written first.
    func windowsPath(of session: SimulatedSession) -> String { "Z:\\DoseFractions\\simulated\\" + folder(of: session) }

    func atlasPath(of session: SimulatedSession) -> String {
        let own = session.index > 0 && options.secondAtlas ? "-second" : ""
        return "Z:\\DoseFractions\\simulated\\atlas_\(options.seed)\(own)\\Sample1\\Atlas\\Atlas.dm"
    }

    private func time(_ instant: Timestamp) -> String {
        let time = nameTime(LocalTime(instant: instant, utcOffsetMinutes: options.utcOffsetMinutes))
        return format.namesSeconds ? time : String(time.dropLast(2))
    }
}
