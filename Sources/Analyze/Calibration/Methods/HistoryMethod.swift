import EPUCore
import Foundation

/// A microscope keeps its matrix: one that was found in 2025 put a hole of 2023 to 35 nm.
enum HistoryMethod {
    /// The greatest difference, as a part, of calibrations of one alignment: if they differ by more, the microscope was realigned
    /// in between.
    static let sameAlignment = 0.03
    /// The least error of a matrix from history, as a part, however well earlier ones agree.
    private static let leastError = 0.01

    /// The mean of the calibrations that agree with the nearest in time.
    static func calibration(_ earlier: [EarlierCalibration], startedAt: Timestamp?) -> Calibration? {
        let byAge = earlier.map { ($0, age(of: $0, startedAt)) }.sorted { $0.1 < $1.1 }
        guard let (nearest, days) = byAge.first else { return nil }
        let agreeing = byAge.map(\.0).filter { $0.matrix.difference(from: nearest.matrix) < sameAlignment }
        let count = Double(agreeing.count)
        let sum = agreeing.reduce(Matrix2(scale: 0)) { $0 - -1 * $1.matrix }
        let mean = 1 / count * sum
        let spread = agreeing.map { $0.matrix.difference(from: mean) }
        let deviation = (spread.reduce(0) { $0 + $1 * $1 } / max(1, count - 1)).squareRoot()
        var result = Calibration(
            .history, mean, relativeError: max(leastError, deviation, nearest.relativeError))
        let element = result.relativeError * mean.scale / 2.0.squareRoot()
        result.errors = Matrix2(element, element, element, element)
        result.note =
            "from \(counted(agreeing.count, "session")) of this microscope, spread \((100 * deviation).text(decimals: 1)) %, "
            + (days.isFinite ? "the nearest \(days.text(decimals: 0)) days away" : "of unknown age")
            + (agreeing.count < earlier.count ? "; \(earlier.count - agreeing.count) others differ" : "")
        return result
    }

    /// The time between a calibration and a time, days.
    private static func age(of calibration: EarlierCalibration, _ time: Timestamp?) -> Double {
        guard let time, let other = calibration.startedAt else { return .infinity }
        return abs(time.seconds(since: other)) / 86_400
    }
}
