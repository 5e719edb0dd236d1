import Dispatch
import Synchronization

/// The results of `work` for each element, in the order of the elements; the processors share the work.
///
/// For work that computes. Work that waits for files wants `FileThreads`.
public func concurrentMap<Element: Sendable, Result: Sendable>(
    _ elements: [Element], _ work: @Sendable (Element) -> Result
) -> [Result] {
    let found = Mutex([Result?](repeating: nil, count: elements.count))
    DispatchQueue.concurrentPerform(iterations: elements.count) { index in
        let result = work(elements[index])
        found.withLock { $0[index] = result }
    }
    return found.withLock { $0.compactMap { $0 } }
}
