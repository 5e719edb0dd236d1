import EPUShared
import Foundation

/// What one image XML (`MicroscopeImage`) says, for exposures, hole images and grid square images alike.
///
/// EPU writes metres and radians; here are micrometres, Angstrom and degrees. Nil is "not recorded". Element order and
/// names are those of EPU 1.2 to 3.9.
struct ImageMetadata: Sendable {
    var uniqueID: String?
    /// Nil without the offset of the microscope's clock, and outside the years 1990 to 2099.
    var acquired: LocalTime?
    var epuVersion: String?
    var instrumentID: String?
    var instrumentModel: String?
    var highTensionKV: Double?

    /// Stage read-back, um.
    var stage: Vector2?
    var stageZUm: Double?
    var stageAlphaDeg: Double?
    var stageBetaDeg: Double?

    /// Beam-shift units, about 1/25 um.
    var beamShift: Vector2?
    var imageShift: Vector2?
    var beamTilt: Vector2?
    /// Nil where EPU wrote 0.
    var beamDiameterUm: Double?
    var spotIndex: Int64?
    var probeMode: String?
    var intensity: Double?
    var defocusUm: Double?
    var appliedDefocusUm: Double?
    var magnification: Int64?
    var eftem: Int64?
    var slitInserted: Int64?
    var slitWidthEV: Double?
    var phasePlate: Int64?

    /// Angstrom per pixel of the stored image.
    var pixelSizeA: Double?
    /// ReferenceTransformation, um per unbinned pixel.
    var imageToStage: Matrix2?
    var camera: String?
    var cameraModel: String?
    var readoutWidthPx: Int64?
    var readoutHeightPx: Int64?
    var binning: Int64?
    var counting: Int64?
    var superResolution: Int64?
    /// `Equidistant` (K2, K3), `Varidistant` (Falcon 3) or `Eer` (Falcon 4).
    var fractionation: String?
    var fractions: Int64?
    var exposureTimeS: Double?

    /// Electrons per square Angstrom.
    var doseEPerA2: Double?
    var doseOnCameraEPerPx: Double?
    var doseRateEPerPxS: Double?

    /// Hole centre that EPU found, pixels of the image, y down; hole images only.
    var holeCenterPx: Vector2?
}

extension ImageMetadata {
    /// .NET writes the year 1 for "no date".
    private static let epuYears =
        Timestamp(
            ticks: 631_152_000 * Timestamp.ticksPerSecond)..<Timestamp(ticks: 4_102_444_800 * Timestamp.ticksPerSecond)

    /// - Throws: `Unusable` where the document is no image's.
    init(_ document: XMLDocument) throws(Unusable) {
        guard let root = document.root, root.isNamed("MicroscopeImage") else {
            throw Unusable(
                status: .malformed,
                reason: "its root is <\(document.root?.name ?? "")>, not the <MicroscopeImage> of an EPU image")
        }
        uniqueID = root["uniqueID"]?.text
        let custom = root["CustomData"].map(Dictionary.init(keyValues:)) ?? [:]
        if let matrix = root["ReferenceTransformation"]?["matrix"], let m11 = matrix["_m11"]?.number(times: 1e6),
            let m12 = matrix["_m12"]?.number(times: 1e6), let m21 = matrix["_m21"]?.number(times: 1e6),
            let m22 = matrix["_m22"]?.number(times: 1e6)
        {
            imageToStage = Matrix2(m11, m12, m21, m22)
        }
        pixelSizeA = root["SpatialScale"]?["pixelSize"]?["x"]?["numericValue"]?.number(times: 1e10)
        if let microscope = root["microscopeData"] {
            read(core: microscope["core"], instrument: microscope["instrument"], gun: microscope["gun"])
            read(stage: microscope["stage"]?["Position"])
            read(optics: microscope["optics"])
            acquired = microscope["acquisition"]?["acquisitionDateTime"]?.text.flatMap { LocalTime(epuText: $0) }
                .flatMap { $0.utcOffsetMinutes != nil && Self.epuYears.contains($0.instant) ? $0 : nil }
            read(camera: microscope["acquisition"]?["camera"])
        }
        read(custom: custom)
    }

    private mutating func read(core: XMLNode?, instrument: XMLNode?, gun: XMLNode?) {
        epuVersion = core?["ApplicationSoftwareVersion"]?.text
        instrumentID = instrument?["InstrumentID"]?.text
        instrumentModel = instrument?["InstrumentModel"]?.text
        highTensionKV = gun?["AccelerationVoltage"]?.number(times: 1e-3)
    }

