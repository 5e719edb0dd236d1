import EPUCore
import Foundation

/// How the picture of an exposure shows the specimen: its preview is the whole camera field. Places in a picture are given in um
/// to the right and down from its middle.
struct ExposureView: Sendable {
    /// The width of the camera field, um.
    let width: Double
    let height: Double
    /// The centre of the camera field on the specimen, um.
    let centre: Vector2
    /// The cosine of the stage's tilt, as `Condition.cosine`.
    let cosine: Double
    /// The matrix from the picture to the stage, as `RecordedField.toStage`; nil if the camera's direction is not known.
    let toStage: Matrix2?

    /// - Parameters:
    ///   - width: the width of the field, um; the result is nil if width or height is not greater than 0.
    ///   - imageToStage: the matrix as `RecordedField` takes it.
    init?(width: Double, height: Double, centre: Vector2, cosine: Double = 1, imageToStage: Matrix2?) {
        self.init(
            RecordedField(width: width, height: height, imageToStage: imageToStage), centre: centre, cosine: cosine)
    }

    /// Takes what was recorded of a field; nil if nothing is known of the field or of its place.
    init?(_ recorded: RecordedField?, centre: Vector2, cosine: Double) {
        guard let recorded, centre.isFinite, cosine > 0 else { return nil }
        width = recorded.width
        height = recorded.height
        toStage = recorded.toStage
        self.centre = centre
        self.cosine = cosine
    }

    /// The corners of the picture, um.
    var corners: [Vector2] {
        [Vector2(-1, -1), Vector2(1, -1), Vector2(1, 1), Vector2(-1, 1)].map {
            Vector2(width / 2 * $0.x, height / 2 * $0.y)
        }
    }

    /// The rim of a beam whose centre is the middle of the picture, um.
    static func rim(ofBeam diameter: Double) -> [Vector2] {
        (0..<180).map { degrees in
            let angle = Double(2 * degrees) * .pi / 180
            return diameter / 2 * Vector2(cos(angle), sin(angle))
        }
    }

    /// The places in this picture of what another picture shows at some places; nil if this one's direction is not recorded.
    /// - Parameter places: places in the other picture. If that one's direction is not recorded, they must form a shape that has
    ///   no direction, as a circle.
    func places(_ places: [Vector2], of other: ExposureView) -> [Vector2]? {
        guard let fromStage = toStage?.inverse else { return nil }
        return places.map { place in
            let offset = (other.toStage ?? .identity) * place
            // The camera, and the beam, see a specimen that is tilted about x as shortened along y.
            let onSpecimen = other.centre + Vector2(offset.x, offset.y / other.cosine) - centre
            return fromStage * Vector2(onSpecimen.x, cosine * onSpecimen.y)
        }
    }
}
