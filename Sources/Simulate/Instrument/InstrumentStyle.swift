import EPUCore
import Foundation

/// A microscope with its camera and presets, and the version of EPU that runs it. Sizes of pixels are in m, as in the files.
struct InstrumentStyle: Sendable {
    struct Preset: Sendable {
        /// The size of a stored (binned) pixel, m.
        let pixelSize: Double
        /// The direction of the image's x axis, radians: the reflection -[[cos, sin], [sin, -cos]] takes it to the stage.
        let axisAngle: Double
        let binning: Int
        let width: Int
        let height: Int
        let exposureSeconds: Double
        let beamDiameterMetres: Double
        let magnification: Int

        /// The XML's ReferenceTransformation, m per unbinned pixel. A feature d stored pixels (y down) from the image's
        /// centre lies on the stage at: stage - binning * matrix * d.
        var referenceMatrix: Matrix2 {
            let scale = -pixelSize / Double(binning)
            return Matrix2(
                scale * cos(axisAngle), scale * sin(axisAngle), scale * sin(axisAngle), -scale * cos(axisAngle))
        }

        /// The displacement on the stage, um, of a feature that lies `pixels` stored pixels from the image's centre.
        func stageOffset(ofPixels pixels: Vector2) -> Vector2 { -Double(binning) * 1e6 * (referenceMatrix * pixels) }

        /// The place in the image, stored pixels from its centre, of a feature that lies `offset` um from the stage position.
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
    /// The diameter of the beam of exposures, um.
    let beamDiameter: Double
    let data: Preset
    let hole: Preset
    let square: Preset
    /// The time from one exposure to the next, seconds.
    let secondsPerExposure: ClosedRange<Double>
    /// The time from that in a Data file's name to the acquisition, seconds.
    let dataNameLead: ClosedRange<Double>
    /// The dose of an exposure, electrons per m2.
    let dose: Double

    struct Gun: Sendable {
        let extractorVoltage: String
        let lens: String
        /// Whether the gun is cold: a cold gun is flashed now and then.
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
