public import EPUCore

/// What one image XML (`MicroscopeImage`) says, for exposures, hole images and grid square images alike.
///
/// EPU writes metres, radians and volts; here are micrometres, Angstrom, degrees and kilovolts. Nil means "not recorded".
/// Element names are those of EPU 1.2 to 3.9, which are the same throughout.
///
/// This prints the beam shift of an image, of which `path` is the XML:
///
///     import EPUCore
///     import EPUFormat
///     import Foundation
///
///     let xml = try Data(contentsOf: URL(fileURLWithPath: path))
///     let image = try xml.withUnsafeBytes { bytes in
///         try XMLReader().read(bytes) { root throws(Unusable) in try ImageMetadata(root) }
///     }
///     if let shift = image.beamShift {
///         print("The beam was shifted by \(shift.x) in x and \(shift.y) in y, in EPU's units.")
///     }
public struct ImageMetadata: Sendable {
    public var uniqueID: String?
    public var coreGuid: String?
    /// The time of the acquisition; nil without the offset of the microscope's clock, and outside the years 1990 to 2099.
    public var acquired: LocalTime?
    /// The name of the program: `EPU`, or `Fei EPU` in 1.2.
    public var software: String?
    public var epuVersion: String?
    public var instrumentID: String?
    public var instrumentModel: String?
    public var computerName: String?
    public var highTensionKV: Double?

    /// The read-back of the stage: x and y, um. `stageZUm`, `stageAlphaDeg` and `stageBetaDeg` are its other axes.
    public var stage: Vector2?
    public var stageZUm: Double?
    public var stageAlphaDeg: Double?
    public var stageBetaDeg: Double?

    /// The beam shift in beam-shift units, of which one moves the beam by some 25 um.
    public var beamShift: Vector2?
    /// The image shift, in the units of the beam shift.
    public var imageShift: Vector2?
    /// The beam tilt, about radians.
    public var beamTilt: Vector2?
    /// The diameter of the beam, um; nil where EPU wrote 0.
    public var beamDiameterUm: Double?
    public var spotIndex: Int64?
    public var probeMode: String?
    /// The C2 strength; nil where EPU wrote 0, which is its word for "not known".
    public var intensity: Double?
    /// The intensity of the illumination; nil where EPU wrote 0. With two condensers it is `intensity`.
    public var illuminationIntensity: Double?
    /// The defocus by the lenses, um; `appliedDefocusUm` is the one that was requested.
    public var defocusUm: Double?
    public var appliedDefocusUm: Double?
    public var magnification: Int64?
    /// 1 if the magnification is that of STEM.
    public var stem: Int64?
    public var objectiveLensMode: String?
    public var illuminationMode: String?
    public var projectorMode: String?
    public var columnMode: String?
    public var xlMode: Int64?
    /// 1 if the energy filter is in use.
    public var eftem: Int64?
    public var slitInserted: Int64?
    public var slitWidthEV: Double?
    public var energyShiftEV: Double?
    public var phasePlate: Int64?
    public var phasePlateAperture: String?
    public var phasePlatePosition: Int64?
    /// The size of the C1 aperture in micrometres as text, or `None`; those of the others follow.
    public var apertureC1: String?
    public var apertureC2: String?
    public var apertureC3: String?
    public var apertureObjective: String?
    public var apertureSA: String?

    /// The size of a pixel of the stored image, Angstrom.
    public var pixelSizeA: Double?
    /// The height of that pixel, Angstrom.
    public var pixelSizeYA: Double?
    /// EPU's ReferenceTransformation, um per unbinned pixel.
    public var imageToStage: Matrix2?
    public var camera: CameraMetadata?
    /// The camera's product name; nil before EPU 3.4.
    public var commercialName: String?
    /// The detector of `camera`, as CustomData describes it.
    public var detector = DetectorMetadata()

    /// The dose, electrons per square Angstrom.
    public var doseEPerA2: Double?
    /// The dose on the camera, electrons per stored pixel.
    public var doseOnCameraEPerPx: Double?
    public var doseRateEPerPxS: Double?
    public var beamCurrentNA: Double?
    /// The time of the gun's last flash, as EPU wrote it.
    public var gunFlash: String?

    /// The hole that EPU found; only hole images have it.
    public var foundHole: FoundHole?
    /// The values of CustomData that have no field of their own.
    public var custom: [CustomValue] = []
}

/// The settings of a camera for an image, or for a preset in EpuSession.dm.
public struct CameraMetadata: Sendable {
    public var name: String?
    public var location: String?
    public var exposureTimeS: Double?
    /// The width of the image after binning, pixels; the height follows.
    public var readoutWidthPx: Int64?
    public var readoutHeightPx: Int64?
    /// The corner of the part of the sensor that was read, pixels.
    public var readoutXPx: Int64?
    public var readoutYPx: Int64?
    public var binning: Int64?
    public var binningY: Int64?
    /// 1 if electrons were to be counted.
    public var counting: Int64?
    /// The factor of super-resolution.
    public var superResolution: Int64?
    /// How a movie is divided: `Equidistant` (K2, K3), `Varidistant` (Falcon 3) or `Eer` (Falcon 4).
    public var fractionation: String?
    /// The number of the movie's fractions.
    public var fractions: Int64?
    /// The last camera frame that the movie's fractions hold; only Varidistant has it.
    public var cameraFrames: Int64?
}

/// What the detector itself reports; most of it comes from EPU 3.8 on, with Falcon 4i.
public struct DetectorMetadata: Sendable {
    public var model: String?
    public var serialNumber: String?
    /// 1 if electrons were counted.
    public var counted: Int64?
    public var doseRateEPerPxS: Double?
    public var totalDoseEPerPx: Double?
    public var exposureTimeS: Double?
    public var frameRateHz: Double?
    public var gainReference: String?
    /// The time by the detector's clock, microseconds since 1970.
    public var timeUs: Int64?
}

/// The hole that EPU found in a hole image; lengths are pixels of the image, y down.
public struct FoundHole: Sendable {
    public var centerPx: Vector2
    public var widthPx: Double?
    public var heightPx: Double?
    public var quality: Double?
    /// The rotation as EPU wrote it, as `shear`; their units are not known.
    public var rotation: Double?
    public var shear: Double?
}

/// A key of CustomData that has no field of its own.
public struct CustomValue: Sendable {
    public let key: String
    public let type: String?
    /// The value as text; nil for an object, or where it is nil itself.
    public let value: String?
}
