public import EPUShared

/// What one image XML (`MicroscopeImage`) says, for exposures, hole images and grid square images alike.
///
/// EPU writes metres, radians and volts; here are micrometres, Angstrom, degrees and kilovolts. Nil is "not recorded".
/// Element names are those of EPU 1.2 to 3.9, which are the same throughout.
public struct ImageMetadata: Sendable {
    public var uniqueID: String?
    public var coreGuid: String?
    /// Nil without the offset of the microscope's clock, and outside the years 1990 to 2099.
    public var acquired: LocalTime?
    /// `EPU`, or `Fei EPU` in 1.2.
    public var software: String?
    public var epuVersion: String?
    public var instrumentID: String?
    public var instrumentModel: String?
    public var computerName: String?
    public var highTensionKV: Double?

    /// Stage read-back, um.
    public var stage: Vector2?
    public var stageZUm: Double?
    public var stageAlphaDeg: Double?
    public var stageBetaDeg: Double?

    /// Beam-shift units; one moves the beam by some 25 um.
    public var beamShift: Vector2?
    public var imageShift: Vector2?
    public var beamTilt: Vector2?
    /// Nil where EPU wrote 0.
    public var beamDiameterUm: Double?
    public var spotIndex: Int64?
    public var probeMode: String?
    /// Nil where EPU wrote 0, which is its word for "not known".
    public var intensity: Double?
    public var illuminationIntensity: Double?
    public var defocusUm: Double?
    public var appliedDefocusUm: Double?
    public var magnification: Int64?
    public var stem: Int64?
    public var objectiveLensMode: String?
    public var illuminationMode: String?
    public var projectorMode: String?
    public var columnMode: String?
    public var xlMode: Int64?
    public var eftem: Int64?
    public var slitInserted: Int64?
    public var slitWidthEV: Double?
    public var energyShiftEV: Double?
    public var phasePlate: Int64?
    public var phasePlateAperture: String?
    public var phasePlatePosition: Int64?
    /// Micrometres as text, or `None`.
    public var apertureC1: String?
    public var apertureC2: String?
    public var apertureC3: String?
    public var apertureObjective: String?
    public var apertureSA: String?

    /// Angstrom per pixel of the stored image.
    public var pixelSizeA: Double?
    public var pixelSizeYA: Double?
    /// ReferenceTransformation, um per unbinned pixel.
    public var imageToStage: Matrix2?
    public var camera: CameraMetadata?
    /// The camera's product name; EPU 3.4 and later.
    public var commercialName: String?
    /// Of `camera`, as CustomData has it.
    public var detector = DetectorMetadata()

    /// Electrons per square Angstrom.
    public var doseEPerA2: Double?
    public var doseOnCameraEPerPx: Double?
    public var doseRateEPerPxS: Double?
    public var beamCurrentNA: Double?
    public var gunFlash: String?

    /// Hole images only.
    public var foundHole: FoundHole?
    /// What else CustomData has.
    public var custom: [CustomValue] = []
}

/// The settings of a camera: of an image, or of a preset in EpuSession.dm.
public struct CameraMetadata: Sendable {
    public var name: String?
    public var location: String?
    public var exposureTimeS: Double?
    /// After binning.
    public var readoutWidthPx: Int64?
    public var readoutHeightPx: Int64?
    public var readoutXPx: Int64?
    public var readoutYPx: Int64?
    public var binning: Int64?
    public var binningY: Int64?
    public var counting: Int64?
    public var superResolution: Int64?
    /// `Equidistant` (K2, K3), `Varidistant` (Falcon 3) or `Eer` (Falcon 4).
    public var fractionation: String?
    public var fractions: Int64?
    /// Last camera frame that a fraction holds; Varidistant only.
    public var cameraFrames: Int64?
}

/// What the detector itself reports; most of it from EPU 3.8 on, with Falcon 4i.
public struct DetectorMetadata: Sendable {
    public var model: String?
    public var serialNumber: String?
    public var counted: Int64?
    public var doseRateEPerPxS: Double?
    public var totalDoseEPerPx: Double?
    public var exposureTimeS: Double?
    public var frameRateHz: Double?
    public var gainReference: String?
    /// Microseconds since 1970.
    public var timeUs: Int64?
}

/// The hole that EPU found in a hole image; pixels of the image, y down.
public struct FoundHole: Sendable {
    public var centerPx: Vector2
    public var widthPx: Double?
    public var heightPx: Double?
    public var quality: Double?
    /// As EPU wrote them; their units are not known.
    public var rotation: Double?
    public var shear: Double?
}

/// A key of CustomData that has no field of its own.
public struct CustomValue: Sendable {
    public let key: String
    public let type: String?
    /// Nil for an object, or nil itself.
    public let value: String?
}
