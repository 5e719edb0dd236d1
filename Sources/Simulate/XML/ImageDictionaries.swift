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

    var customData: [(String, Value)] { format.customData.flatMap(entries) }

    private func entries(_ key: EPUFormat.CustomKey) -> [(String, Value)] {
        switch key {
        case .doseOnCamera: [("DoseOnCamera", .typed("double", "{doseOnCamera}"))]
        case .apertures: apertures
        case .stemMagnification: [("StemMagnification", .typed("boolean", "false"))]
        case .flashTime: style.gun.isCold ? [("CFEGFlashTimeStamp", .typed("string", Self.flashTime))] : []
        case .detector: camera.isEER ? eerDetector : countingDetector
        // For a Falcon this value is among the detector's own.
        case .doseRate: camera.isEER ? [] : [("DoseRate", .typed("double", "{doseRate}"))]
        case .illuminationIntensity: [("IlluminationIntensity", .typed("double", "0"))]
        case .beamCurrent: style.gun.isCold ? [("BeamCurrent", .typed("double", "5.270000000000001E-09"))] : []
        case .dose: [("Dose", .typed("double", "{dose}"))]
        case .phasePlateUsed: [("PhasePlateUsed", .typed("boolean", "false"))]
        case .detectorName: [("BinaryResult.Detector", .typed("string", camera.name))]
        case .detectorProduct: camera.product.map { [("DetectorCommercialName", .typed("string", $0))] } ?? []
        case .foundHole: foundHole
        case .appliedDefocus: [("AppliedDefocus", .typed("double", "{appliedDefocus}"))]
        }
    }

    /// A gun flash before any session of the simulator's default start, us since 1970.
    private static let flashTime = "1736330579026902"

    private var apertures: [(String, Value)] {
        let objective = kind == .square ? "None" : "100"
        let apertures = [("C1", "2000"), ("C2", "50"), ("C3", "None"), ("OBJ", objective), ("SA", "None")]
        return apertures.map { ("Aperture[\($0)].Name", .typed("string", $1)) }
    }

    private var countingDetector: [(String, Value)] {
        guard let product = camera.product else { return [] }
        return [
            detector("CommercialName", .typed("string", product)),
            detector("ElectronCounted", .typed("boolean", "true")),
        ]
    }

    private var eerDetector: [(String, Value)] {
        guard let product = camera.product else { return [] }
        let gain = "ImagesForProcessing/\(camera.name)/300kV/20241230_103455_EER_GainReference.gain"
        return [
            detector("TimeStamp", .typed("long", "{detectorTime}")),
            detector("PixelValueToCameraCounts", .typed("string", "1")),
            detector("ExposureTime", .typed("double", epuNumber(preset.exposureSeconds))),
            detector("CountsToElectrons", .typed("double", "0.00325931961702995")),
            detector("ElectronCounted", .typed("boolean", "true")),
            detector("CommercialName", .typed("string", product)),
            detector("CameraSerialNumber", .typed("string", "21-24-A1F-SIM")),
            detector("AlignIntegratedImage", .typed("boolean", "false")),
            detector("DriftCorrected", .typed("boolean", "false")),
            detector("FrameRate", .typed("double", "317.762948840165")),
            detector("TotalDose", .typed("double", "{doseOnCamera}")),
            detector("DoseRate", .typed("double", "{doseRate}")),
            detector("EerGainReference", .typed("string", gain)), detector("GainReference", .typed("string", gain)),
        ]
    }

    private func detector(_ key: String, _ value: Value) -> (String, Value) {
        ("Detectors[\(camera.name)].\(key)", value)
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

    var cameraInput: [(String, Value)] { format.cameraInput.flatMap(entries) }

    private func entries(_ key: EPUFormat.CameraKey) -> [(String, Value)] {
        let integer = format.integerType
        switch key {
        case .alignment: return [("AlignIntegratedImageEnabled", .typed("boolean", "false"))]
        case .superResolution:
            let factor = kind == .data ? camera.superResolution : 1
            return [("SuperResolutionFactor", .typed(integer, String(factor)))]
        case .fractionation: return [("FractionationSettings", .object(fractionation))]
        case .counting:
            return [("ElectronCountingEnabled", .typed("boolean", camera.countsElectrons ? "true" : "false"))]
        case .definedShutter: return [("ApplyDefinedShutter", .typed("boolean", "true"))]
        case .ceta:
            return [
                ("CetaFramesSummed", .typed(integer, "1")), ("CetaNoiseReductionEnabled", .typed("boolean", "false")),
            ]
        case .readoutArea: return [("FixedReadoutArea", .typed("string", "Full"))]
        case .compression: return camera.isEER ? [("EnableCompression", .typed("boolean", "false"))] : []
        }
    }

    private var fractionation: String {
        guard kind == .data else { return nilElement("a:Value") }
        let namespace = declaration("b", Namespace.fractionation)
        switch camera.movie {
        case .eer: return "<a:Value i:type=\"b:EerFractionation\" \(namespace)/>"
        case .equidistant(let fractions):
            return element(
                "a:Value", "i:type=\"b:EquidistantFractionation\" " + namespace,
                element("b:NumberOffractions", "", String(fractions)))
        case .varidistant(let fractions, let frames):
            let definitions = (0..<fractions).map { fraction in
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
}
