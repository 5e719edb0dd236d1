import ArgumentParser
import EPUConsole
import EPUCore

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "List the sessions below folders and cut them into tasks of like cost.",
        discussion: """
            For a cluster: each task ingests its sessions into an archive of its own, and epu-ingest merge joins these \
            (Documentation/slurm.md). Sessions on one grid, by instrument and atlas, come into one task, so that they are \
            compared there at once. Nothing is read but the names and sizes of files, EpuSession.dm and some exposures.

            EXAMPLE
              epu-ingest plan demo --tasks 2 --out plan.tsv
            """)

    enum Unit: String, ExpressibleByArgument, CaseIterable {
        case grid, session
    }

    @Argument(help: "Folders with EPU sessions: a session, or a folder of many.", completion: .directory)
    var folders: [String]

    @Option(help: "How many tasks. Default: one for each grid, up to 1000.")
    var tasks: Int?

    @Option(help: "What stays together: grid, or session to cut finer.")
    var by = Unit.grid

    @Option(
        help: "Write the plan to this file, for the job array: task, exposures, bytes, grid and path.",
        completion: .file())
    var out: String?

    @OptionGroup var output: JSONOptions

    func validate() throws {
        if let tasks, !(1...1_000_000).contains(tasks) {
            throw ValidationError("--tasks takes 1 to 1000000, not \(tasks).")
        }
    }

    func run() throws {
        let found = SessionFinder.sessions(below: try folders.map(SessionFinder.readableFolder))
        let sessions = found.filter(\.isSession)
        guard !sessions.isEmpty else {
            throw Failure(
                "No EPU exposure (FoilHole_*_Data_*.xml) and no EpuSession.dm below \(folders.joined(separator: ", "))."
            )
        }
        var progress = ProgressLine("sessions", total: sessions.count)
        let planned = sessions.map { folder in
            let session = PlannedSession(folder)
            progress.advance(by: 1)
            return session
        }
        progress.finish()
        let plan = TaskPlan(planned, tasks: tasks ?? 1000, keepsGrids: by == .grid)
        if let out { try plan.write(to: out) }
        if output.json {
            try Console.result(json: plan)
        } else {
            Console.result(plan.text)
        }
        for folder in found where !folder.isSession || !folder.unreadable.isEmpty {
            Console.message(
                folder.unreadable.first.map { "\(folder.path)/\($0.path) cannot be listed: \($0.reason)" }
                    ?? "\(folder.path) has \(folder.files) files and no exposures, and is in no task. If it has movies of these "
                    + "sessions, ingest it into the merged archive.")
        }
    }
}
