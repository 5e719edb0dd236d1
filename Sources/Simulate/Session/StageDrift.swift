import EPUCore
import Foundation

/// How the stage creeps after a move, until it has settled: up to 9 nm.
struct StageDrift {
    private let arrived: Timestamp
    /// The whole way that the stage creeps, um.
    private let extent: Vector2
    /// The time constant with which the stage settles, seconds.
    private let settling: Double

    init(since arrived: Timestamp, random: inout RandomSource) {
        self.arrived = arrived
        let angle = random.uniform(0, 2 * .pi)
        extent = random.uniform(0, 9e-3) * Vector2(cos(angle), sin(angle))
        settling = random.uniform(30, 120)
    }

    func offset(at time: Timestamp) -> Vector2 { (1 - exp(-time.seconds(since: arrived) / settling)) * extent }
}
