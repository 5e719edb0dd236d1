import EPUCore

/// A calibration in JSON, with as much of it as a report tells.
public struct ReportedCalibration: Encodable, Sendable {
    /// The facts that there are to tell, by their keys.
    public enum Fact: String, CodingKey, Sendable {
        case calibrationID = "calibrationId"
        case method, verdict, reason
        /// The condition in words, which are empty where the calibration is for all exposures.
        case condition
        case probeMode
        case tiltDegrees = "tiltDeg"
        /// The matrix, um per beam-shift unit, row by row.
        case matrix
        /// The scale of the matrix, um per beam-shift unit.
        case scale
        case angleDegrees = "angleDeg"
        case mirrored
    }

    public let calibration: StoredCalibration
    private let facts: [Fact]

    public init(_ calibration: StoredCalibration, telling facts: [Fact]) {
        self.calibration = calibration
        self.facts = facts
    }

    /// Writes the facts that are told; one that is nil is left out.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Fact.self)
        for fact in facts {
            switch fact {
            case .calibrationID: try values.encode(calibration.calibrationID, forKey: fact)
            case .method: try values.encode(calibration.method, forKey: fact)
            case .verdict: try values.encode(calibration.verdict, forKey: fact)
            case .reason: try values.encodeIfPresent(calibration.reason, forKey: fact)
            case .condition: try values.encode(calibration.conditionText, forKey: fact)
            case .probeMode: try values.encodeIfPresent(calibration.condition?.probeMode, forKey: fact)
            case .tiltDegrees: try values.encodeIfPresent(calibration.condition?.tiltDegrees, forKey: fact)
            case .matrix: try values.encode(calibration.matrix.elements, forKey: fact)
            case .scale: try values.encode(calibration.matrix.scale, forKey: fact)
            case .angleDegrees: try values.encode(calibration.matrix.angleDegrees, forKey: fact)
            case .mirrored: try values.encode(calibration.matrix.isMirrored, forKey: fact)
            }
        }
    }
}
