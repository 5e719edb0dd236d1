import EPUShared
import Foundation

/// What `score` needs of a truth file.
struct TruthReading: Decodable {
    struct Exposure: Decodable {
        let name: String
        let session: String
    }

    struct Pair: Decodable {
        let earlier: String
        let later: String
        let cause: OverlapCause
    }

    let radius: Double
    let exposures: [Exposure]
    let pairs: [Pair]

    enum CodingKeys: String, CodingKey {
        case radius = "radius_um"
        case exposures, pairs
    }

    /// - Throws: `Failure` where the file cannot be read or is no truth file.
    init(file path: String) throws {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw Failure("\(path) cannot be read. `epu-simulate OUT_DIR` writes OUT_DIR.truth.json.")
        }
        do {
            self = try JSONDecoder().decode(TruthReading.self, from: content)
        } catch {
            throw Failure("\(path) is no truth file of epu-simulate.")
        }
    }
}
