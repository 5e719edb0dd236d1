/// What EPU adds to an image as keys and values, without a place of their own in the schema.
extension ImageMetadata {
    /// Reads CustomData. The first of two equal keys counts, as everywhere.
    mutating func read(custom values: XMLElement) {
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
        // Amperes.
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
}
