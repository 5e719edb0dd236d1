import Foundation

/// What the microscope's calibration depends on within a session: exposures that differ in it are calibrated apart.
public struct Condition: Hashable, Sendable {
    /// NanoProbe or MicroProbe, as EPU writes it; nil where it is not recorded.
    public let probeMode: String?
    /// The tilt of the stage, whole degrees; 0 below `leastTilt`.
    public let tiltDegrees: Int

    /// The least tilt that counts as one, degrees: stages that are not tilted read back up to a degree or two.
    private static let leastTilt = 2.75
    /// The greatest tilt that is believed, degrees: beyond it nothing of the specimen is seen.
    private static let greatestTilt = 80.0
    /// What is added to a tilt before it is cut to whole degrees. Read-backs scatter around whole and half degrees, so that tilts
    /// are not parted there.
    private static let roundingUp = 0.25

    public init(probeMode: String?, alphaDegrees: Double?) {
        let alpha = alphaDegrees ?? 0
        let isTilted = (Self.leastTilt...Self.greatestTilt).contains(abs(alpha))
        self.init(
            probeMode: probeMode,
            tiltDegrees: isTilted ? Int((abs(alpha) + Self.roundingUp).rounded(.down)) * (alpha < 0 ? -1 : 1) : 0)
    }

    public init(probeMode: String?, tiltDegrees: Int) {
        self.probeMode = probeMode
        self.tiltDegrees = tiltDegrees
    }

    /// `tiltDegrees` in SQL, for a row of `exposure`, by the same rule.
    public static let tiltSQL = """
        CAST(iif(abs(stage_alpha_deg) BETWEEN \(leastTilt) AND \(greatestTilt),
                 CAST(abs(stage_alpha_deg) + \(roundingUp) AS INTEGER) * sign(stage_alpha_deg), 0) AS INTEGER)
        """

    public var isTilted: Bool { tiltDegrees != 0 }

    /// The cosine of the tilt. A specimen that is tilted about x is seen, and hit, so much shorter along y.
    public var cosine: Double { isTilted ? cos(Double(tiltDegrees) * .pi / 180) : 1 }

    /// The condition in words, for example `NanoProbe, tilt 30 degrees`; empty where neither is known.
    public var text: String {
        [probeMode, isTilted ? "tilt \(tiltDegrees) degrees" : nil].compactMap { $0 }.joined(separator: ", ")
    }
}
