import EPUCore
import Foundation

/// The truth as JSON, written piece by piece: a million exposures are never in memory as one text.
enum TruthFile {
    static func write(_ truth: SimulationTruth, options: SimulationOptions, to path: String) throws {
        var file = try OutputFile(path)
        let m = options.matrix
        // `matrix` is that of a flat specimen; a tilt stretches what it leads to along y.
        let tilt = options.tiltDegrees == 0 ? "" : "\n  \"tilt_deg\": \(options.tiltDegrees),"
        let remounting = truth.secondFrame.map(remounting) ?? ""
        try file.write(
            """
            {
              "seed": \(options.seed),
              "epu_version": "\(options.epuVersion.rawValue)",
              "matrix": [[\(m.m11), \(m.m12)], [\(m.m21), \(m.m22)]],\(tilt)
              "radius_um": \(options.radiusUsed),
              "margin_um": \(options.margin),
              "beam_diameter_um": \(options.beamDiameterUsed),
              "pitch_um": \(options.pitch),
              "areas": \(options.areas),
              "sessions": [\(truth.sessions.map(quoted).joined(separator: ", "))],\(remounting)
              "incidents": [
            """)
        try list(truth.incidents, &file) { incident in
            "{\"kind\": \"\(incident.kind.rawValue)\", \"session\": \(quoted(incident.session)), \"stop\": \(incident.stop), "
                + "\"exposures\": [\(incident.exposures.map(quoted).joined(separator: ", "))]}"
        }
        if options.squareTurnDegrees != 0 || options.squareStretchPercent != 0 {
            try file.write("],\n  \"squares\": [")
            try list(truth.squares, &file) { square in
                "{\"square\": \(square.id), \"turn_deg\": \(square.distortion.turnDegrees), "
                    + "\"stretch_percent\": \(100 * square.distortion.stretch)}"
            }
        }
        try file.write("],\n  \"exposures\": [")
        try list(truth.exposures, &file) { exposure in
            "{\"name\": \(quoted(exposure.name)), \"session\": \(quoted(exposure.session)), "
                + "\"x_um\": \(number(exposure.position.x)), \"y_um\": \(number(exposure.position.y)), "
                + "\"square\": \(exposure.square), \"hole\": \(exposure.hole), \"area\": \(exposure.area), "
                + "\"stop\": \(exposure.stop)\(readBackError(of: exposure, options))}"
        }
        try file.write("],\n  \"pairs\": [")
        try list(truth.pairs, &file) { pair in
            "{\"earlier\": \(quoted(pair.earlier)), \"later\": \(quoted(pair.later)), "
                + "\"distance_um\": \(number(pair.distance)), \"cause\": \"\(pair.cause.rawValue)\"}"
        }
        try file.write("]\n}\n")
        try file.commit()
    }

    /// The read-back less the true stage position, um, as JSON; empty where it errs by its jitter only.
    private static func readBackError(of exposure: SimulationTruth.Exposure, _ options: SimulationOptions) -> String {
        guard options.readBackError != 0 || options.backlash != 0 else { return "" }
        let error = exposure.readBackError
        return ", \"readback_error_um\": [\(number(error.x)), \(number(error.y))]"
    }

    /// How the second session's stage coordinates follow from the first's, in which the positions are: y is mirrored at
    /// the centre where the grid lies upside down, then turned about the centre, then moved by the offset. Empty where
    /// they are the same.
    private static func remounting(_ frame: StageFrame) -> String {
        var text = ""
        if frame.offset != .zero { text += "\n  \"second_offset_um\": [\(frame.offset.x), \(frame.offset.y)]," }
        if frame.isMirrored { text += "\n  \"second_mirror\": true," }
        if frame.turnDegrees != 0 || frame.isMirrored {
            text += "\n  \"second_turn_deg\": \(frame.turnDegrees),"
            text += "\n  \"second_turn_centre_um\": [\(frame.centre.x), \(frame.centre.y)],"
        }
        return text
    }

    private static func list<Value>(
        _ values: [Value], _ file: inout OutputFile, _ text: (Value) -> String
    ) throws {
        for (index, value) in values.enumerated() {
            try file.write((index == 0 ? "\n    " : ",\n    ") + text(value))
        }
        if !values.isEmpty { try file.write("\n  ") }
    }

    /// The number to a tenth of a picometre, written the same in every locale.
    private static func number(_ value: Double) -> String { ((value * 1e7).rounded() / 1e7).description }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
