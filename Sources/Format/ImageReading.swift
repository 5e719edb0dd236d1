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

    /// Reads CustomData. The first of two equal keys counts, as everywhere.
    private mutating func read(custom values: XMLElement) {
        var seen: Set<String> = []
        for entry in values.children {
            guard let name = entry["Key"], let value = entry["Value"], !take(name, value),
                let key = name.text, seen.insert(key).inserted
            else { continue }
            custom.append(CustomValue(key: key, type: value.type, value: value.text))
        }
    }

    /// Whether the key has a field, and the value is what the field holds.
    private mutating func take(_ key: XMLElement, _ value: XMLElement) -> Bool {
        if key.textStarts(with: "Aperture[") {
            if key.hasText("Aperture[C1].Name") { return value.fills(&apertureC1, value.text) }
            if key.hasText("Aperture[C2].Name") { return value.fills(&apertureC2, value.text) }
            if key.hasText("Aperture[C3].Name") { return value.fills(&apertureC3, value.text) }
            if key.hasText("Aperture[OBJ].Name") { return value.fills(&apertureObjective, value.text) }
            if key.hasText("Aperture[SA].Name") { return value.fills(&apertureSA, value.text) }
            return false
        }
        if key.textStarts(with: "Detectors[") { return take(detectorKey: key, value) }
        if key.hasText("AppliedDefocus") { return value.fills(&appliedDefocusUm, value.number(times: 1e6)) }
        // The value is in electrons per square metre.
        if key.hasText("Dose") { return value.fills(&doseEPerA2, value.positive(times: 1e-20)) }
        if key.hasText("DoseOnCamera") { return value.fills(&doseOnCameraEPerPx, value.positive()) }
        if key.hasText("DoseRate") { return value.fills(&doseRateEPerPxS, value.positive()) }
        if key.hasText("IlluminationIntensity") { return value.fills(&illuminationIntensity, value.positive()) }
        if key.hasText("DetectorCommercialName") { return value.fills(&commercialName, value.text) }
        // The value is the camera's own name, which its element has as well.
        if key.hasText("BinaryResult.Detector") { return camera?.name == value.text }
        if key.hasText("StemMagnification") { return value.fills(&stem, value.flag) }
        if key.hasText("PhasePlateUsed") { return value.fills(&phasePlate, value.flag) }
        if key.hasText("PhasePlateApertureName") { return value.fills(&phasePlateAperture, value.text) }
        if key.hasText("PhasePlatePosition") { return value.fills(&phasePlatePosition, value.integer) }
        // The value is in amperes.
        if key.hasText("BeamCurrent") { return value.fills(&beamCurrentNA, value.number(times: 1e9)) }
        if key.hasText("CFEGFlashTimeStamp") { return value.fills(&gunFlash, value.text) }
        if key.hasText("FindFoilHoleCenterResults") {
            return value.fills(&foundHole, FoundHole(value))
        }
        return false
    }

    /// Takes `Detectors[EF-Falcon].FrameRate` and the like, but only those of the camera that took the image.
    private mutating func take(detectorKey key: XMLElement, _ value: XMLElement) -> Bool {
        guard let text = key.text, let camera = camera?.name, text.hasPrefix("Detectors[\(camera)].") else {
            return false
        }
        switch text.dropFirst("Detectors[].".count + camera.count) {
        case "CommercialName": return value.fills(&detector.model, value.text)
        case "ElectronCounted": return value.fills(&detector.counted, value.flag)
        case "DoseRate": return value.fills(&detector.doseRateEPerPxS, value.positive())
        case "TotalDose": return value.fills(&detector.totalDoseEPerPx, value.positive())
        case "ExposureTime": return value.fills(&detector.exposureTimeS, value.positive())
        case "FrameRate": return value.fills(&detector.frameRateHz, value.positive())
        case "CameraSerialNumber": return value.fills(&detector.serialNumber, value.text)
        case "EerGainReference", "GainReference": return value.fills(&detector.gainReference, value.text)
        case "TimeStamp": return value.fills(&detector.timeUs, value.integer)
        default: return false
        }
    }
}

extension CameraMetadata {
    init(_ camera: XMLElement) {
        name = camera["Name"]?.text
        location = camera["CameraLocation"]?.text
        exposureTimeS = camera["ExposureTime"]?.number
        if let area = camera["ReadoutArea"] {
            readoutWidthPx = area["width"]?.integer
            readoutHeightPx = area["height"]?.integer
            readoutXPx = area["x"]?.integer
            readoutYPx = area["y"]?.integer
        }
        binning = camera["Binning"]?["x"]?.integer
        binningY = camera["Binning"]?["y"]?.integer
        guard let input = camera["CameraSpecificInput"] else { return }
        // Images have the entries themselves and write Key and Value, EpuSession.dm has KeyValuePairs, key and value.
        for entry in (input["KeyValuePairs"] ?? input).children {
            guard let key = entry["Key"] ?? entry["key"], let value = entry["Value"] ?? entry["value"] else { continue }
            if key.hasText("ElectronCountingEnabled") {
                counting = counting ?? value.flag
            } else if key.hasText("SuperResolutionFactor") {
                superResolution = superResolution ?? value.integer
            } else if key.hasText("FractionationSettings"), fractionation == nil {
                read(fractionation: value)
            }
        }
    }

    private mutating func read(fractionation settings: XMLElement) {
        guard let type = settings.type else { return }
        fractionation = type.hasSuffix("Fractionation") ? String(type.dropLast("Fractionation".count)) : type
        // Sic: EPU spells it with a lower-case f.
        fractions = settings["NumberOffractions"]?.integer
        guard let definitions = settings["DoseFractions"]?.entries else { return }
        fractions = fractions ?? Int64(definitions.reduce(0) { count, _ in count + 1 })
        cameraFrames = definitions.compactMap { $0["EndFrameNumber"]?.integer }.max()
    }
}

extension FoundHole {
    fileprivate init?(_ found: XMLElement) {
        guard let center = found["Center"]?.pair("x", "y") else { return nil }
        self.init(
            centerPx: center, widthPx: found["Size"]?["width"]?.number, heightPx: found["Size"]?["height"]?.number,
            quality: found["Quality"]?.number, rotation: found["Rotation"]?.number, shear: found["Shear"]?.number)
    }
}

extension XMLElement {
    /// Fills a field with what was read from this element, unless an earlier one did.
    /// - Returns: False where the element has something that is no such value: that is kept as text.
    fileprivate func fills<T>(_ field: inout T?, _ value: T?) -> Bool {
        field = field ?? value
        return value != nil || text == nil || number == 0
    }

    /// The four numbers of a .NET matrix, times `factor`; nil where one is missing.
    func matrix(times factor: Double) -> Matrix2? {
        guard let m11 = self["_m11"]?.number(times: factor), let m12 = self["_m12"]?.number(times: factor),
            let m21 = self["_m21"]?.number(times: factor), let m22 = self["_m22"]?.number(times: factor)
        else { return nil }
        return Matrix2(m11, m12, m21, m22)
    }
}
