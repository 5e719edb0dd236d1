import EPUCore

/// The template of areas in `EpuSession.dm`: in pixels of a hole image, at the scale that the microscope believes this
/// image to have.
struct SessionTemplate {
    private let session: SimulatedSession
    private let options: SimulationOptions
    private let names: SessionNames
    private let style: InstrumentStyle
    private(set) var ids: SerializedIDs
    /// The id of the first area's defoci, where other areas refer to them.
    private var sharedDefoci: Int?

    init(session: SimulatedSession, options: SimulationOptions, names: SessionNames, ids: SerializedIDs) {
        self.session = session
        self.options = options
        self.names = names
        style = options.instrument
        self.ids = ids
    }

    mutating func text() -> String {
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
        if style.format.has(.templatePixelSize) {
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
        let entries = areas.map { area in
            let value = ids.attribute()
            return element(
                "b:" + style.format.persistence.pair("DataAcquisitionAreaXml"), "",
                element("b:key", "", String(area.id))
                    + element(
                        "b:value", value,
                        identity(area.id) + settings(of: area)
                            + shiftInPixels(
                                hole.pixels(ofStageOffset: options.seen(session.frame.stageOffset(of: area.offset))),
                                prefix: "c")))
        }
        return element(
            "DataAcquisitionAreas", dictionary,
            comparer + element("a:m_keyRehashCount", "", "0")
                + element("a:m_serializationArray", array, entries.joined())
                + element("a:m_serializationCapacity", "", "31")
                + element("a:m_serializationConcurrencyLevel", "", "12"))
    }

    private mutating func settings(of area: AreaLayout.Area) -> String {
        let name = "ImageAcquisitionSettingXml"
        guard style.format.areaSettings == .listed else { return setting(of: area, name) }
        let list = ids.attribute()
        let items = "\(ids.attribute()) z:Size=\"4\""
        let filler = String(repeating: nilElement(name), count: 3)
        return element(
            "ImageAcquisitionSettings", list,
            element("_items", items, setting(of: area, name) + filler) + element("_size", "", "1")
                + element("_version", "", "1"))
    }

    private mutating func setting(of area: AreaLayout.Area, _ name: String) -> String {
        let attributes = ids.attribute()
        return element(
            name, attributes,
            identity(names.settingID(ofArea: area.id)) + defoci()
                + element("ExposureTime", "", epuNumber(style.data.exposureSeconds)))
    }

    private mutating func defoci() -> String {
        let values = ImageDocuments.defoci
        let numbers = values.map { element("a:double", "", epuNumber($0)) }.joined()
        guard style.format.areaSettings == .sharedDefoci else {
            let list =
                "\(ids.attribute()) z:Type=\"System.Collections.Generic.List`1[[System.Double, mscorlib, Version=4.0.0.0, "
                + "Culture=neutral, PublicKeyToken=b77a5c561934e089]]\" z:Assembly=\"0\""
            // A list doubles its capacity whenever it is full, and holds zeros beyond its size.
            let capacity = listCapacity(for: values.count)
            let items = "\(ids.attribute()) z:Size=\"\(capacity)\""
            let zeros = String(repeating: element("a:double", "", "0"), count: capacity - values.count)
            return element(
                "Defocus", list,
                element("a:_items", items, numbers + zeros) + element("a:_size", "", String(values.count))
                    + element("a:_version", "", String(values.count)))
        }
        if let sharedDefoci { return SerializedIDs.reference("Defocus", to: sharedDefoci) }
        let id = ids.next()
        sharedDefoci = id
        return element(
            "Defocus", "z:Id=\"\(id)\" z:Type=\"System.Double[]\" z:Assembly=\"0\" z:Size=\"\(values.count)\"",
            numbers)
    }

    private func shiftInPixels(_ pixels: Vector2, prefix: String) -> String {
        element(
            "ShiftInPixels", declaration(prefix, Namespace.drawing),
            element("\(prefix):height", "", epuNumber((pixels.y * 1e4).rounded() / 1e4))
                + element("\(prefix):width", "", epuNumber((pixels.x * 1e4).rounded() / 1e4)))
    }
}
