import EPUCore

/// Sessions cut into tasks of like cost, which is the number of their exposures: the costliest first, each to the task that has
/// least so far. The greatest task has at most 4/3 of what it has in the best plan (Graham 1969, doi:10.1137/0117039), where no
/// grid is larger than that.
struct TaskPlan: Encodable, Sendable {
    struct Task: Encodable, Sendable {
        /// The task's number, from 1.
        let task: Int
        fileprivate(set) var exposures = 0
        fileprivate(set) var bytes: Int64 = 0
        fileprivate(set) var sessions: [PlannedSession] = []
    }

    let tasks: [Task]
    /// The exposures of the greatest task over the mean of all.
    let greatestToMean: Double

    /// - Parameters:
    ///   - tasks: The number of tasks; there are fewer where there are not so many parts.
    ///   - keepsGrids: Whether sessions of one grid come into one task, so that each is compared with the others there.
    init(_ sessions: [PlannedSession], tasks: Int, keepsGrids: Bool) {
        let parts = Self.parts(sessions, keepsGrids: keepsGrids).sorted { a, b in
            (Self.cost(b), a[0].path) < (Self.cost(a), b[0].path)
        }
        var planned = (0..<max(1, min(tasks, parts.count))).map { Task(task: $0 + 1) }
        for part in parts {
            guard
                let least = planned.indices.min(by: {
                    (planned[$0].exposures, planned[$0].sessions.count, $0)
                        < (planned[$1].exposures, planned[$1].sessions.count, $1)
                })
            else { continue }
            planned[least].sessions += part
            planned[least].exposures += part.reduce(0) { $0 + $1.exposures }
            planned[least].bytes += part.reduce(0) { $0 + $1.bytes }
        }
        self.tasks = planned
        let mean = Double(sessions.reduce(0) { $0 + $1.exposures }) / Double(planned.count)
        greatestToMean = mean > 0 ? Double(planned.map(\.exposures).max() ?? 0) / mean : 1
    }

    private static func cost(_ part: [PlannedSession]) -> Int { part.reduce(0) { $0 + $1.exposures } }

    /// The sessions that must stay together: those of one grid, and those that lie in one another, as a folder is read with what
    /// is below it.
    private static func parts(_ sessions: [PlannedSession], keepsGrids: Bool) -> [[PlannedSession]] {
        var parts: [[PlannedSession]] = []
        var partOfGrid: [String: Int] = [:]
        var partOfPath: [PathKey: Int] = [:]
        for session in sessions.sorted(by: { $0.path < $1.path }) {
            let above = session.path.pathParts.indices.reversed().lazy
                .map { PathKey("/" + session.path.pathParts[..<$0].joined(separator: "/")) }
                .compactMap { partOfPath[$0] }.first
            let grid = keepsGrids ? session.grid : nil
            let ofGrid = grid.flatMap { partOfGrid[$0] }
            if let above, let ofGrid, above != ofGrid {
                // It ties two parts to each other.
                parts[above] += parts[ofGrid]
                parts[ofGrid] = []
                for (path, part) in partOfPath where part == ofGrid { partOfPath[path] = above }
                for (grid, part) in partOfGrid where part == ofGrid { partOfGrid[grid] = above }
            }
            let part = above ?? ofGrid ?? parts.count
            if part == parts.count { parts.append([]) }
            parts[part].append(session)
            partOfPath[PathKey(session.path)] = part
            if let grid { partOfGrid[grid] = part }
        }
        return parts.filter { !$0.isEmpty }
    }
}
