import EPUCore
import Foundation

/// A microscope with its camera and presets, with the version of EPU that runs it. Lengths of pixels in m, as in the files.
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

    let format: EPUFormat
    let camera: Camera
    let computerName: String
    let instrumentID: Int
    let gun: Gun
    let spotIndex: String
    /// um.
    let beamDiameter: Double
    let data: Preset
    let hole: Preset
    let square: Preset
    /// Seconds from one exposure to the next.
    let secondsPerExposure: ClosedRange<Double>
    /// Seconds from the time in a Data file's name to the acquisition.
    let dataNameLead: ClosedRange<Double>
    /// Electrons per m2.
    let dose: Double

    struct Gun: Sendable {
        let extractorVoltage: String
        let lens: String
        /// A cold gun is flashed now and then.
        var isCold = false
    }

    func preset(_ kind: ImageKind) -> Preset {
        switch kind {
        case .data: data
        case .hole: hole
        case .square: square
        }
    }
}
