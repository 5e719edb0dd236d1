import EPUCore

/// The optical presets in `EpuSession.dm`, with what readers of sessions look for in them.
struct SessionPresets {
    let style: InstrumentStyle
    /// The beam diameter of the acquisition preset, um.
    let beamDiameter: Double
    var ids: SerializedIDs

    mutating func text() -> String {
        let core = "mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
        let key = style.format.persistence.presetKey
        let types = "[[\(key)],[Fei.Applications.Common.Services.MicroscopeSettings, Fei.Applications.Common.Services]]"
        let dictionary =
            "\(ids.attribute()) z:Type=\"System.Collections.Generic.Dictionary`2\(types)\" z:Assembly=\"0\" "
            + declaration("a", Namespace.arrays)
        let integer = "z:Type=\"System.Int32\" z:Assembly=\"0\" xmlns=\"\""
        var text = element("Version", "\(ids.attribute()) \(integer)", "3")
        text +=
            "<Comparer \(ids.attribute()) z:Type=\"System.Collections.Generic.EnumEqualityComparer`1[[\(key)]]\" "
            + "z:Assembly=\"\(core)\" xmlns=\"\"/>"
        text += element("HashSize", "\(ids.attribute()) \(integer)", "17")
        let pairs =
            "\(ids.attribute()) z:Type=\"System.Collections.Generic.KeyValuePair`2\(types)[]\" z:Assembly=\"0\" "
            + "z:Size=\"3\" xmlns=\"\""
        let presets = [("GridSquare", ImageKind.square), ("Hole", .hole), ("Acquisition", .data)].map { name, kind in
            preset(name, kind)
        }
        text += element("KeyValuePairs", pairs, presets.joined())
        return element("MicroscopeSettings", dictionary, text)
    }

    private mutating func preset(_ name: String, _ kind: ImageKind) -> String {
        let value = "\(ids.attribute()) \(declaration("b", Namespace.services))"
        return element(
            style.format.persistence.presetPair, "xmlns=\"\(Namespace.generic)\"",
            element("key", "", name)
                + element(
                    "value", value,
                    acquisition(kind) + element("b:DisplayName", ids.attribute(), name) + optics(kind)))
    }

    private mutating func acquisition(_ kind: ImageKind) -> String {
        let preset = style.preset(kind)
        let acquisition = "\(ids.attribute()) \(declaration("c", Namespace.sharedObjects))"
        let camera = ids.attribute()
        let drawing = declaration("d", Namespace.drawing)
        let input = cameraInput(kind)
        return element(
            "b:Acquisition", acquisition,
            element("c:acquisitionDateTime", "", "2022-01-10T12:18:22.310791+00:00")
                + element(
                    "c:camera", camera,
                    element(
                        "c:Binning", drawing,
                        element("d:x", "", String(preset.binning)) + element("d:y", "", String(preset.binning)))
                        + element("c:CameraLocation", "", style.camera.location)
                        + input + element("c:ExposureTime", "", epuNumber(preset.exposureSeconds))
                        + element("c:Inserted", "", "false") + element("c:Name", ids.attribute(), style.camera.name)
                        + element(
                            "c:ReadoutArea", drawing,
                            element("d:height", "", String(preset.height))
                                + element("d:width", "", String(preset.width)) + element("d:x", "", "0")
                                + element("d:y", "", "0"))
                        + element("c:Shutter", "", "PreSpecimen")))
    }

    private mutating func cameraInput(_ kind: ImageKind) -> String {
        var input = PresetCameraInput(style: style, kind: kind, ids: ids)
        defer { ids = input.ids }
        return input.text()
    }

    private mutating func optics(_ kind: ImageKind) -> String {
        let optics = "\(ids.attribute()) \(declaration("c", Namespace.sharedObjects))"
        let diameter = kind == .data ? beamDiameter * 1e-6 : style.preset(kind).beamDiameterMetres
        func shift(_ name: String) -> String {
            element(
                "c:\(name)", declaration("d", Namespace.types), element("d:_x", "", "0") + element("d:_y", "", "0"))
        }
        // In presets this element holds the index of the magnification.
        let index = [ImageKind.square: 13, .hole: 21, .data: 33][kind] ?? 0
        return element(
            "b:Optics", optics,
            element("c:BeamDiameter", "", epuNumber(diameter)) + shift("BeamShift") + shift("BeamTilt")
                + element("c:Defocus", "", kind == .data ? "-2.4999999999999998E-06" : "-4.9999999999999996E-05")
                + shift("ImageShift") + element("c:ProbeMode", "", kind == .square ? "MicroProbe" : "NanoProbe")
                + element("c:SpotIndex", "", style.spotIndex)
                + element("c:TemMagnification", "", element("c:NominalMagnification", "", String(index))))
    }
}
