import EPUShared

/// The dictionaries of an image's XML: what EPU adds of its own, and what the camera needs to know.
extension ImageTemplate {
    enum Value {
        case typed(String, String)
        case object(String)
    }

    func entry(_ key: String, _ value: Value) -> String {
        let written =
            switch value {
            case .typed(let type, let text):
                element("a:Value", "i:type=\"b:\(type)\" " + declaration("b", Namespace.schema), text)
            case .object(let text): text
            }
        return element("a:KeyValueOfstringanyType", "", element("a:Key", "", key) + written)
    }

    var customData: [(String, Value)] {
        let dose: [(String, Value)] = [("DoseOnCamera", .typed("double", "{doseOnCamera}"))]
        let common: [(String, Value)] = [
            ("Dose", .typed("double", "{dose}")), ("PhasePlateUsed", .typed("boolean", "false")),
            ("BinaryResult.Detector", .typed("string", style.camera)),
        ]
        let applied: [(String, Value)] = [("AppliedDefocus", .typed("double", "{appliedDefocus}"))]
        guard let product = style.cameraProduct else { return dose + common + foundHole + applied }
        let objective = kind == .square ? "None" : "100"
        let apertures = [("C1", "2000"), ("C2", "50"), ("C3", "None"), ("OBJ", objective), ("SA", "None")]
        return dose + apertures.map { ("Aperture[\($0)].Name", Value.typed("string", $1)) }
            + [
                ("StemMagnification", .typed("boolean", "false")),
                ("Detectors[\(style.camera)].CommercialName", .typed("string", product)),
                ("Detectors[\(style.camera)].ElectronCounted", .typed("boolean", "true")),
                ("DoseRate", .typed("double", "{doseRate}")), ("IlluminationIntensity", .typed("double", "0")),
            ] + common + [("DetectorCommercialName", .typed("string", product))] + foundHole + applied
    }

    private var foundHole: [(String, Value)] {
        guard kind == .hole else { return [] }
        let drawing = declaration("c", Namespace.drawing)
        return [
            (
                "FindFoilHoleCenterResults",
                .object(
                    element(
                        "a:Value", "i:type=\"b:Shape2D\" " + declaration("b", Namespace.types),
                        element(
                            "b:Center", drawing, element("c:x", "", "{foundX}") + element("c:y", "", "{foundY}"))
                            + element("b:Quality", "", "{foundQuality}")
                            + element("b:Rotation", "", "{foundRotation}") + element("b:Shear", "", "0")
                            + element(
                                "b:Size", drawing,
                                element("c:height", "", "{foundSize}") + element("c:width", "", "{foundSize}"))))
            )
        ]
    }

    var cameraInput: [(String, Value)] {
        let integer = isFalcon ? "int" : "long"
        let superResolution = !isFalcon && kind == .data ? "2" : "1"
        let align: (String, Value) = ("AlignIntegratedImageEnabled", .typed("boolean", "false"))
        let factor: (String, Value) = ("SuperResolutionFactor", .typed(integer, superResolution))
        let counting: (String, Value) = ("ElectronCountingEnabled", .typed("boolean", "true"))
        let ceta: [(String, Value)] = [
            ("CetaFramesSummed", .typed(integer, "1")), ("CetaNoiseReductionEnabled", .typed("boolean", "false")),
        ]
        let fractionation: (String, Value) = ("FractionationSettings", .object(self.fractionation))
        if isFalcon { return ceta + [fractionation, align, counting, factor] }
        return [align, factor, fractionation, counting, ("ApplyDefinedShutter", .typed("boolean", "true"))] + ceta
            + [("FixedReadoutArea", .typed("string", "Full"))]
    }

    private var fractionation: String {
        guard kind == .data else { return nilElement("a:Value") }
        let namespace = declaration("b", Namespace.fractionation)
        guard isFalcon else {
            return element(
                "a:Value", "i:type=\"b:EquidistantFractionation\" " + namespace,
                element("b:NumberOffractions", "", String(style.fractions)))
        }
        let frames = MovieFractions.framesPerFraction
        let definitions = (0..<style.fractions).map { fraction in
            element(
                "a:anyType", "i:type=\"b:DoseFractionDefinition\"",
                element("b:EndFrameNumber", "", String((fraction + 1) * frames))
                    + element("b:StartFrameNumber", "", String(fraction * frames + 1)))
        }
        return element(
            "a:Value", "i:type=\"b:VaridistantFractionation\" " + namespace,
            element("b:DoseFractions", "", definitions.joined()))
    }
}
