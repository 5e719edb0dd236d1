import EPUCore
import Foundation
import Synchronization
import Testing

@Suite("Threads that wait for files")
struct FileThreadsTests {
    /// Many more than a machine's processors.
    private static let count = ProcessInfo.processInfo.activeProcessorCount + 40

    /// Where threads wait for one another.
    private final class Meeting: Sendable {
        private let here = Mutex(0)

        /// Whether as many as `count` were here at once, before a time that is long for any machine was over.
        func waits(for count: Int) -> Bool {
            here.withLock { $0 += 1 }
            for _ in 0..<6000 {
                if here.withLock({ $0 }) >= count { return true }
                usleep(10_000)
            }
            return false
        }
    }

    @Test("They are as many at once as is asked, however few processors there are")
    func together() async {
        let meeting = Meeting()
        let met = Mutex(0)
        await FileThreads.run(Self.count) { if meeting.waits(for: Self.count) { met.withLock { $0 += 1 } } }
        #expect(met.withLock { $0 } == Self.count)
    }

    @Test("So are those of a map, whose results are in order")
    func map() {
        let meeting = Meeting()
        let found = FileThreads.map(3 * Self.count, threads: Self.count) { index in
            index >= Self.count || meeting.waits(for: Self.count) ? index * index : -1
        }
        #expect(found == (0..<3 * Self.count).map { $0 * $0 })
    }

    @Test("No more threads than asked work at once, and without work there is nothing to wait for")
    func atMost() async {
        let busy = Mutex((now: 0, most: 0))
        let found = FileThreads.map(60, threads: 3) { index in
            busy.withLock { ($0.now, $0.most) = ($0.now + 1, max($0.most, $0.now + 1)) }
            usleep(500)
            busy.withLock { $0.now -= 1 }
            return index
        }
        #expect(found == Array(0..<60))
        #expect(busy.withLock { $0.most } <= 3)
        #expect(FileThreads.map(0, threads: 8) { $0 }.isEmpty)
        await FileThreads.run(0) { Issue.record("There was no work.") }
    }

    @Test("Indices are given out once each, some at a time")
    func cursor() {
        let cursor = IndexCursor(10)
        #expect(cursor.next(4) == 0..<4)
        #expect(cursor.next() == 4)
        #expect(cursor.next(9) == 5..<10)
        #expect(cursor.next() == nil)
        #expect(IndexCursor(0).next(2) == nil)
    }
}
