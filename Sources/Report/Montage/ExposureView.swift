import EPUShared
import Foundation
import GRDB

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
    /// From the picture to the stage, without scale; nil: the camera's direction is not recorded.
    let toStage: Matrix2?

    /// - Parameters:
    ///   - width: um, as the height; nil where either is not greater than 0.
    ///   - imageToStage: EPU's ReferenceTransformation, um per unbinned pixel, of which only the direction is taken. A feature
    ///     d pixels from the picture's middle (y down) lies at stage - binning x matrix x d.
    init?(width: Double, height: Double, centre: Vector2, cosine: Double = 1, imageToStage: Matrix2?) {
        guard width > 0, height > 0, width.isFinite, height.isFinite, centre.isFinite, cosine > 0 else { return nil }
        self.width = width
        self.height = height
        self.centre = centre
        self.cosine = cosine
        toStage = imageToStage.flatMap { matrix in
            let (right, down) = (matrix.firstColumn, matrix.secondColumn)
            let directions = Matrix2(columns: (-1 / right.length) * right, (-1 / down.length) * down)
            // Directions that nearly agree are no camera's.
            return directions.isFinite && abs(directions.determinant) > 0.5 ? directions : nil
        }
    }

    /// - Parameter row: of `exposure`, with its placement's `x_um` and `y_um`.
    init?(_ row: Row) {
        guard let pixels = (row["readout_width_px"] as Double?), let lines = (row["readout_height_px"] as Double?),
            let pixelSize = (row["pixel_size_a"] as Double?), let x = (row["x_um"] as Double?),
            let y = (row["y_um"] as Double?)
        else { return nil }
        let elements = ["11", "12", "21", "22"].compactMap { row["image_to_stage_m" + $0] as Double? }
        self.init(
            width: 1e-4 * pixels * pixelSize, height: 1e-4 * lines * (row["pixel_size_y_a"] ?? pixelSize),
            centre: Vector2(x, y),
            cosine: Condition(probeMode: row["probe_mode"], alphaDegrees: row["stage_alpha_deg"]).cosine,
            imageToStage: elements.count == 4
                ? Matrix2(elements[0], elements[1], elements[2], elements[3]) : nil)
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
