import EPUCore
import Foundation

/// What the study needs of the truth that epu-simulate writes beside a session.
struct StudyTruth: Decodable {
    struct Exposure: Decodable {
        let name: String
        /// The position of the exposure on the stage, um; y follows.
        let x: Double
        let y: Double
        let square: Int
        let hole: Int
        let area: Int
        let stop: Int

        var position: Vector2 { Vector2(x, y) }

        enum CodingKeys: String, CodingKey {
            case name, square, hole, area, stop
            case x = "x_um"
            case y = "y_um"
        }
    }

    struct Incident: Decodable {}

    let radius: Double
    /// All exposures, in the order of time.
    let exposures: [Exposure]
    let incidents: [Incident]

    enum CodingKeys: String, CodingKey {
        case radius = "radius_um"
        case exposures, incidents
    }

    init(file path: String) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw Failure("\(path) is no truth file of epu-simulate: \(error).")
        }
    }
}
