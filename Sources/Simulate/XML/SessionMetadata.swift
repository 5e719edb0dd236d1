import EPUShared

/// `EpuSession.dm`: the session's settings, its template of areas, and the list of its grid squares.
///
/// EPU 3.9 writes it with all of this; EPU 2.6 has no smart selections, no grid type and no pixel size of the template,
/// but the foil's nominal dimensions.
struct SessionMetadata {
    private let options: SimulationOptions
    private let style: InstrumentStyle
    private let model: SimulationModel
    private let session: SimulatedSession
    private let names: SessionNames
    private var ids = SerializedIDs()
    private var isOld: Bool { style.isFalcon }

    static func text(
        of session: SimulatedSession, model: SimulationModel, options: SimulationOptions, names: SessionNames
    ) -> String {
        var metadata = SessionMetadata(options: options, model: model, session: session, names: names)
        return metadata.text()
    }

    private init(
        options: SimulationOptions, model: SimulationModel, session: SimulatedSession, names: SessionNames
    ) {
        self.options = options
        style = options.instrument
        self.model = model
        self.session = session
        self.names = names
    }

    private mutating func text() -> String {
        let root = "\(ids.attribute()) \(assembly("EpuSessionXml", version: style.assemblyVersion))"
        let name = names.folder(of: session).escapedForXML
        var text = identity(session.firstID) + flags(["AutoFocusEnabled", "AutoStageTimeEnabled"])
        if !isOld {
            text += flags(["AutoZeroLossEnabled"]) + element("AutoZeroLossPeriodicity", "", "PT1H")
            text += "<AutoloaderDescription \(ids.attribute())/>"
        }
        text += element("AutoloaderSlot", "", "1")
        text += element(
            "ClusteringMode", "", session.isClustered ? "ClusteringWithImageBeamShift" : "NoClustering")
        text += element(
            "ClusteringRadius", "", session.isClustered ? epuNumber(options.clusterRadius * 1e-6) : "0")
        text += element(
            "DoseFractionsOutputFormat", ids.attribute(),
            isOld ? "Gain normalized" : "Tiff Lzw Non-Gain normalized")
        text += flags(["EmailNotificationEnabled"]) + (isOld ? "" : flags(["EnableSmartHoleSelection"]))
        text += flags(["IceThicknessEnabled"]) + element("ImageFileFormat", "", "Mrc")
        text += element("IsManuallySelected", "", "true")
        text += nilElement("MicroscopeName")
        let nameID = ids.next()
        text += element("Name", "z:Id=\"\(nameID)\"", name)
        text += flags(["PhasePlateEnabled"]) + element("PhasePlatePeriodicity", "", "50")
        text += nilElement("RecipientsEmailList")
        text += samples()
        if !isOld {
            text += flags(["SkipGridSquareEnabled", "SmartFoilHoleFindingEnabled", "SmartGridSquareEnabled"])
        }
        // On the session itself in UTC, on its sample in the microscope's time.
        text += element(
            "StartDateTime", "",
            LocalTime(instant: session.start, utcOffsetMinutes: 0).epuText.replacing("+00:00", with: "Z"))
        text += storageFolders(nameID: nameID)
        if !isOld { text += element("TiltAngle", "", "0") + flags(["TiltedAcquisitionEnabled"]) }
        text += element(
            "Version", "\(ids.attribute()) \(declaration("a", Namespace.system))",
            element("a:_Build", "", "0") + element("a:_Major", "", isOld ? "1" : "3")
                + element("a:_Minor", "", "0") + element("a:_Revision", "", "0"))
        return element(
            "EpuSessionXml",
            "\(root) xmlns=\"\(Namespace.persistence)\" \(declaration("i", Namespace.instance)) "
                + declaration("z", Namespace.serialization), text)
    }

    private func flags(_ names: [String]) -> String { names.map { element($0, "", "false") }.joined() }

    // MARK: - The sample

