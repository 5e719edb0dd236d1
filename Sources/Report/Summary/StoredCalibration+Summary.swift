import EPUArchive
import EPUCore

/// How a session's beam shifts are taken to the stage, and how certain that is, in the words of a summary.
extension StoredCalibration {
    var summarized: ReportedCalibration {
        ReportedCalibration(
            self,
            telling: [
                .calibrationID, .method, .verdict, .reason, .probeMode, .tiltDegrees, .scale, .angleDegrees, .mirrored,
            ])
    }

    var summaryLines: [String] {
        if verdict == .undetermined {
            return [
                "  calibration  undetermined (calibration \(calibrationID), see `epu-analyze calibrate`): only overlaps within",
                "               a stage stop are found, and those that any matrix would give",
            ]
        }
        if method == .stage {
            return [
                "  calibration  not needed: the beam shift is the same in all exposures (calibration \(calibrationID))"
            ]
        }
        let origin =
            verdict == .given
            ? "given"
            : "\(verdict.rawValue), by \(method.rawValue)" + (conditionText.isEmpty ? "" : " for \(conditionText)")
        return ["  calibration  \(origin): \(shapeText) (calibration \(calibrationID))"]
            + (verdict == .doubtful ? reason.map { ["               \($0)"] } ?? [] : [])
    }
}
