import ArgumentParser
import EPUCore
import Foundation
import Testing

@testable import epu_simulate

@Suite("Refused inputs")
struct RefusedInputTests {
    @Test(
        "Values that make no sense are refused on the command line",
        arguments: [
            ["--exposures", "0"], ["--exposures", "1000001"], ["--exposures", "-5"], ["--areas", "0"],
            ["--areas", "18"], ["--margin", "0.01"], ["--margin", "nan"], ["--pitch", "-2.5"], ["--pitch", "inf"],
            ["--hole-size", "3"], ["--radius", "0"], ["--radius", "nan"], ["--beam-diameter", "-1"],
            ["--unmoved-stage", "-1"], ["--repeated-hole", "400"],
            ["--partial-overlap", "1", "--partial-distance", "0.35"],
            ["--matrix", "1,2,3"], ["--matrix", "1,1,1,1"], ["--matrix", "nan,0,0,1"], ["--matrix", "a,b,c,d"],
            ["--hole-map-scale-error", "0.05"], ["--hole-image-scale-error", "-0.01"], ["--speed", "0"],
            ["--utc-offset", "900"], ["--start", "yesterday"], ["--start", "2025-01-08T15:10:39"],
            ["--epu-version", "3.5"], ["--epu-version", "1.1"], ["--xml-form", "two-lines"],
            ["--second-fraction", "0"], ["--cluster-radius", "-1"], ["--seed", "-1"],
            ["--foil", "round"], ["--hole-numbering", "rows"], ["--centring-error", "0.31"],
            ["--centring-error", "-0.01"], ["--stage-error", "nan"], ["--stage-error", "0.6"], ["--tilt", "90"],
            ["--exposures", "5", "--repeated-hole", "1"], ["--finished", "0"], ["--finished", "1.1"],
            ["--second-offset", "1,2"], ["--second-session", "--second-offset", "100.1,0"],
            ["--second-session", "--second-offset", "0,-101"], ["--second-session", "--second-offset", "1"],
            ["--second-session", "--second-offset", "nan,0"], ["--second-turn", "1"],
            ["--second-session", "--second-turn", "180.1"], ["--interrupted", "-1"], ["--second-mirror"],
            ["--second-atlas"], ["--square-turn", "-1"], ["--square-turn", "10.1"], ["--square-stretch", "5.1"],
            ["--readback-error", "0.6"], ["--readback-error", "nan"], ["--backlash", "-0.1"], ["--wrinkle", "0.3"],
            ["--reuse-centring", "0.1"], ["--cluster-radius", "0", "--reuse-centring", "1"],
            ["--interrupted", "1", "--areas", "1"],
        ])
    func values(arguments: [String]) {
        #expect(throws: (any Error).self) { try MakeCommand.parse(["out"] + arguments) }
    }

    @Test("A matrix and angles may begin with a minus")
    func negativeNumbers() throws {
        let command = try MakeCommand.parse([
            "out", "--matrix", "-24.5,3.5,3.5,24.5", "--foil-angle", "-20", "--utc-offset", "-300",
            "--second-session", "--second-offset", "-100,-0.5", "--second-turn", "-180", "--second-mirror",
        ])
        #expect(command.options.matrix == Matrix2(-24.5, 3.5, 3.5, 24.5))
        #expect(command.options.foilAngleDegrees == -20)
        #expect(command.options.utcOffsetMinutes == -300)
        #expect(command.options.secondOffset == Vector2(-100, -0.5))
        #expect(command.options.secondTurnDegrees == -180)
        #expect(command.options.secondMirror)
    }

    @Test("The command line's defaults are the model's")
    func defaults() throws {
        let fromCommand = try MakeCommand.parse(["out"]).options
        #expect(String(describing: fromCommand) == String(describing: SimulationOptions()))
    }

    @Test("Nothing is overwritten")
    func inTheWay() throws {
        try inTemporaryFolder { folder in
            let simulation = Simulation(quickOptions { $0.exposures = 100 })
            try "mine".write(toFile: folder + "/notes.txt", atomically: true, encoding: .utf8)
            #expect(throws: Failure.self) { try simulation.write(to: folder) }
            #expect(throws: Failure.self) { try simulation.write(to: folder + "/notes.txt") }
            try "{}".write(toFile: folder + "/grid.truth.json", atomically: true, encoding: .utf8)
            #expect(throws: Failure.self) { try simulation.write(to: folder + "/grid") }
            #expect(try tree(folder).count == 2)
            // An empty folder is as good as none, with or without a slash.
            try FileManager.default.createDirectory(atPath: folder + "/empty", withIntermediateDirectories: false)
            try simulation.write(to: folder + "/empty/")
            #expect(FileManager.default.fileExists(atPath: folder + "/empty.truth.json"))
            #expect(throws: Failure.self) { try simulation.write(to: folder + "/empty") }
        }
    }

    @Test("A folder that cannot be made is named in one sentence")
    func unwritable() throws {
        try inTemporaryFolder { folder in
            try "a file".write(toFile: folder + "/file", atomically: true, encoding: .utf8)
            let error = #expect(throws: Failure.self) {
                try Simulation(quickOptions { $0.exposures = 100 }).write(to: folder + "/file/grid")
            }
            #expect(error?.description.contains("Not a directory") == true)
        }
    }

    @Test("A file that cannot be written is named with the reason, and a full disk with what to do")
    func unwritableFile() throws {
        try inTemporaryFolder { folder in
            let missing = #expect(throws: Failure.self) { try PlainFile.write([1], to: folder + "/none/file") }
            #expect(missing?.description == "Cannot write \(folder)/none/file: No such file or directory.")
        }
        // Linux has a device that is always full.
        let full = #expect(throws: Failure.self) { try PlainFile.write([1, 2, 3], to: "/dev/full") }
        #expect(
            full?.description
                == "Cannot write /dev/full: No space left on device. Make room, remove the unfinished session and run again."
        )
    }

    @Test("More incidents than stops can take are refused with a reason")
    func tooManyIncidents() {
        let error = #expect(throws: Failure.self) {
            try SimulationModel(options: quickOptions { $0.unmovedStages = 100 })
        }
        #expect(error?.description.contains("--unmoved-stage") == true)
    }

    @Test("A radius that reaches the next hole is refused")
    func wideRadius() {
        #expect(throws: Failure.self) { try SimulationModel(options: quickOptions { $0.radius = 2 }) }
    }
}
