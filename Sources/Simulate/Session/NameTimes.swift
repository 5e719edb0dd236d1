import EPUCore

/// Keeps names unique where their times have no seconds: a hole shot or centred on twice in a minute would have two files
/// of one name.
struct NameTimes {
    private struct Hole: Hashable {
        let square: Int
        let hole: Int
    }

    private static let minute = 60 * Timestamp.ticksPerSecond

    private let namesSeconds: Bool
    /// The time in the newest name of a file, by hole.
    private var last: [Hole: Timestamp] = [:]

    init(format: EPUFormat) { namesSeconds = format.namesSeconds }

    /// The first time at which the stop can begin so that none of its names has been given before. Nothing at a stop is
    /// named before it begins.
    func firstFree(for stop: PlannedStop, from clock: Timestamp) -> Timestamp {
        guard !namesSeconds else { return clock }
        let named = ([stop.centre] + stop.visits.map(\.hole)).compactMap { last[Hole(square: stop.square, hole: $0)] }
        return named.reduce(clock) { max($0, Timestamp(ticks: ($1.ticks / Self.minute + 1) * Self.minute)) }
    }

    mutating func remember(_ images: [SimulatedHoleImage], _ exposures: some Sequence<SimulatedExposure>) {
        guard !namesSeconds else { return }
        for image in images { last[Hole(square: image.square, hole: image.hole)] = image.named }
        for exposure in exposures { last[Hole(square: exposure.square, hole: exposure.hole)] = exposure.named }
    }

    /// The images of one hole that keep their names: a later one takes the place of an earlier one of its minute.
    func lasting(_ images: [SimulatedHoleImage]) -> [SimulatedHoleImage] {
        guard !namesSeconds else { return images }
        return images.enumerated().filter { index, image in
            !images[(index + 1)...].contains { $0.named.ticks / Self.minute == image.named.ticks / Self.minute }
        }.map(\.element)
    }
}