    private mutating func samples() -> String {
        let samples = ids.attribute()
        let items = "\(ids.attribute()) z:Size=\"4\""
        let sampleID = ids.attribute()
        let start = LocalTime(instant: session.start, utcOffsetMinutes: options.utcOffsetMinutes).epuText
        var text = identity(session.firstID + 2)
        text += element("AtlasId", ids.attribute(), names.atlasPath.escapedForXML) + nilElement("EndDateTime")
        text += filterHoles()
        if !isOld { text += element("GridGeometry", "", "Square") }
        text += gridSquares()
        if !isOld { text += element("GridType", "", "HoleyCarbon") }
        if isOld {
            text += element("HoleSize", "", epuNumber(options.holeSize * 1e-6))
            text += element("HoleSpacing", "", epuNumber(options.pitch * 1e-6))
        }
        var presets = SessionPresets(style: style, beamDiameter: options.beamDiameterUsed, ids: ids)
        text += presets.text()
        ids = presets.ids
        if isOld {
            let gap = options.pitch - options.holeSize
            text +=
                element(
                    "SpecimenCarrierKind", ids.attribute(), "HoleyCarbon")
                + element(
                    "SpecimenCarrierType", ids.attribute(),
                    "Quantifoil R\(options.holeSize.text(significant: 3))/\(gap.text(significant: 3))")
        } else {
            text += nilElement("SpecimenCarrierKind")
        }
        text += element("StartDateTime", "", start) + template()
        let filler = String(repeating: nilElement("SampleXml"), count: 3)
        return element(
            "Samples", samples,
            element("_items", items, element("SampleXml", sampleID, text) + filler) + element("_size", "", "1")
                + element("_version", "", "1"))
    }

    /// The hole finder's settings: measured in the grid square image, at its scale.
    private mutating func filterHoles() -> String {
        let scale = (1 + options.holeMapScaleError) * 1e-6
        return element(
            "FilterHolesSettings", ids.attribute(),
            identity(session.firstID + 3)
                + (isOld
                    ? ""
                    : element("I0", "", "0") + element("IsCalibrated", "", "false"))
                + element("MaximumIntensity", "", "760") + element("MinimumIntensity", "", "640")
                + element("HoleSize", "", epuNumber(options.holeSize * scale))
                + element("HoleSpacing", "", epuNumber(options.pitch * scale))
                + element("Rotation", "", epuNumber(options.foilAngleDegrees * .pi / 180)))
    }

    private mutating func gridSquares() -> String {
        let dictionary = "\(ids.attribute()) \(declaration("a", Namespace.arrays))"
        let comparer = "<a:m_comparer \(ids.attribute()) \(integerComparerType)/>"
        let squares = model.foil.squares
        let array = "\(ids.attribute()) z:Size=\"\(squares.count)\" \(declaration("b", Namespace.generic))"
        let entries = squares.map { square in
            let value = "\(ids.attribute()) \(declaration("c", Namespace.applicationTypes))"
            return element(
                "b:KeyValuePairOfintSerializedReferenceOfGridSquareXml_PsqDC3X0m6koiAE_P", "",
                element("b:key", "", String(square.id))
                    + element(
                        "b:value", value,
                        element("c:FileName", ids.attribute(), "Metadata\\GridSquare_\(square.id).dm")))
        }
        return element(
            "GridSquares", dictionary,
            comparer + element("a:m_keyRehashCount", "", "0")
                + element("a:m_serializationArray", array, entries.joined())
                + element("a:m_serializationCapacity", "", "1117")
                + element("a:m_serializationConcurrencyLevel", "", "384"))
    }

    private mutating func storageFolders(nameID: Int) -> String {
        let folders = ids.attribute()
        let items = "\(ids.attribute()) z:Size=\"4\""
        let folder = element(
            "StorageFolderXml", ids.attribute(),
            identity(session.firstID + 1) + element("DiscId", "", "1")
                + element("Path", ids.attribute(), "Z:\\DoseFractions\\simulated")
                + SerializedIDs.reference("SessionName", to: nameID))
        return element(
            "StorageFolders", folders,
            element("_items", items, folder + String(repeating: nilElement("StorageFolderXml"), count: 3))
                + element("_size", "", "1") + element("_version", "", "1"))
    }

    // MARK: - Template

