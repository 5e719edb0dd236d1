import EPUCore
import Testing

@testable import epu_analyze

@Suite("Sessions of one exposure")
struct OneExposureTests {
    private func result(_ shifts: [Vector2]) -> Calibrator.Result {
        let exposures = shifts.enumerated().map { index, shift in
            SessionExposure(
                exposureID: Int64(index + 1), sessionID: 1, foilHole: Int64(index), area: 1,
                stage: Vector2(10 * Double(index), 0), beamShift: shift,
                acquired: Timestamp(ticks: Int64(index) * Timestamp.ticksPerSecond))
        }
        return Calibrator(input: CalibrationInput(Condition(probeMode: nil, alphaDegrees: nil), exposures)).result(nil)
    }

    @Test("One exposure proves nothing of how beam shift maps to the stage, whatever its beam shift is")
    func one() {
        for shift in [Vector2.zero, Vector2(0.1, -0.05)] {
            let result = result([shift])
            #expect(result.verdict == .undetermined && result.chosen.method == .none)
            #expect(result.reasons.first?.hasPrefix("There is one exposure only: it proves nothing") == true)
        }
    }

    @Test("The same beam shift in two exposures needs no matrix")
    func two() {
        let result = result([Vector2(0.1, 0), Vector2(0.1, 0)])
        #expect(result.verdict == .good && result.chosen.method == .stage)
    }
}
