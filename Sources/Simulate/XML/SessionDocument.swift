import EPUCore

/// `EpuSession.dm`: the session's settings, its template of areas, and the list of its grid squares.
///
/// Which elements there are is the version's: see `EPUFormat.Element`.
struct SessionDocument {
    private let options: SimulationOptions
    private let style: InstrumentStyle
    private let model: SimulationModel
    private let session: SimulatedSession
    private let names: SessionNames
    private var ids = SerializedIDs()
    private var format: EPUFormat { style.format }

    static func text(
        of session: SimulatedSession, model: SimulationModel, options: SimulationOptions, names: SessionNames
    ) -> String {
        var metadata = SessionDocument(options: options, model: model, session: session, names: names)
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
        let root = "\(ids.attribute()) \(format.persistence.attributes("EpuSessionXml"))"
        let name = names.folder(of: session).escapedForXML
        var text = identity(session.firstID)
        if format.has(.autoFocus) { text += flags(["AutoFocusEnabled", "AutoStageTimeEnabled"]) }
        if format.has(.zeroLoss) {
            text += flags(["AutoZeroLossEnabled"]) + element("AutoZeroLossPeriodicity", "", "PT1H")
        }
        if format.has(.autoloaderDescription) { text += "<AutoloaderDescription \(ids.attribute())/>" }
        if format.has(.autoloaderSlot) { text += element("AutoloaderSlot", "", "1") }
        if format.has(.clustering) { text += clustering }
        text += element("DoseFractionsOutputFormat", ids.attribute(), style.camera.movieFormat)
        text += flags(["EmailNotificationEnabled"])
        if format.has(.smartHoleSelection) { text += flags(["EnableSmartHoleSelection"]) }
        if format.has(.iceThickness) { text += flags(["IceThicknessEnabled"]) }
        text += element("ImageFileFormat", "", "Mrc")
        text += element("IsManuallySelected", "", "true")
        text += nilElement("MicroscopeName")
        let nameID = ids.next()
        text += element("Name", "z:Id=\"\(nameID)\"", name)
        text += flags(["PhasePlateEnabled"]) + element("PhasePlatePeriodicity", "", "50")
        text += nilElement("RecipientsEmailList")
        text += samples()
        if format.has(.skipGridSquare) { text += flags(["SkipGridSquareEnabled"]) }
        if format.has(.smartFoilHoles) { text += flags(["SmartFoilHoleFindingEnabled"]) }
        if format.has(.smartGridSquares) { text += flags(["SmartGridSquareEnabled"]) }
        // The session has its start in UTC, and its sample has it in the microscope's time.
        text += element(
            "StartDateTime", "",
            LocalTime(instant: session.start, utcOffsetMinutes: 0).epuText.replacing("+00:00", with: "Z"))
        text += storageFolders(nameID: nameID)
        if format.has(.tilt) {
            text += element("TiltAngle", "", options.stageAlpha(untilted: "0"))
            text += element("TiltedAcquisitionEnabled", "", options.tiltDegrees == 0 ? "false" : "true")
        }
        text += element(
            "Version", "\(ids.attribute()) \(declaration("a", Namespace.system))",
            element("a:_Build", "", "0") + element("a:_Major", "", String(format.schemaVersion.major))
                + element("a:_Minor", "", String(format.schemaVersion.minor)) + element("a:_Revision", "", "0"))
        return element(
            "EpuSessionXml",
            "\(root) xmlns=\"\(format.persistence.namespace)\" \(declaration("i", Namespace.instance)) "
                + declaration("z", Namespace.serialization), text)
    }

    private var clustering: String {
        let mode = session.isClustered ? "ClusteringWithImageBeamShift" : "NoClustering"
        let radius = session.isClustered ? epuNumber(options.clusterRadius * 1e-6) : "0"
        return element("ClusteringMode", "", mode) + element("ClusteringRadius", "", radius)
    }

    private func flags(_ names: [String]) -> String { names.map { element($0, "", "false") }.joined() }

    // MARK: - The sample

    private mutating func samples() -> String {
        let samples = ids.attribute()
        let items = "\(ids.attribute()) z:Size=\"4\""
        let sampleID = ids.attribute()
        let start = LocalTime(instant: session.start, utcOffsetMinutes: options.utcOffsetMinutes).epuText
        var text = identity(session.firstID + 2)
        text +=
            element("AtlasId", ids.attribute(), names.atlasPath(of: session).escapedForXML) + nilElement("EndDateTime")
        text += filterHoles()
        if format.has(.gridGeometry) { text += element("GridGeometry", "", "Square") }
        text += gridSquares()
        if format.has(.gridType) { text += element("GridType", "", "HoleyCarbon") }
        if format.has(.nominalHoles) {
            text += element("HoleSize", "", epuNumber(options.holeSize * 1e-6))
            text += element("HoleSpacing", "", epuNumber(options.pitch * 1e-6))
        }
        var presets = SessionPresets(style: style, beamDiameter: options.beamDiameterUsed, ids: ids)
        text += presets.text()
        ids = presets.ids
        text += carrier()
        var template = SessionTemplate(session: session, options: options, names: names, ids: ids)
        text += element("StartDateTime", "", start) + template.text()
        ids = template.ids
        let filler = String(repeating: nilElement("SampleXml"), count: 3)
        return element(
            "Samples", samples,
            element("_items", items, element("SampleXml", sampleID, text) + filler) + element("_size", "", "1")
                + element("_version", "", "1"))
    }

    private mutating func carrier() -> String {
        guard let kind = format.carrierKind else { return nilElement("SpecimenCarrierKind") }
        let gap = options.pitch - options.holeSize
        return element("SpecimenCarrierKind", ids.attribute(), kind)
            + element(
                "SpecimenCarrierType", ids.attribute(),
                "Quantifoil R\(options.holeSize.text(significant: 3))/\(gap.text(significant: 3))")
    }

    /// The hole finder's settings, which are measured in the grid square image, at its scale.
    private mutating func filterHoles() -> String {
        let scale = (1 + options.holeMapScaleError) * 1e-6
        let attributes = ids.attribute()
        let settings = format.holeFilter.map { part in
            switch part {
            case .calibration: element("I0", "", "0") + element("IsCalibrated", "", "false")
            case .intensities: element("MaximumIntensity", "", "760") + element("MinimumIntensity", "", "640")
            case .holes:
                element("HoleSize", "", epuNumber(options.holeSize * scale))
                    + element("HoleSpacing", "", epuNumber(options.pitch * scale))
            case .rotation: element("Rotation", "", epuNumber(session.foilAngle(options)))
            }
        }
        return element("FilterHolesSettings", attributes, identity(session.firstID + 3) + settings.joined())
    }

    private mutating func gridSquares() -> String {
        let dictionary = "\(ids.attribute()) \(declaration("a", Namespace.arrays))"
        let comparer = "<a:m_comparer \(ids.attribute()) \(integerComparerType)/>"
        let squares = model.foil.squares
        let array = "\(ids.attribute()) z:Size=\"\(squares.count)\" \(declaration("b", Namespace.generic))"
        let entries = squares.indices.map { square in
            let id = session.squareIDs[square]
            let value = "\(ids.attribute()) \(declaration("c", Namespace.applicationTypes))"
            return element(
                "b:" + format.persistence.gridSquareReference, "",
                element("b:key", "", String(id))
                    + element(
                        "b:value", value,
                        element("c:FileName", ids.attribute(), "Metadata\\GridSquare_\(id).dm")))
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
}
