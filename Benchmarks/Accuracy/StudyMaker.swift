import EPUConsole
import EPUCore
import Foundation
import Synchronization

/// Makes the sessions of a study, and loads them into one archive.
struct StudyMaker {
    let seed: UInt64
    let sessions: Int
    let tools: Tools
    /// The folder that holds each session while it is made.
    let scratch: String
    let archive: String

    /// The numbers of stage stops that the study is about.
    static let stops = 3...60
    /// The least average number of holes that a stop has: the thinnest real session that is known has 3.5.
    static let leastHolesAStop = 3.5
    /// The number of draws for one session after which the study gives up.
    private static let mostAttempts = 100

    /// The progress that the threads share.
    private struct Progress {
        var line: ProgressLine
        var made: [StudySession?]
        var refusals = 0
        var otherSizes = 0
    }

    /// - Parameter jobs: The number of sessions that are made at a time.
    func make(jobs: Int) throws -> StudyFile {
        let progress = Mutex(
            Progress(
                line: ProgressLine("Sessions", total: sessions), made: Array(repeating: nil, count: sessions)))
        // SQLite takes one writer at a time.
        let ingesting = Mutex(())
        try onThreads(jobs, count: sessions) { next in
            while let index = next() {
                let session = try session(index, progress)
                let folder = folder(index)
                try ingesting.withLock { _ in
                    _ = try ChildProcess(tools.ingest, ["--db", archive, "--jobs", "\(jobs)", folder])
                }
                try FileManager.default.removeItem(atPath: folder)
                progress.withLock {
                    $0.made[index] = session
                    $0.line.advance(by: 1)
                }
            }
        }
        return progress.withLock {
            $0.line.finish()
            return StudyFile(
                seed: seed, refusals: $0.refusals, otherSizes: $0.otherSizes, sessions: $0.made.compactMap(\.self))
        }
    }

    private func name(_ index: Int) -> String { "session-\(index + 1)" }
    private func folder(_ index: Int) -> String { scratch + "/" + name(index) }

    /// Makes a session and leaves its files in its folder.
    private func session(_ index: Int, _ progress: borrowing Mutex<Progress>) throws -> StudySession {
        let folder = folder(index)
        var refusal = ""
        for attempt in 0..<Self.mostAttempts {
            let plan = StudyPlan(study: seed, index: index, attempt: attempt)
            let run = try ChildProcess(
                tools.simulate, ["make", folder] + plan.arguments(number: index + 1), accepting: 0...64)
            guard run.status == 0 else {
                refusal = run.messages
                progress.withLock { $0.refusals += 1 }
                continue
            }
            let truth = folder + ".truth.json"
            let session = StudySession(name: name(index), plan: plan, truth: try StudyTruth(file: truth))
            try FileManager.default.removeItem(atPath: truth)
            if Self.stops.contains(session.stops), session.holesAStop >= Self.leastHolesAStop { return session }
            refusal =
                "It has \(counted(session.stops, "stage stop")), \(session.holesAStop.text(significant: 2)) holes each."
            progress.withLock { $0.otherSizes += 1 }
            try FileManager.default.removeItem(atPath: folder)
        }
        throw Failure("No session \(index + 1) after \(Self.mostAttempts) draws: \(refusal)")
    }
}
