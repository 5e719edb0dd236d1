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
