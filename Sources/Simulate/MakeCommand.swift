import ArgumentParser
import EPUConsole
import EPUCore

struct MakeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "make",
        abstract: "Write an EPU-like session with known overlaps.",
        discussion: """
            Writes the folder OUT_DIR as EPU would (EpuSession.dm, Metadata, image XML and JPG; movies at most as empty files), and \
            OUT_DIR.truth.json: the true position of every exposure, and every pair of exposures within the radius with \
            its cause. Without planted incidents there is no such pair, unless the template has overlaps by design. \
            The same options give the same bytes.

            EXAMPLE
              epu-simulate make demo --exposures 600 --unmoved-stage 1 --repeated-hole 2
            """)

    @Argument(help: "The session's folder; must not exist or be empty. Its last component names the session.")
    var outDir: String

    @OptionGroup(title: "Session") var session: SessionShape
    @OptionGroup(title: "Specimen and microscope") var specimen: SpecimenShape
    @OptionGroup(title: "Distortions of foil and stage") var distortions: DistortionOptions
    @OptionGroup(title: "Planted incidents") var incidents: IncidentCounts
    @OptionGroup(title: "Writing") var writing: WritingStyle
    @OptionGroup var output: JSONOptions

    func validate() throws {
        do { try options.validate() } catch let failure as Failure { throw ValidationError(failure.description) }
    }

    func run() throws {
        let started = ContinuousClock.now
        var progress = ProgressLine("Files")
        let places = SimulationPlaces(outDir)
        var squares = 0
        let truth = try Simulation(options).write(to: outDir) { _ in
            progress.advance(by: 1)
        } onModel: {
            squares = $0.foil.squares.count
        }
        progress.finish()
        let summary = SimulationSummary(
            truth: truth, options: options, places: places, squares: squares,
            seconds: (ContinuousClock.now - started).inSeconds)
        if output.json { try Console.result(json: summary) } else { Console.result(summary.text) }
    }

    var options: SimulationOptions {
        var options = SimulationOptions()
        session.apply(to: &options)
        specimen.apply(to: &options)
        distortions.apply(to: &options)
        incidents.apply(to: &options)
        writing.apply(to: &options)
        return options
    }
}
