import EPUCore
import Foundation

/// How many files are under way at once: as many as there are processors where files are there at once, as more threads then only
/// get into each other's way, and as many as `FileThreads.standard` where they are waited for.
struct ReadingPace {
    private(set) var jobs: Int
    /// Whether the number was given, and stays.
    private let isGiven: Bool
    private var waits = Self.waits()

    /// - Parameter jobs: the number that was asked for; nil: what suits.
    init(_ jobs: Int?) {
        self.jobs = jobs ?? FileThreads.standard
        isGiven = jobs != nil
    }

    /// Looks at how often the program has waited since the last look.
    /// - Parameter files: the number of files that were listed and, mostly, read since then.
    mutating func look(files: Int) {
        let now = Self.waits()
        defer { waits = now }
        guard !isGiven else { return }
        jobs = Self.next(jobs, waits: now - waits, files: files)
    }

    /// The fewest files of which anything is concluded: there are always some waits for the archive and for threads.
    private static let fewest = 200

    /// The next number of files. A file whose content is in the kernel's memory is read without a wait, any other takes one or more.
    static func next(_ jobs: Int, waits: Int, files: Int) -> Int {
        guard files >= fewest else { return jobs }
        return 4 * waits > files ? FileThreads.standard : ProcessInfo.processInfo.activeProcessorCount
    }

    /// How often the program's threads gave up the processor because they waited for something (getrusage(2)).
    private static func waits() -> Int {
        var usage = rusage()
        return getrusage(RUSAGE_SELF.rawValue, &usage) == 0 ? Int(usage.ru_nvcsw) : 0
    }
}
