import Foundation
import Synchronization

/// Threads for work that waits for files.
///
/// The threads of tasks and of Dispatch are as many as the processors, while a disk, and still more a file system on a
/// network, answers many questions in the time of one: who waits for files needs threads of its own.
public enum FileThreads {
    /// How many files are asked for at once where nothing else is said.
    public static let standard = max(16, ProcessInfo.processInfo.activeProcessorCount)

    /// Calls `work` on `count` threads at once, and returns when the last call has.
    public static func run(_ count: Int, _ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { finished in start(count, work) { finished.resume() } }
    }

    /// The results of `work` for the indices below `count`, in their order, from up to `threads` threads. The caller's own
    /// thread waits for them.
    public static func map<Result: Sendable>(
        _ count: Int, threads: Int, _ work: @escaping @Sendable (Int) -> Result
    ) -> [Result] {
        guard count > 1, threads > 1 else { return (0..<count).map(work) }
        let cursor = IndexCursor(count)
        let found = Gathering<Result>()
        let finished = DispatchSemaphore(value: 0)
        start(min(count, threads)) {
            var own: [(index: Int, part: Result)] = []
            while let index = cursor.next() { own.append((index, work(index))) }
            found.add(own)
        } whenDone: {
            finished.signal()
        }
        finished.wait()
        return found.inOrder
    }

    private static func start(
        _ count: Int, _ work: @escaping @Sendable () -> Void, whenDone: @escaping @Sendable () -> Void
    ) {
        guard count > 0 else { return whenDone() }
        let running = Running(count)
        for _ in 0..<count {
            detach {
                work()
                if running.isLast() { whenDone() }
            }
        }
    }

    /// Has a thread of its own do the work; where the system gives no more threads, the caller's.
    private static func detach(_ work: @escaping @Sendable () -> Void) {
        let work = Unmanaged.passRetained(ThreadWork(work))
        var thread = pthread_t()
        let refusal = pthread_create(
            &thread, nil,
            { work in
                if let work { Unmanaged<ThreadWork>.fromOpaque(work).takeRetainedValue().call() }
                return nil
            }, work.toOpaque())
        if refusal == 0 { pthread_detach(thread) } else { work.takeRetainedValue().call() }
    }
}

private final class ThreadWork: Sendable {
    let call: @Sendable () -> Void

    init(_ call: @escaping @Sendable () -> Void) { self.call = call }
}

/// How many threads have not come to their end.
private final class Running: Sendable {
    private let count: Atomic<Int>

    init(_ count: Int) { self.count = Atomic(count) }

    func isLast() -> Bool { count.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 }
}

/// The next index of several threads that share the work.
public final class IndexCursor: Sendable {
    private let taken = Atomic(0)
    private let count: Int

    /// - Parameter count: The end of the indices.
    public init(_ count: Int) { self.count = count }

    /// The next index below the end, nil where none is left.
    public func next() -> Int? { next(1)?.lowerBound }

    /// The next indices, as many as `size` where there are; nil where none is left.
    public func next(_ size: Int) -> Range<Int>? {
        let start = taken.add(size, ordering: .relaxed).oldValue
        return start < count ? start..<min(start + size, count) : nil
    }
}

/// What several threads find, each some parts of it.
public final class Gathering<Part: Sendable>: Sendable {
    private let parts = Mutex<[(index: Int, part: Part)]>([])

    public init() {}

    public func add(_ some: [(index: Int, part: Part)]) { parts.withLock { $0 += some } }

    /// All parts, by their indices.
    public var inOrder: [Part] { parts.withLock { $0.sorted { $0.index < $1.index }.map(\.part) } }
}
