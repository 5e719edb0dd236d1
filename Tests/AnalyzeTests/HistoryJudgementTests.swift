import EPUCore
import Foundation
import Testing

@testable import epu_analyze

@Suite("What earlier sessions of the microscope decide")
struct HistoryJudgementTests {
    private static func foil(_ seed: UInt64) -> IdealFoil {
        var foil = IdealFoil()
        foil.seed = seed
        foil.stageError = 0.06
        return foil
    }

    /// - Parameter spread: of the earlier sessions' matrices, as a part.
    private static func input(_ foil: IdealFoil, stops: Int, earlier: Int = 4, factor: Double = 1, degrees: Double = 0)
        -> CalibrationInput
    {
        let exposures = foil.exposures(of: foil.shots.filter { $0.stop < stops })
        var input = CalibrationInput(Condition(probeMode: nil, alphaDegrees: nil), exposures)
        for number in 0..<earlier {
            input.earlier.append(
                EarlierCalibration(
                    matrix: foil.matrix.changed(
                        by: factor + 0.002 * Double(number % 3 - 1), degrees: degrees + 0.1 * Double(number % 2)),
                    startedAt: Timestamp(ticks: Int64(number)), relativeError: 0.002))
        }
        return input
    }

    @Test(
        "Three stops that a wrong matrix would have shown are good by history", arguments: 1...6 as ClosedRange<UInt64>)
    func good(seed: UInt64) {
        let foil = Self.foil(seed)
        let result = Calibrator(input: Self.input(foil, stops: 3)).result(nil)
        #expect((result.chosen.method, result.verdict) == (.history, .good), "\(result.reasons)")
        #expect(result.chosen.matrix.agrees(with: foil.matrix))
        #expect(result.reasons.contains { $0.hasPrefix("Good by history") })
    }

    @Test("One stop, or no more than two sessions before, leave it doubtful")
    func doubtful() {
        let foil = Self.foil(1)
        let one = Calibrator(input: Self.input(foil, stops: 1)).result(nil)
        #expect((one.chosen.method, one.verdict) == (.history, .doubtful))
        #expect(Calibrator(input: Self.input(foil, stops: 3, earlier: 2)).result(nil).verdict == .doubtful)
    }

    @Test(
        "A history that these stops contradict is not good",
        arguments: [(1.0, 90.0), (1.0, 180.0), (1.05, 0.0), (1.0, 4.0)], 1...4 as ClosedRange<UInt64>)
    func contradicted(change: (factor: Double, degrees: Double), seed: UInt64) {
        let foil = Self.foil(seed)
        let input = Self.input(foil, stops: 4, factor: change.factor, degrees: change.degrees)
        let result = Calibrator(input: input).result(nil)
        #expect(
            result.verdict != .good || result.chosen.matrix.agrees(with: foil.matrix),
            "\(result.chosen.method) \(result.reasons)")
    }
}