    /// The areas in pixels of a hole image, with the scale that the microscope believes this image to have.
    private mutating func template() -> String {
        let templateID = ids.attribute()
        let hole = style.hole
        let scale = 1 + options.holeImageScaleError
        var text = identity(session.firstID + 4)
        let focus = hole.pixels(
            ofStageOffset: options.pitch / 2.0.squareRoot() * Vector2(0.6, 0.8))
        text += element(
            "AutoFocusArea", ids.attribute(),
            identity(session.firstID + 5) + element("FocusWith", ids.attribute(), "ObjectiveLens")
                + element("Recurrence", ids.attribute(), "AfterCentering")
                + element("RecurrenceDistance", "", "8E-06") + shiftInPixels(focus, prefix: "a")
                + element("UseAutoStigmate", "", "false"))
        text += areas(hole)
        text += element("DelayAfterImageShift", "", "0.5") + element("DelayAfterStageShift", "", "5")
        text += nilElement("DriftStabilizationArea") + element("MaximumImageShift", "", "5E-06")
        let matrix = hole.referenceMatrix
        let entries = [("m11", matrix.m11), ("m12", matrix.m12), ("m21", matrix.m21), ("m22", matrix.m22)]
        text += element(
            "PhysicalTransformation", declaration("a", Namespace.sharedObjects),
            element(
                "a:matrix", declaration("b", Namespace.media),
                entries.map { element("b:_\($0)", "", epuNumber($1 * scale)) }.joined()
                    + ["offsetX", "offsetY", "padding"].map { element("b:_\($0)", "", "0") }.joined()
                    + element("b:_type", "", "TRANSFORM_IS_UNKNOWN"))
                + element(
                    "a:unit", declaration("b", Namespace.commonTypes),
                    element("b:_x003C_PrefixExponent_x003E_k__BackingField", "", "1")
                        + element("b:_x003C_Symbol_x003E_k__BackingField", ids.attribute(), "m")))
        if !isOld {
            let size = epuNumber(hole.pixelSize * scale)
            text += element(
                "TemplateImagePixelSize", declaration("a", Namespace.drawing),
                element("a:height", "", size) + element("a:width", "", size))
        }
        return element("TargetAreaTemplate", templateID, text)
    }

    private mutating func areas(_ hole: InstrumentStyle.Preset) -> String {
        let dictionary = "\(ids.attribute()) \(declaration("a", Namespace.arrays))"
        let comparer = "<a:m_comparer \(ids.attribute()) \(integerComparerType)/>"
        let areas = session.template.areas
        let array = "\(ids.attribute()) z:Size=\"\(areas.count)\" \(declaration("b", Namespace.generic))"
        var defoci: Int?
        let entries = areas.map { area in
            let value = ids.attribute()
            let setting = ids.attribute()
            let defocus: String
            if let defoci {
                defocus = SerializedIDs.reference("Defocus", to: defoci)
            } else {
                let id = ids.next()
                defoci = id
                let values = ImageMetadata.defoci
                defocus = element(
                    "Defocus", "z:Id=\"\(id)\" z:Type=\"System.Double[]\" z:Assembly=\"0\" z:Size=\"\(values.count)\"",
                    values.map { element("a:double", "", epuNumber($0)) }.joined())
            }
            return element(
                "b:KeyValuePairOfintDataAcquisitionAreaXmlBpEWF4JT", "",
                element("b:key", "", String(area.id))
                    + element(
                        "b:value", value,
                        identity(area.id)
                            + element(
                                "ImageAcquisitionSettingXml", setting,
                                identity(area.id + 2) + defocus
                                    + element("ExposureTime", "", epuNumber(style.data.exposureSeconds)))
                            + shiftInPixels(hole.pixels(ofStageOffset: area.offset), prefix: "c")))
        }
        return element(
            "DataAcquisitionAreas", dictionary,
            comparer + element("a:m_keyRehashCount", "", "0")
                + element("a:m_serializationArray", array, entries.joined())
                + element("a:m_serializationCapacity", "", "31")
                + element("a:m_serializationConcurrencyLevel", "", "12"))
    }

    private func shiftInPixels(_ pixels: Vector2, prefix: String) -> String {
        element(
            "ShiftInPixels", declaration(prefix, Namespace.drawing),
            element("\(prefix):height", "", epuNumber((pixels.y * 1e4).rounded() / 1e4))
                + element("\(prefix):width", "", epuNumber((pixels.x * 1e4).rounded() / 1e4)))
    }
}
