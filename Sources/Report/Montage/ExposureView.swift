import EPUCore
import Foundation

/// How the picture of an exposure shows the specimen: its preview is the whole camera field. Places in a picture are um to
/// the right and down from its middle.
struct ExposureView: Sendable {
    /// Of the camera field, um.
    let width: Double
    let height: Double
    /// Of the field on the specimen, um.
    let centre: Vector2
    /// Of the stage's tilt, as `Condition.cosine`.
    let cosine: Double
    /// As `RecordedField.toStage`; nil: the camera's direction is not known.
    let toStage: Matrix2?

    /// - Parameters:
    ///   - width: um, as the height; nil where either is not greater than 0.
    ///   - imageToStage: as `RecordedField` takes it.
    init?(width: Double, height: Double, centre: Vector2, cosine: Double = 1, imageToStage: Matrix2?) {
        self.init(
            RecordedField(width: width, height: height, imageToStage: imageToStage), centre: centre, cosine: cosine)
    }

    /// Nil where nothing is known of the field, or of its place.
    init?(_ recorded: RecordedField?, centre: Vector2, cosine: Double) {
        guard let recorded, centre.isFinite, cosine > 0 else { return nil }
        width = recorded.width
        height = recorded.height
        toStage = recorded.toStage
        self.centre = centre
        self.cosine = cosine
    }

    /// The corners of the picture.
    var corners: [Vector2] {
        [Vector2(-1, -1), Vector2(1, -1), Vector2(1, 1), Vector2(-1, 1)].map {
            Vector2(width / 2 * $0.x, height / 2 * $0.y)
        }
    }

    /// The rim of a beam on the picture's middle.
    static func rim(ofBeam diameter: Double) -> [Vector2] {
        (0..<180).map { degrees in
            let angle = Double(2 * degrees) * .pi / 180
            return diameter / 2 * Vector2(cos(angle), sin(angle))
        }
    }

    /// Where this picture shows what another one shows at some places; nil where this one's direction is not recorded.
    /// - Parameter places: in the other picture. Of one whose direction is not recorded, of a shape that any has, as a circle.
    func places(_ places: [Vector2], of other: ExposureView) -> [Vector2]? {
        guard let fromStage = toStage?.inverse else { return nil }
        return places.map { place in
            let offset = (other.toStage ?? .identity) * place
            // The camera, and the beam, see a specimen that is tilted about x shortened along y.
            let onSpecimen = other.centre + Vector2(offset.x, offset.y / other.cosine) - centre
            return fromStage * Vector2(onSpecimen.x, cosine * onSpecimen.y)
        }
    }
}
