import ArgumentParser
import Testing

@testable import epu_analyze

@Suite("Options for beams of which EPU did not record everything")
struct BeamOptionsTests {
    @Test(
        "A dose or a diameter that no microscope gives is refused with its unit",
        arguments: [
            ("--missing-dose", "-1", "e/A^2"), ("--missing-dose", "nan", "e/A^2"), ("--spot-dose", "1e7", "e/A^2"),
            ("--missing-beam-diameter", "0", "takes um"), ("--missing-beam-diameter", "101", "takes um"),
        ])
    func refused(option: String, value: String, words: String) {
        do {
            _ = try BeamOptions.parse([option, value])
            Issue.record("\(option) \(value) is taken.")
        } catch {
            let message = BeamOptions.message(for: error)
            #expect(message.contains(option) && message.contains(words), "\(message)")
        }
    }

    @Test("The greatest that may be given are taken")
    func taken() throws {
        let options = try BeamOptions.parse([
            "--missing-dose", "0", "--spot-dose", "1e6", "--missing-beam-diameter", "100",
        ])
        #expect(options.missingDose == 0 && options.spotDose == 1e6 && options.missingBeamDiameter == 100)
    }
}
