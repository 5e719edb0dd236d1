import Dispatch
import Synchronization

/// Runs `work` on `jobs` threads. Each calls `next` for an index below `count` until there is none left, so that none
/// waits while another has much to do.
/// - Throws: The first error of any thread; the others then stop at their next index.
func onThreads(_ jobs: Int, count: Int, work: @Sendable (_ next: () -> Int?) throws -> Void) throws {
    let taken = Atomic(0)
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: min(jobs, count)) { _ in
        do {
            try work {
                let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
                return index < count ? index : nil
            }
        } catch {
            taken.store(count, ordering: .relaxed)
            failure.withLock { $0 = $0 ?? error }
        }
    }
    if let error = failure.withLock({ $0 }) { throw error }
}
