import EPUCore
import Foundation
import Testing

@testable import epu_ingest

@Suite("How many files are under way at once")
struct ReadingPaceTests {
    private static let processors = ProcessInfo.processInfo.activeProcessorCount

    @Test(
        "Many where files are waited for, as many as there are processors where they are not, and no other where few were seen",
        arguments: [
            // On a warm disk 21,500 files took some 1000 waits, on a cold one 23,000; on one that answers late 4300 took 5900.
            (waits: 1077, files: 21_515, FileThreads.standard, processors),
            (waits: 792, files: 21_515, 1, processors),
            (waits: 23_125, files: 21_515, 1, FileThreads.standard),
            (waits: 5931, files: 4302, 2, FileThreads.standard),
            (waits: 90, files: 100, 3, 3),
            (waits: 0, files: 0, 3, 3),
        ])
    func next(waits: Int, files: Int, jobs: Int, expected: Int) {
        #expect(ReadingPace.next(jobs, waits: waits, files: files) == expected)
    }

    @Test("A number that was given stays")
    func given() {
        var pace = ReadingPace(5)
        pace.look(files: 100_000)
        #expect(pace.jobs == 5)
    }

    @Test("Without a wait there are soon as many as processors")
    func measured() {
        var pace = ReadingPace(nil)
        #expect(pace.jobs == FileThreads.standard)
        pace.look(files: 1_000_000)
        #expect(pace.jobs == Self.processors)
    }
}
