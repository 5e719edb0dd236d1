import ArgumentParser
import EPUArchive
import EPUConsole
import EPUCore
import GRDB

struct SameGridCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "same-grid",
        abstract: "Say that two sessions are on one grid, though it got a new atlas in between.",
        discussion: """
            Sessions on one atlas are compared by themselves. A grid that was taken out and loaded again gets a new atlas, and \
            its squares get new ids: then only you know that it is the same grid. The next `epu-analyze` compares the two, \
            if the squares and holes of both confirm it: how the grid was shifted, turned or put back upside down is \
            measured, and said. Otherwise it says \"not confirmed\" with the reason, and compares nothing. For this, both need \
            hole maps (Metadata/GridSquare_*.dm) of squares that both visited. What is said of A and B, and of B and C, \
            holds for A and C. Without names it lists what was said.

            EXAMPLE
              epu-simulate make monday --no-images --second-session --second-atlas
              epu-ingest --db archive.db monday monday-second
              epu-analyze same-grid --db archive.db monday monday-second
              epu-analyze --db archive.db
              epu-analyze same-grid --db archive.db
              epu-analyze same-grid --db archive.db monday monday-second --undo
            """)

    @Argument(help: ArgumentHelp("Two sessions by their names.", valueName: "session"))
    var names: [String] = []

    @Flag(help: "Take it back.")
    var undo = false

    @OptionGroup var archive: ArchiveOptions
    @OptionGroup var output: JSONOptions

    func validate() throws {
        guard names.count == 2 || (names.isEmpty && !undo) else {
            throw ValidationError("Name two sessions that are on one grid, or none to list what was said.")
        }
    }

    func run() throws {
        let archive = try Archive(archive.path, access: .write)
        let all = try archive.write { db in
            if names.count == 2 {
                let sessions = try SessionRow.named(names, db)
                if undo {
                    try SameGrid.takeBack(sessions[0], sessions[1], db)
                } else {
                    _ = try SameGrid.say(sessions[0], sessions[1], at: .now, db)
                }
            }
            return try SameGrid.all(db)
        }
        if output.json { return try Console.result(json: all) }
        guard names.count == 2 else {
            return Console.result(
                all.isEmpty
                    ? "Nothing was said: `epu-analyze same-grid A B` says that two sessions are on one grid."
                    : all.map { "\($0.session) and \($0.other) are on one grid, said \($0.saidAt.prefix(10)) (UTC)" }
                        .joined(separator: "\n"))
        }
        Console.result(
            "\(names[0]) and \(names[1]) are \(undo ? "no longer said to be" : "said to be") on one grid: run `epu-analyze` to judge "
                + "the later one again.")
    }
}
