/// The text of an image's XML, element by element in EPU's order, with gaps for what differs between images.
struct ImageTemplate {
    let style: InstrumentStyle
    let kind: ImageKind
    var format: EPUFormat { style.format }
    var camera: Camera { style.camera }
    var preset: InstrumentStyle.Preset { style.preset(kind) }

    static func template(style: InstrumentStyle, kind: ImageKind, form: XMLForm) -> XMLTemplate {
        XMLTemplate(form.written(ImageTemplate(style: style, kind: kind).text))
    }

    private var text: String {
        element(
            "MicroscopeImage", "xmlns=\"\(Namespace.sharedObjects)\" " + declaration("i", Namespace.instance),
            element("name", "", "Empty") + element("uniqueID", "", "{uniqueID}")
                + element("CustomData", declaration("a", Namespace.arrays), customData.map(entry).joined())
                + nilElement("IntensityScale") + referenceTransformation + spatialScale
                + element(
                    "microscopeData", "",
                    acquisition + core + gun + instrument + optics + sample + stage + vacuum))
    }

    // MARK: - Scale

    static let metreUnit = element(
        "unit", declaration("a", Namespace.commonTypes),
        element("a:_x003C_PrefixExponent_x003E_k__BackingField", "", "1")
            + element("a:_x003C_Symbol_x003E_k__BackingField", "", "m"))

    private var referenceTransformation: String {
        let entries = ["m11", "m12", "m21", "m22"].map { element("a:_\($0)", "", "{\($0)}") }.joined()
        return element(
            "ReferenceTransformation", "",
            element(
                "matrix", declaration("a", Namespace.media),
                entries + ["offsetX", "offsetY", "padding"].map { element("a:_\($0)", "", "0") }.joined()
                    + element("a:_type", "", "TRANSFORM_IS_UNKNOWN")) + Self.metreUnit)
    }

    private var spatialScale: String {
        func pair(_ name: String, _ value: String) -> String {
            let number = element("numericValue", "", value) + Self.metreUnit
            return element(name, "", element("x", "", number) + element("y", "", number))
        }
        return element("SpatialScale", "", pair("offset", "0") + pair("pixelSize", "{pixelSize}"))
    }

    // MARK: - microscopeData

    private func pair(_ name: String, _ namespace: String, _ first: (String, String), _ second: (String, String))
        -> String
    {
        element(
            name, declaration("a", namespace),
            element("a:\(first.0)", "", first.1) + element("a:\(second.0)", "", second.1))
    }

    private func shift(_ name: String, _ x: String = "0", _ y: String = "0") -> String {
        pair(name, Namespace.types, ("_x", x), ("_y", y))
    }

    private func rectangle(_ name: String, width: Int, height: Int) -> String {
        element(
            name, declaration("a", Namespace.drawing),
            element("a:height", "", String(height)) + element("a:width", "", String(width))
                + element("a:x", "", "0") + element("a:y", "", "0"))
    }

    private func plain(_ pairs: KeyValuePairs<String, String>) -> String {
        pairs.map { element($0.key, "", $0.value) }.joined()
    }

    private var acquisition: String {
        let binning = String(preset.binning)
        let fixedReadout = format.has(.cameraReadoutArea) ? element("FixedReadoutArea", "", "Full") : ""
        let contents =
            pair("Binning", Namespace.drawing, ("x", binning), ("y", binning))
            + element("CameraLocation", "", camera.location)
            + element(
                "CameraSpecificInput", declaration("a", Namespace.arrays), cameraInput.map(entry).joined())
            + plain(["DarkGainCorrection": "None", "ExposureTime": epuNumber(preset.exposureSeconds)]) + fixedReadout
            + plain([
                "Inserted": "true", "Name": camera.name, "PreExposurePauseTime": "0", "PreExposureSupported": "false",
                "PreExposureTime": "0",
            ]) + rectangle("ReadoutArea", width: preset.width, height: preset.height)
            + element("Shutter", "", "PreSpecimen")
        let scan =
            element("DwellTime", "", "0") + nilElement("ReducedArea", declaration("a", Namespace.drawing))
            + pair("Resolution", Namespace.drawing, ("height", "0"), ("width", "0"))
            + rectangle("ScanArea", width: 0, height: 0) + element("ScanRotation", "", "0")
        let detector =
            element("DetectorType", "", "SecondaryElectrons") + nilElement("Gain")
            + element("Inserted", "", "false") + nilElement("Name") + nilElement("Offset")
        return element(
            "acquisition", "",
            element("acquisitionDateTime", "", "{acquired}") + "<analyticalDetectors/>"
                + element("camera", "", contents)
                + element("plateCamera", "", plain(["ExposureTime": "0", "Use": "false"]))
                + element("scanSettings", "", scan) + element("scanningDetector", "", detector))
    }

