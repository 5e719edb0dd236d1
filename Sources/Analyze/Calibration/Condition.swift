/// What the microscope's calibration depends on within a session: exposures that differ in it are calibrated apart.
struct Condition: Hashable, Sendable {
    /// NanoProbe or MicroProbe, as EPU writes it; nil where it is not recorded.
    let probeMode: String?
    /// Of the stage, to the degree; 0 below `leastTilt`.
    let tiltDegrees: Int

    /// Stages that are not tilted read back up to a degree or two.
    static let leastTilt = 3.0
    /// Beyond this nothing is seen; such a value is not to be trusted.
    static let greatestTilt = 80.0

    init(probeMode: String?, alphaDegrees: Double?) {
        self.probeMode = probeMode
        let alpha = alphaDegrees ?? 0
        tiltDegrees = (Self.leastTilt...Self.greatestTilt).contains(abs(alpha)) ? Int(alpha.rounded()) : 0
    }

    /// The tilt of a row of `exposure`, by the rule above.
    static let tiltSQL = "iif(abs(stage_alpha_deg) BETWEEN \(leastTilt) AND \(greatestTilt), round(stage_alpha_deg), 0)"

    var isTilted: Bool { tiltDegrees != 0 }

    var text: String {
        [probeMode, isTilted ? "tilt \(tiltDegrees) degrees" : nil].compactMap { $0 }.joined(separator: ", ")
    }
}
