import EPUShared
import Foundation

enum EPUVersion: String, CaseIterable, Sendable {
    case epu26 = "2.6"
    case epu39 = "3.9"
}

/// A microscope with its camera and presets, as one EPU version describes it. Lengths of pixels in m, as in the files.
struct InstrumentStyle: Sendable {
    struct Preset: Sendable {
        /// m per stored (binned) pixel.
        let pixelSize: Double
        /// Angle, in radians, of the image's x axis as the reflection -[[cos, sin], [sin, -cos]] takes it to the stage.
        let axisAngle: Double
        let binning: Int
        let width: Int
        let height: Int
        let exposureSeconds: Double
        let beamDiameterMetres: Double
        let magnification: Int

        /// m per unbinned pixel: the XML's ReferenceTransformation. Stage of a feature d stored pixels (y down) from
        /// the image's centre = stage - binning * matrix * d.
        var referenceMatrix: Matrix2 {
            let scale = -pixelSize / Double(binning)
            return Matrix2(
                scale * cos(axisAngle), scale * sin(axisAngle), scale * sin(axisAngle), -scale * cos(axisAngle))
        }

        /// um on the stage, of a feature `pixels` stored pixels from the image's centre.
        func stageOffset(ofPixels pixels: Vector2) -> Vector2 { -Double(binning) * 1e6 * (referenceMatrix * pixels) }

        /// Stored pixels from the image's centre, of a feature `offset` um from the stage position.
        func pixels(ofStageOffset offset: Vector2) -> Vector2 {
            // The matrix is a reflection times the pixel size: it is its own inverse up to the scale.
            let scale = -1 / (pixelSize * 1e6 * pixelSize / Double(binning))
            return scale * (referenceMatrix * offset)
        }
    }

    let version: EPUVersion
    let softwareVersion: String
    let assemblyVersion: String
    let computerName: String
    let instrumentID: Int
    let camera: String
    let cameraLocation: String
    let cameraProduct: String?
    /// um.
    let beamDiameter: Double
    let data: Preset
    let hole: Preset
    let square: Preset
    /// Preview JPGs, pixels.
    let previewWidth: Int
    let previewHeight: Int
    /// Seconds from one exposure to the next.
    let secondsPerExposure: ClosedRange<Double>
    /// Seconds from the time in a Data file's name to the acquisition.
    let dataNameLead: ClosedRange<Double>
    let fractions: Int
    /// Electrons per m2.
    let dose: Double

    var isFalcon: Bool { version == .epu26 }

    static func of(_ version: EPUVersion) -> InstrumentStyle {
        switch version {
        case .epu26: falcon3
        case .epu39: k3
        }
    }

    private static let k3 = InstrumentStyle(
        version: .epu39, softwareVersion: "3.9.1.8206", assemblyVersion: "3.9.1.8206", computerName: "TITAN52390020",
        instrumentID: 3902, camera: "EF-CCD", cameraLocation: "EnergyFilter", cameraProduct: "BioQuantum K3",
        beamDiameter: 0.83,
        data: Preset(
            pixelSize: 1.0558814239614023e-10, axisAngle: 0.0573, binning: 2, width: 2880, height: 2046,
            exposureSeconds: 0.89, beamDiameterMetres: 8.3e-7, magnification: 165000),
        hole: Preset(
            pixelSize: 1.6359115173614214e-09, axisAngle: 0.0554, binning: 2, width: 2880, height: 2046,
            exposureSeconds: 1, beamDiameterMetres: 9e-6, magnification: 11500),
        square: Preset(
            pixelSize: 4.1562760344504568e-08, axisAngle: 3.0672, binning: 2, width: 2880, height: 2046,
            exposureSeconds: 1, beamDiameterMetres: 0.00028714285714285712, magnification: 470),
        previewWidth: 512, previewHeight: 364, secondsPerExposure: 4...6, dataNameLead: 2.4...3.6, fractions: 50,
        dose: 4.0e21)

    private static let falcon3 = InstrumentStyle(
        version: .epu26, softwareVersion: "2.6.0.59", assemblyVersion: "2.6.0.59", computerName: "TITAN52390010",
        instrumentID: 3901, camera: "BM-Falcon", cameraLocation: "BottomMounted", cameraProduct: nil,
        beamDiameter: 0.95,
        data: Preset(
            pixelSize: 8.7076783283901449e-11, axisAngle: 0.0783, binning: 1, width: 4096, height: 4096,
            exposureSeconds: 33.394933788605229, beamDiameterMetres: 9.5e-7, magnification: 96000),
        hole: Preset(
            pixelSize: 3.1e-09, axisAngle: 0.0741, binning: 2, width: 2048, height: 2048, exposureSeconds: 1,
            beamDiameterMetres: 1.1e-5, magnification: 5300),
        square: Preset(
            pixelSize: 5.4e-08, axisAngle: 3.0521, binning: 2, width: 2048, height: 2048, exposureSeconds: 1,
            beamDiameterMetres: 0.00028, magnification: 470),
        previewWidth: 1024, previewHeight: 1024, secondsPerExposure: 38.5...41.5, dataNameLead: 0.7...1.6,
        fractions: 22, dose: 3.04e21)
}
