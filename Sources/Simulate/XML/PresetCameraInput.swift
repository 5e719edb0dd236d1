/// What a preset in `EpuSession.dm` tells its camera: the dictionary that images have as well, in the form of a .dm.
struct PresetCameraInput {
    let style: InstrumentStyle
    let kind: ImageKind
    var ids: SerializedIDs

    private static let interface = "Fei.Applications.Common.Omp.Interface"

    mutating func text() -> String {
        let core = "mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
        let types = "[[System.String, \(core)],[System.Object, \(core)]]"
        let dictionary =
            "\(ids.attribute()) z:Type=\"System.Collections.Generic.Dictionary`2\(types)\" z:Assembly=\"0\""
        let array =
            "\(ids.attribute()) z:Type=\"System.Collections.Generic.KeyValuePair`2\(types)[]\" z:Assembly=\"0\" "
            + "z:Size=\"3\" xmlns=\"\""
        let integer = style.format.integerType == "long" ? "System.Int64" : "System.Int32"
        let factor = kind == .data ? style.camera.superResolution : 1
        var pairs = pair(key("SuperResolutionFactor") + value(integer, String(factor)))
        pairs += pair(key("FractionationSettings") + fractionation())
        pairs += pair(
            key("ElectronCountingEnabled") + value("System.Boolean", style.camera.countsElectrons ? "true" : "false"))
        return element("c:CameraSpecificInput", dictionary, element("KeyValuePairs", array, pairs))
    }

    private mutating func key(_ name: String) -> String { element("key", ids.attribute(), name) }

    private mutating func value(_ type: String, _ text: String) -> String {
        element("value", "\(ids.attribute()) z:Type=\"\(type)\" z:Assembly=\"0\"", text)
    }

    private mutating func fractionation() -> String {
        guard kind == .data else { return nilElement("value") }
        let id = ids.attribute()
        let (name, content) =
            switch style.camera.movie {
            case .eer: ("Eer", "")
            case .equidistant(let fractions):
                ("Equidistant", element("e:NumberOffractions", "", String(fractions)))
            case .varidistant(let fractions, let frames):
                ("Varidistant", definitions(fractions, framesEach: frames))
            }
        let attributes =
            "\(id) z:Type=\"\(Self.interface).\(name)Fractionation\" z:Assembly=\"\(Self.interface), Version=28.2.8.2269, "
            + "Culture=neutral, PublicKeyToken=null\" \(declaration("e", Namespace.fractionation))"
        return element("value", attributes, content)
    }

    /// The fractions as an ArrayList, which has nils up to its capacity.
    private mutating func definitions(_ fractions: Int, framesEach frames: Int) -> String {
        let list =
            "\(ids.attribute()) z:Type=\"System.Collections.ArrayList\" z:Assembly=\"0\" "
            + declaration("f", Namespace.arrays)
        let capacity = listCapacity(for: fractions)
        let items = "\(ids.attribute()) z:Size=\"\(capacity)\""
        var entries = ""
        for fraction in 0..<fractions {
            entries += element(
                "f:anyType",
                "\(ids.attribute()) z:Type=\"\(Self.interface).DoseFractionDefinition\" z:Assembly=\"0\"",
                element("e:EndFrameNumber", "", String((fraction + 1) * frames))
                    + element("e:StartFrameNumber", "", String(fraction * frames + 1)))
        }
        entries += String(repeating: nilElement("f:anyType"), count: capacity - fractions)
        return element(
            "e:DoseFractions", list,
            element("f:_items", items, entries) + element("f:_size", "", String(fractions))
                + element("f:_version", "", String(fractions)))
    }
}

private func pair(_ content: String) -> String {
    element("KeyValuePairOfstringanyType", "xmlns=\"\(Namespace.generic)\"", content)
}
