import EPUArchive
import EPUCore
import Foundation

/// A measurement of the errors of the stage's read-backs: EPU takes an image of a hole before and after the move that centres it.
///
/// The hole does not move, so stage + offset is the same place in both; what differs is the error of two read-backs. The
/// hole's place in an image is far better known: the beam shift follows it exactly.
struct HoleImagePairs: Sendable {
    /// The second place of the hole less the first, pair by pair, um.
    let differences: [Vector2]
    /// The difference of the pair that was taken where a stop's exposures were then shot, um, by the stop's number in
    /// `HoleVisits`: the read-backs of the stop err by half of this, as two equal errors are expected to.
    let ofStop: [Int: Vector2]
    /// The differences that errors of this session's size explain, um.
    private let likely: [Vector2]
    /// The squared difference that one of so many pairs exceeds by a chance of 1 %, um^2: exp(-t^2 / 2) of a normal distribution
    /// in the plane lies beyond t. The size of the errors follows from the median, which pairs of something else do not move.
    private let greatestSquare: Double

    init() { self.init(differences: [], ofStop: [:]) }

    private init(differences: [Vector2], ofStop: [Int: Vector2]) {
        (self.differences, self.ofStop) = (differences, ofStop)
        let typical = differences.isEmpty ? 0 : differences.map(\.squaredLength).median / (2 * log(2))
        let least = 2 * Self.usualError * Self.usualError
        let greatest = 2 * log(100 * Double(max(1, differences.count))) * max(typical, least)
        greatestSquare = greatest
        likely = differences.filter { $0.squaredLength <= greatest }
    }

    /// - Parameter ofStop: the differences by the stop's number, um.
    init(ofStop: [Int: Vector2]) {
        self.init(differences: ofStop.sorted { $0.key < $1.key }.map(\.value), ofStop: ofStop)
    }

    /// - Parameters:
    ///   - images: the images of the session, in time order.
    ///   - exposures: the exposures of `visits`, in time order.
    init(_ images: [CentredHoleImage], _ visits: HoleVisits, _ exposures: [SessionExposure]) {
        var seconds: [(image: CentredHoleImage, number: Int, difference: Vector2)] = []
        for number in images.indices.dropFirst() where images[number - 1].foilHole == images[number].foilHole {
            let (first, second) = (images[number - 1], images[number])
            let difference = second.stage + second.offset - first.stage - first.offset
            // If they are farther apart than this, they are not the same hole: EPU found another one.
            guard difference.length < min(first.radius ?? Self.leastRadius, second.radius ?? Self.leastRadius) else {
                continue
            }
            seconds.append((second, number, difference))
        }
        var ofStop: [Int: Vector2] = [:]
        var next = 0
        for (number, stop) in visits.stops.enumerated() {
            let start = exposures[stop.firstExposure].acquired
            while next < seconds.count, seconds[next].image.acquired < start { next += 1 }
            guard next > 0, seconds[next - 1].image.stage.distance(to: stop.stage) <= StageStopRun.tolerance else {
                continue
            }
            // The stage has not been elsewhere meanwhile, as far as exposures and hole images show it.
            let pair = seconds[next - 1]
            let isRecent =
                stop.firstExposure == 0 || exposures[stop.firstExposure - 1].acquired < pair.image.acquired
            let hasMoved = images[(pair.number + 1)...].prefix { $0.acquired < start }.contains {
                $0.stage.distance(to: stop.stage) > StageStopRun.tolerance
            }
            if isRecent, !hasMoved { ofStop[number] = pair.difference }
        }
        self.init(differences: seconds.map(\.difference), ofStop: ofStop)
    }

    /// The radius of a hole whose size was not recorded, um: the smallest that foils have.
    private static let leastRadius = 0.3

    /// The pairs of the session in summary, but those that differ by more than errors of this session's size do; nil: there is none.
    var summary: StagePairs? {
        guard !likely.isEmpty else { return nil }
        let sum = likely.reduce(Vector2.zero) { $0 + Vector2($1.x * $1.x, $1.y * $1.y) }
        let count = Double(likely.count)
        return StagePairs(
            pairs: likely.count, xUm: (sum.x / count).squareRoot(), yUm: (sum.y / count).squareRoot())
    }

    /// The standard error of one read-back in x and in y, um; nil: there is no pair.
    var stageError: Double? { summary?.errorUm }

    /// The error that the read-backs of a stop are expected to have, um: if two independent errors of one size differ by d, the
    /// second is expected to be d / 2, and half of its variance is left. Nil: the stop has no pair, or one that differs by more
    /// than two errors of this session's size do: EPU may have found something else than the hole in one of the images.
    func expectedError(ofStop stop: Int) -> Vector2? {
        guard let difference = ofStop[stop], difference.squaredLength <= greatestSquare else { return nil }
        return 0.5 * difference
    }

    /// The usual error of a read-back in x and in y, um, as long as a session shows none of its own: 0.02 on a Krios and 0.05 on a
    /// Glacios by their pairs of images. If a few pairs happen to differ by less, that is chance.
    static let usualError = 0.05
}
