import EPUCore

extension TaskPlan {
    /// A line for each session, and how even the tasks are.
    var text: String {
        var table = TextTable(["task", "exposures", "size", "grid", "path"])
        for task in tasks {
            for session in task.sessions {
                table.add([
                    "\(task.task)", "\(session.exposures)", Bytes.text(Int(session.bytes)),
                    session.grid ?? "-", session.path,
                ])
            }
        }
        let sessions = tasks.reduce(0) { $0 + $1.sessions.count }
        let greatest = tasks.map(\.exposures).max() ?? 0
        return table.text + "\n\n"
            + "\(counted(sessions, "session")) in \(counted(tasks.count, "task")); "
            + "the greatest has \(counted(greatest, "exposure")), \(greatestToMean.text(decimals: 2)) times the mean."
    }

    /// Writes the plan for a job array: a line for each session, parted by tabs. Paths come last, with their bytes as on disk.
    /// - Throws: `Failure` for a path that would break a line.
    func write(to path: String) throws {
        for session in tasks.flatMap(\.sessions)
        where session.path.unicodeScalars.contains(where: { ["\t", "\n", "\r"].contains($0) }) {
            throw Failure(
                "The path \(session.path.debugDescription) has a tab or a line break, which would break the plan's lines. Rename "
                    + "the folder, or name its parts one by one through a link without them.")
        }
        var file = try OutputFile(path)
        try file.write("task\texposures\tbytes\tgrid\tpath\n")
        for task in tasks {
            for session in task.sessions {
                let grid = session.grid.map { grid in
                    grid.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                }
                try file.write("\(task.task)\t\(session.exposures)\t\(session.bytes)\t\(grid ?? "-")\t")
                try file.write(path: session.path)
                try file.write("\n")
            }
        }
        try file.commit()
    }
}
