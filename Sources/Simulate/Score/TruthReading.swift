import EPUCore
import Foundation

/// The parts of a truth file that `score` needs.
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

    struct Incident: Decodable {
        let kind: IncidentKind
        let session: String
        let stop: Int
        /// The names of the exposures that were shot at the incident.
        let exposures: [String]
    }

    let radius: Double
    let exposures: [Exposure]
    let pairs: [Pair]
    let incidents: [Incident]

    enum CodingKeys: String, CodingKey {
        case radius = "radius_um"
        case exposures, pairs, incidents
    }
}

extension TruthReading {
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
