import EPUArchive
import EPUConsole
import EPUCore
import Foundation
import GRDB

/// Keeps an archive up to date with sessions that are still running, until it is interrupted.
///
/// inotify tells which folders have something new, and only those are read; where it cannot (a network file system, a
/// limit of the system) all folders are listed every few seconds. Every few minutes all of them are looked at in any
/// case.
struct Follow {
    /// The folders to follow, as `SessionFinder.readableFolder` gives them.
    let folders: [String]
    let ingestion: Ingestion
    /// Seconds between two looks at everything; nil to look when inotify reports something.
    let pollInterval: Double?
    let reporter: FollowReporter
    let analysis: FollowAnalysis?

    /// Seconds between two looks at everything where inotify cannot tell. A look at an unchanged session of 50,000 exposures
    /// takes half a second.
    private static let defaultPollInterval = 5.0
    private static let completeLookInterval = 300.0

    func run() async throws {
        var watcher = pollInterval == nil ? FolderWatcher() : nil
        var isWatching = watcher != nil
        var due = FollowSchedule(interval: isWatching ? Self.completeLookInterval : pollTime)
        var look = Look.everything
        var isFirst = true
        while true {
            let newest = try ingestion.archive.read { try Ledger.newestRow($0) }
            let began = ContinuousClock.now
            let (sessions, fresh) = try find(look, watched: watcher?.watched ?? [])
            // Listing must not take more than a tenth of the time.
            if look.isEverything { due.sawEverything(took: pollInterval == nil ? ContinuousClock.now - began : .zero) }
            if isWatching, let obstacle = watch(fresh, &watcher) {
                reporter.note("Looking for new files every \(Int(pollTime)) s: \(obstacle).")
                isWatching = false
                watcher = nil
                due.interval = pollTime
            }
            let report = IngestReport(
                archive: ingestion.archive.path, sessions: try await ingestion.run(sessions, newest: newest))
            reporter.report(report)
            if isFirst { reporter.noteWaiting(for: folders, hasSessions: !sessions.isEmpty) }
            isFirst = false
            if let analysis, report.hasNews { try analysis.run(report, reporter) }
            due.look(at: report.youngFolders, after: ingestion.minimumAge)
            // Files may have come into a new folder before it was watched.
            if isWatching { due.look(at: Set(fresh.map(PathKey.init)), after: 0) }
            look = await next(&watcher, isWatching, &due)
        }
    }

    /// Watches new folders.
    /// - Returns: The reason why a folder cannot be watched; nil where all are watched.
    private func watch(_ fresh: [String], _ watcher: inout FolderWatcher?) -> String? {
        for folder in fresh {
            if let obstacle = watcher?.watch(folder) { return "\(folder): \(obstacle)" }
        }
        return nil
    }

    private var pollTime: Double { pollInterval ?? Self.defaultPollInterval }

    private enum Look {
        case everything
        case folders(Set<PathKey>)

        var isEverything: Bool {
            if case .everything = self { true } else { false }
        }
    }

    /// The sessions to be read, and the folders that are not being watched yet.
    private func find(_ look: Look, watched: Set<PathKey>) throws -> (sessions: [SessionFolder], fresh: [String]) {
        let starts: [String]
        switch look {
        case .everything: starts = folders
        case .folders(let changed): starts = changed.sortedPaths
        }
        // A folder may be gone, or its disk away for a while.
        let present = starts.filter { PathText.status($0).map(PathText.isFolder) ?? false }
        if present.isEmpty, look.isEverything { reporter.note("\(folders[0]) is not there: waiting for it.") }
        let found = SessionFinder.sessions(
            below: present, knownRoots: try ingestion.knownRoots(), givenRoots: folders,
            watched: look.isEverything ? [] : watched, jobs: ingestion.jobs ?? FileThreads.standard)
        let fresh = found.flatMap { session in session.folders.map { $0.absolute(in: session.path) } }
            .filter { !watched.contains(PathKey($0)) }
        // Files that belong to no session yet wait for its first exposure or EpuSession.dm.
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

/// The times at which folders are to be looked at.
struct FollowSchedule {
    /// Seconds between two looks at everything.
    var interval: Double
    private var everything: ContinuousClock.Instant
    private var folders: [PathKey: ContinuousClock.Instant] = [:]

    init(interval: Double) {
        self.interval = interval
        everything = .now + .seconds(interval)
    }

    mutating func look(at paths: Set<PathKey>, after seconds: Double) {
        let time = ContinuousClock.now + .seconds(seconds)
        for path in paths { folders[path] = min(folders[path] ?? time, time) }
    }

    /// Sets the next look at everything.
    /// - Parameter took: The time that the last one took. Looking must not take more than a tenth of the time.
    mutating func sawEverything(took: Duration) {
        everything = .now + max(.seconds(interval), took * 10)
    }

    var isEverythingDue: Bool { everything <= .now }

    var secondsLeft: Double {
        let next = folders.values.min().map { min($0, everything) } ?? everything
        return max(0, (next - .now).inSeconds)
    }

    /// The folders whose time has come.
    mutating func takeDue() -> Set<PathKey> {
        let due = folders.filter { $0.value <= .now }
        for path in due.keys { folders[path] = nil }
        return Set(due.keys)
    }
}