    private mutating func read(stage position: XMLNode?) {
        guard let position else { return }
        if let x = position["X"]?.number(times: 1e6), let y = position["Y"]?.number(times: 1e6) {
            stage = Vector2(x, y)
        }
        stageZUm = position["Z"]?.number(times: 1e6)
        stageAlphaDeg = position["A"]?.number(times: 180 / .pi)
        stageBetaDeg = position["B"]?.number(times: 180 / .pi)
    }

    private mutating func read(optics: XMLNode?) {
        guard let optics else { return }
        beamShift = optics["BeamShift"]?.pair("_x", "_y")
        imageShift = optics["ImageShift"]?.pair("_x", "_y")
        beamTilt = optics["BeamTilt"]?.pair("_x", "_y")
        beamDiameterUm = optics["BeamDiameter"]?.number(times: 1e6).flatMap { $0 > 0 ? $0 : nil }
        spotIndex = optics["SpotIndex"]?.integer
        probeMode = optics["ProbeMode"]?.text
        intensity = optics["Intensity"]?.number
        defocusUm = optics["Defocus"]?.number(times: 1e6)
        magnification = optics["TemMagnification"]?["NominalMagnification"]?.number.flatMap { Int64(exactly: $0) }
        eftem = optics["EFTEMOn"]?.flag
        slitInserted = optics["EnergyFilter"]?["EnergySelectionSlitInserted"]?.flag
        slitWidthEV = optics["EnergyFilter"]?["EnergySelectionSlitWidth"]?.number
    }

    private mutating func read(camera node: XMLNode?) {
        guard let node else { return }
        camera = node["Name"]?.text
        exposureTimeS = node["ExposureTime"]?.number
        readoutWidthPx = node["ReadoutArea"]?["width"]?.integer
        readoutHeightPx = node["ReadoutArea"]?["height"]?.integer
        binning = node["Binning"]?["x"]?.integer
        let input = node["CameraSpecificInput"].map(Dictionary.init(keyValues:)) ?? [:]
        counting = input["ElectronCountingEnabled"]?.flag
        superResolution = input["SuperResolutionFactor"]?.integer
        guard let settings = input["FractionationSettings"], let type = settings.attribute("type") else { return }
        // i:type="b:EquidistantFractionation": the prefix is the file's own.
        let local = type.split(separator: ":").last.map(String.init) ?? type
        fractionation = local.hasSuffix("Fractionation") ? String(local.dropLast("Fractionation".count)) : local
        // Sic: EPU spells it with a lower-case f.
        fractions =
            settings["NumberOffractions"]?.integer ?? settings["DoseFractions"].map { Int64($0.children.count) }
    }

    private mutating func read(custom: [String: XMLNode]) {
        appliedDefocusUm = custom["AppliedDefocus"]?.number(times: 1e6)
        // CustomData has electrons per square metre.
        doseEPerA2 = custom["Dose"]?.number(times: 1e-20)
        doseOnCameraEPerPx = custom["DoseOnCamera"]?.number
        doseRateEPerPxS =
            custom["DoseRate"]?.number ?? camera.flatMap { custom["Detectors[\($0)].DoseRate"]?.number }
        phasePlate = custom["PhasePlateUsed"]?.flag
        cameraModel =
            custom["DetectorCommercialName"]?.text ?? camera.flatMap { custom["Detectors[\($0)].CommercialName"]?.text }
        holeCenterPx = custom["FindFoilHoleCenterResults"]?["Center"]?.pair("x", "y")
    }
}

extension XMLNode {
    fileprivate func pair(_ x: StaticString, _ y: StaticString) -> Vector2? {
        guard let x = self[x]?.number, let y = self[y]?.number else { return nil }
        return Vector2(x, y)
    }
}

extension [String: XMLNode] {
    /// A .NET dictionary: `<KeyValueOfstringanyType><Key>k</Key><Value .../></KeyValueOfstringanyType>`, in any order.
    /// The first of two equal keys counts.
    fileprivate init(keyValues node: XMLNode) {
        self.init()
        for entry in node.children {
            guard let key = entry["Key"]?.text, let value = entry["Value"], self[key] == nil else { continue }
            self[key] = value
        }
    }
}
