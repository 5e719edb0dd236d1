import EPUShared
import Foundation
import GRDB

/// Keeps an archive up to date with sessions that are still running, until it is interrupted.
///
/// inotify tells which folders have something new, and only those are read; where it cannot (a network file system, a
/// limit of the system) all folders are listed every few seconds. Every few minutes all of them are looked at in any
/// case.
struct Follow {
    /// As the user gave them.
    let folders: [String]
    let ingestion: Ingestion
    /// Seconds between two looks at everything; nil: as inotify reports.
    let pollInterval: Double?
    let reporter: FollowReporter
    let analysis: FollowAnalysis?

    /// Seconds. A look at an unchanged session of 50,000 exposures takes half of one.
    private static let defaultPollInterval = 5.0
    private static let completeLookInterval = 300.0

    func run() async throws {
        var watcher = pollInterval == nil ? FolderWatcher() : nil
        var isWatching = watcher != nil
        var due = FollowSchedule(interval: isWatching ? Self.completeLookInterval : pollTime)
        var look = Look.everything
        while true {
            let began = ContinuousClock.now
            let (sessions, fresh) = try find(look, watched: watcher?.watched ?? [])
            if isWatching {
                for folder in fresh where watcher?.watch(folder) == false {
                    reporter.note("Changes below \(folder) are not reported here: looking every \(Int(pollTime)) s.")
                    isWatching = false
                    due.interval = pollTime
                    break
                }
            }
            let report = IngestReport(archive: ingestion.archive.path, sessions: try await ingestion.run(sessions))
            reporter.report(report)
            if let analysis, report.hasNews { try analysis.run(report, reporter) }
            due.look(at: report.youngFolders, after: ingestion.minimumAge)
            // Files that came into a new folder before it was watched.
            if isWatching { due.look(at: Set(fresh), after: 0) }
            if look.isEverything { due.sawEverything(took: ContinuousClock.now - began) }
            look = await next(&watcher, isWatching, &due)
        }
    }

    private var pollTime: Double { pollInterval ?? Self.defaultPollInterval }

    private enum Look {
        case everything
        case folders(Set<String>)

        var isEverything: Bool {
            if case .everything = self { true } else { false }
        }
    }

    /// The sessions to be read, and the folders that are not being watched yet.
    private func find(_ look: Look, watched: Set<String>) throws -> (sessions: [SessionFolder], fresh: [String]) {
        let starts: [String]
        var except: Set<String> = []
        switch look {
        case .everything:
            starts = folders
        case .folders(let changed):
            starts = changed.sorted()
            except = watched
        }
        // A folder may be gone, or its disk away for a while.
        let present = starts.filter { PathText.status($0).map(PathText.isFolder) ?? false }
        if present.isEmpty, look.isEverything { reporter.note("\(folders[0]) is not there: waiting for it.") }
        let found = try SessionFinder.sessions(
            below: present, knownRoots: try ingestion.knownRoots(), except: except)
        let fresh = found.flatMap { session in session.folders.map { $0.absolute(in: session.path) } }
            .filter { !watched.contains($0) }
        // Files that are no session's yet wait for its first exposure or EpuSession.dm.
        return (found.filter { $0.isSession || $0.isKnown }, fresh)
    }

    private func next(_ watcher: inout FolderWatcher?, _ isWatching: Bool, _ due: inout FollowSchedule) async -> Look {
        while true {
            let wait = due.secondsLeft
            if isWatching {
                let changes = watcher?.wait(seconds: wait) ?? FolderWatcher.Changes()
                if changes.isIncomplete { return .everything }
                due.look(at: changes.folders, after: 0)
            } else if wait > 0 {
                try? await Task.sleep(for: .seconds(wait))
            }
            if due.isEverythingDue { return .everything }
            let folders = due.takeDue()
            if !folders.isEmpty { return .folders(folders) }
        }
    }
}

/// When to look where.
struct FollowSchedule {
    /// Seconds between two looks at everything.
    var interval: Double
    private var everything: ContinuousClock.Instant
    private var folders: [String: ContinuousClock.Instant] = [:]

    init(interval: Double) {
        self.interval = interval
        everything = .now + .seconds(interval)
    }

    mutating func look(at paths: Set<String>, after seconds: Double) {
        let time = ContinuousClock.now + .seconds(seconds)
        for path in paths { folders[path] = min(folders[path] ?? time, time) }
    }

    /// - Parameter took: looking must not take more than a tenth of the time.
    mutating func sawEverything(took: Duration) {
        everything = .now + max(.seconds(interval), took * 10)
    }

    var isEverythingDue: Bool { everything <= .now }

    var secondsLeft: Double {
        let next = folders.values.min().map { min($0, everything) } ?? everything
        return max(0, (next - .now).inSeconds)
    }

    /// The folders whose time has come.
    mutating func takeDue() -> Set<String> {
        let due = folders.filter { $0.value <= .now }
        for path in due.keys { folders[path] = nil }
        return Set(due.keys)
    }
}