    private var core: String {
        element(
            "core", "",
            plain([
                "ApplicationSoftware": format.application, "ApplicationSoftwareVersion": format.softwareVersion,
                "Guid": "{guid}",
            ]))
    }

    private var gun: String {
        func setting(_ name: String, _ value: String) -> String {
            format.has(.gunSettings) ? element(name, "", value) : nilElement(name)
        }
        return element(
            "gun", "",
            element("AccelerationVoltage", "", "300000") + setting("ExtractorVoltage", style.gun.extractorVoltage)
                + nilElement("Filament") + setting("GunLens", style.gun.lens)
                + element("Sourcetype", "", "FieldEmission") + nilElement("WehneltBias"))
    }

    private var instrument: String {
        element(
            "instrument", "",
            nilElement("AcquisitionSoftware") + nilElement("AcquisitionSoftwareVersion")
                + plain([
                    "ComputerName": style.computerName, "InstrumentID": "{instrumentID}",
                    "InstrumentModel": style.computerName,
                ]))
    }

    private var energyFilter: String {
        guard camera.isFiltered else { return nilElement("EnergyFilter") }
        return element(
            "EnergyFilter", "",
            plain([
                "AccelerationVoltageOffset": "0", "DriftTubeVoltage": "0",
                "EnergySelectionSlitInserted": kind == .data ? "true" : "false", "EnergySelectionSlitWidth": "20",
                "EnergyShift": "-0",
            ]) + nilElement("EntranceApertureDiameter") + nilElement("EntranceApertureType"))
    }

    private var optics: String {
        let low = kind == .square
        return element(
            "optics", "",
            (format.has(.apertures) ? nilElement("Apertures") : "") + nilElement("BeamConvergence")
                + element("BeamDiameter", "", "{beamDiameter}")
                + shift("BeamShift", "{beamShiftX}", "{beamShiftY}")
                + shift("BeamTilt", low ? "0.0229" : "0.00563613697886467", low ? "-0.0418" : "0.026289083063602448")
                + plain([
                    "Cameralength": "0", "ColumnOperatingMode": "TEM", "ColumnOperatingTemSubMode": "BrightField",
                ]) + shift("CondenserStigmator") + plain(["Defocus": "{defocus}", "DiffractionFocus": "0"])
                + shift("DiffractionShift") + shift("DiffractionStigmator")
                + element("EFTEMOn", "", camera.isFiltered ? "true" : "false") + energyFilter
                + element("Focus", "", "{focus}") + nilElement("GunStigmator", declaration("a", Namespace.types))
                + element("IlluminationMode", "", "Parallel") + nilElement("IlluminationProbeSubMode")
                + imageShift
                + plain([
                    "Intensity": format.intensity, "ObjectiveLensMode": low ? "LM" : "HM",
                ]) + shift("ObjectiveStigmator")
                + plain([
                    "ProbeMode": low ? "MicroProbe" : "NanoProbe", "ProjectorMode": "Imaging",
                    "SpotIndex": style.spotIndex, "StemDefocus": "0",
                ]) + nilElement("StemFieldOfView") + nilElement("StemMagnification")
                + element("TemMagnification", "", element("NominalMagnification", "", String(preset.magnification)))
                + (format.has(.xlMode) ? element("XLModeOn", "", "false") : ""))
    }

    /// The image shift: zero in Data images; in others it aligns the presets with each other.
    private var imageShift: String {
        switch kind {
        case .data: shift("ImageShift")
        case .hole: shift("ImageShift", "0.0012090984964743257", "0.00067118339939042926")
        case .square: shift("ImageShift", "-0.00919640064239502", "-0.0034687223378568888")
        }
    }

    private var sample: String { element("sample", "", nilElement("Description") + nilElement("ID")) }

    private var stage: String {
        let axes =
            ["A": "{stageA}", "B": "0.0168283325", "X": "{stageX}", "Y": "{stageY}", "Z": "{stageZ}"] as KeyValuePairs
        return element(
            "stage", "",
            element("Holder", "", "Unspecified") + element("Position", "", plain(axes))
                + element("SampleLoader", "", "None"))
    }

    private var vacuum: String {
        element(
            "vacuum", "", plain(["ProjectionChamberPressure": "0", "SamplePressure": "0", "VacuumMode": "Ready"]))
    }
}
