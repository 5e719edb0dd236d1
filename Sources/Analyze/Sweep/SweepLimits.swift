import EPUArchive
import EPUCore
import GRDB

/// What a sweep does not look at, so that nobody takes its counts for all.
struct SweepLimits {
    /// Whether no matrix takes beam shift to the stage: then distances between stage stops are not known.
    let isUndetermined: Bool
    private let verdict: CalibrationVerdict?
    /// The names of the earlier sessions that are or may be on the grid.
    private let earlier: [String]

    /// - Parameter calibrations: what places the session's exposures.
    init(_ session: SessionRow, _ calibrations: [StoredCalibration], _ db: Database) throws {
        let verdicts = calibrations.map(\.verdict)
        isUndetermined = verdicts.contains(.undetermined)
        verdict = isUndetermined ? .undetermined : verdicts.first { $0 == .doubtful }
        let scope = try GridScope(of: session, isAcross: true, db)
        earlier = (scope.earlier + scope.strangers).map(\.name)
    }

    var lines: [String] {
        var lines: [String] = []
        switch verdict {
        case .undetermined:
            lines.append("the calibration is undetermined: only overlaps that any matrix would give are counted")
        case .doubtful: lines.append("the calibration is doubtful, and so are the distances")
        case .good, .given, nil: break
        }
        if let first = earlier.first {
            let more = earlier.count > 1 ? " and \(counted(earlier.count - 1, "other"))" : ""
            lines.append(
                "within the session alone; epu-analyze also compares with \(first)\(more), earlier on the grid")
        }
        return lines
    }
}
