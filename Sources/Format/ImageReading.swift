import EPUCore

extension ImageMetadata {
    /// The years that a time may have: .NET writes the year 1 for "no date".
    private static let epuYears =
        Timestamp(
            ticks: 631_152_000 * Timestamp.ticksPerSecond)..<Timestamp(ticks: 4_102_444_800 * Timestamp.ticksPerSecond)

    /// - Throws: `Unusable` where the document is not that of an image.
    public init(_ root: XMLElement) throws(Unusable) {
        guard root.isNamed("MicroscopeImage") else {
            throw Unusable(
                status: .malformed, reason: "its root is <\(root.name)>, not the <MicroscopeImage> of an EPU image")
        }
        self.init()
        var hasScale = false
        var hasMicroscope = false
        // One walk over each element's children: these files come by the million. The first of two counts.
        for part in root.children {
            if part.isNamed("uniqueID") {
                uniqueID = uniqueID ?? part.text
            } else if part.isNamed("ReferenceTransformation") {
                imageToStage = imageToStage ?? part["matrix"]?.matrix(times: 1e6)
            } else if !hasScale, part.isNamed("SpatialScale"), let size = part["pixelSize"] {
                hasScale = true
                pixelSizeA = size["x"]?["numericValue"]?.positive(times: 1e10)
                pixelSizeYA = size["y"]?["numericValue"]?.positive(times: 1e10)
            } else if !hasMicroscope, part.isNamed("microscopeData") {
                hasMicroscope = true
                read(microscope: part)
            }
        }
        if let values = root["CustomData"] { read(custom: values) }
    }

    private mutating func read(microscope: XMLElement) {
        if let core = microscope["core"] {
            software = core["ApplicationSoftware"]?.text
            epuVersion = core["ApplicationSoftwareVersion"]?.text
            coreGuid = core["Guid"]?.text
        }
        if let instrument = microscope["instrument"] {
            instrumentID = instrument["InstrumentID"]?.text
            instrumentModel = instrument["InstrumentModel"]?.text
            computerName = instrument["ComputerName"]?.text
        }
        highTensionKV = microscope["gun"]?["AccelerationVoltage"]?.positive(times: 1e-3)
        if let position = microscope["stage"]?["Position"] {
            stage = position.pair("X", "Y", times: 1e6)
            stageZUm = position["Z"]?.number(times: 1e6)
            stageAlphaDeg = position["A"]?.number(times: 180 / .pi)
            stageBetaDeg = position["B"]?.number(times: 180 / .pi)
        }
        if let optics = microscope["optics"] { read(optics: optics) }
        if let acquisition = microscope["acquisition"] {
            acquired = acquisition["acquisitionDateTime"]?.time
                .flatMap { $0.utcOffsetMinutes != nil && Self.epuYears.contains($0.instant) ? $0 : nil }
            camera = acquisition["camera"].map { CameraMetadata($0) }
        }
    }

    private mutating func read(optics: XMLElement) {
        beamShift = optics["BeamShift"]?.pair("_x", "_y")
        imageShift = optics["ImageShift"]?.pair("_x", "_y")
        beamTilt = optics["BeamTilt"]?.pair("_x", "_y")
        beamDiameterUm = optics["BeamDiameter"]?.positive(times: 1e6)
        spotIndex = optics["SpotIndex"]?.integer
        probeMode = optics["ProbeMode"]?.text
        intensity = optics["Intensity"]?.positive()
        defocusUm = optics["Defocus"]?.number(times: 1e6)
        magnification = optics["TemMagnification"]?["NominalMagnification"]?.number.flatMap { Int64(exactly: $0) }
        objectiveLensMode = optics["ObjectiveLensMode"]?.text
        illuminationMode = optics["IlluminationMode"]?.text
        projectorMode = optics["ProjectorMode"]?.text
        columnMode = optics["ColumnOperatingMode"]?.text
        xlMode = optics["XLModeOn"]?.flag
        eftem = optics["EFTEMOn"]?.flag
        guard let filter = optics["EnergyFilter"] else { return }
        slitInserted = filter["EnergySelectionSlitInserted"]?.flag
        slitWidthEV = filter["EnergySelectionSlitWidth"]?.number
        energyShiftEV = filter["EnergyShift"]?.number
    }
}

extension XMLElement {
    /// The four numbers of a .NET matrix, times `factor`; nil where one is missing.
    func matrix(times factor: Double) -> Matrix2? {
        guard let m11 = self["_m11"]?.number(times: factor), let m12 = self["_m12"]?.number(times: factor),
            let m21 = self["_m21"]?.number(times: factor), let m22 = self["_m22"]?.number(times: factor)
        else { return nil }
        return Matrix2(m11, m12, m21, m22)
    }
}
