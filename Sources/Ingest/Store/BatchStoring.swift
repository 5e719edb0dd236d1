/// Stores batches one after another, in their order, while the next ones are read.
struct BatchStoring {
    typealias Counts = [Int64: IngestCounts]

    private let store: @Sendable ([FileReading]) async throws -> Counts
    /// The batches that are being stored, or wait for it. Each waits for the one before.
    private var running: [Task<Counts, any Error>] = []

    /// The number of batches that are kept: one is stored while another waits, so that neither storing nor reading stands still
    /// when one of them takes longer for once.
    private static let limit = 2

    init(_ store: @escaping @Sendable ([FileReading]) async throws -> Counts) { self.store = store }

    /// Adds a batch, and waits where enough of them are there.
    /// - Parameter counts: Gets what was done with the batches that are stored by now.
    /// - Throws: What the store throws for a batch; those behind it are then not stored.
    mutating func add(_ readings: [FileReading], counting counts: inout RunCounts) async throws {
        guard !readings.isEmpty else { return }
        let (store, previous) = (store, running.last)
        running.append(
            Task {
                _ = try await previous?.value
                return try await store(readings)
            })
        if running.count > Self.limit { counts.add(try await running.removeFirst().value) }
    }

    /// Waits until all is stored.
    mutating func finish(counting counts: inout RunCounts) async throws {
        for batch in running { counts.add(try await batch.value) }
        running = []
    }
}
