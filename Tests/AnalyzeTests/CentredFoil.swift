import EPUCore
import Foundation

@testable import epu_analyze

/// What EPU does with hole images, for sessions made in code: each stop's centre hole is imaged before its exposures, and
/// the beam shift follows what was seen exactly, in the hole image's frame.
extension IdealFoil {
    /// The hole image's matrix, against the stage's.
    func centringMatrix(scale: Double = 1.03, degrees: Double = 1) -> Matrix2 {
        matrix.changed(by: scale, degrees: degrees)
    }

    /// - Parameters:
    ///   - stops: the first so many.
    ///   - area: the place of the area, in the hole image's frame, um.
    ///   - nodes: so many holes of each stop, the centre first.
    ///   - centred: how many of the stops had images that EPU followed; of the others they say something else.
    func centredInput(stops: Int? = nil, area: Vector2 = Vector2(0.2, -0.3), centred: Int? = nil, nodes: Int = .max)
        -> CalibrationInput
    {
        let epu = centringMatrix()
        let wanted = Set(self.nodes.prefix(nodes))
        let kept = shots.filter { shot in wanted.contains(shot.node) && (stops.map { shot.stop < $0 } ?? true) }
        var exposures = exposures(of: kept)
        let condition = Condition(probeMode: nil, alphaDegrees: nil)
        let perShot = exposures.count / max(1, kept.count)
        var random = RandomSource(seed: seed, stream: "hole images")
        var images: [CentredHoleImage] = []
        for (number, shot) in kept.enumerated() {
            for index in (number * perShot)..<((number + 1) * perShot) {
                exposures[index].acquired = Timestamp(ticks: Int64(1000 + 10 * index))
            }
            guard shot.node.i == 0, shot.node.j == 0 else { continue }
            let shift = exposures[(number * perShot)..<((number + 1) * perShot)].map(\.beamShift).mean
            let isFollowed = centred.map { shot.stop < $0 } ?? true
            let offset =
                isFollowed
                ? epu * shift - area : 0.1 * Vector2(random.plainNormal(), random.plainNormal())
            images.append(
                CentredHoleImage(
                    id: Int64(number + 1), foilHole: shot.hole,
                    acquired: Timestamp(ticks: Int64(995 + 10 * number * perShot)), stage: shot.stage, offset: offset,
                    radius: 0.6))
        }
        var input = CalibrationInput(condition, exposures)
        input.add(images)
        return input
    }
}
