import EPUCore
import Foundation

/// The truth of one session of the study, drawn at random, and how it is asked of epu-simulate. Lengths are um.
struct StudyPlan: Codable, Sendable {
    /// The seed that epu-simulate gets.
    var seed: UInt64
    let epuVersion: String
    let isHexagonal: Bool
    let hasRandomNumbers: Bool
    /// Whether EpuSession.dm and the hole maps are written.
    let hasHoleMaps: Bool
    /// The matrix from beam shift to stage, row by row, um per unit.
    let matrix: [Double]
    let pitch: Double
    let holeSize: Double
    let foilAngleDegrees: Double
    let areas: Int
    let clusterRadius: Double
    /// The number of stage stops that are aimed at; the session has about as many.
    let stops: Int
    /// The part of the chosen holes that the session has shot when it ends.
    let finished: Double
    let exposures: Int
    /// The number of planted faults, by the option that plants them.
    let faults: [String: Int]
    let centringError: Double
    let stageError: Double
    let holeMapScaleError: Double
    let holeImageScaleError: Double
    let distortions: StudyDistortions

    var trueMatrix: Matrix2 { Matrix2(matrix[0], matrix[1], matrix[2], matrix[3]) }

    /// - Parameters:
    ///   - index: The index of the session in the study; the draw depends on it and on the study's seed alone.
    ///   - attempt: The number of draws that came to nothing before this one.
    init(study seed: UInt64, index: Int, attempt: Int) {
        var random = RandomSource(seed: seed, stream: "accuracy \(attempt)", index: index)
        self.seed = random.next() >> 16
        let versions = ["2.6", "3.4", "3.7", "3.8", "3.9", "3.11"]
        epuVersion = versions[random.index(below: versions.count)]
        isHexagonal = random.index(below: 4) == 0
        hasRandomNumbers = isHexagonal || random.index(below: 5) == 0
        hasHoleMaps = random.index(below: 2) == 0
        matrix = Self.matrix(&random)
        let foil = Self.foils[random.index(below: Self.foils.count)]
        pitch = foil.pitch * random.uniform(0.97, 1.03)
        holeSize = foil.holeSize
        foilAngleDegrees = random.uniform(-90, 90)
        areas = 1 + random.index(below: 17)
        let cluster = StudyCluster(isHexagonal: isHexagonal, pitch: pitch, random: &random)
        clusterRadius = cluster.radius
        stops = Int(exp(random.uniform(log(3), log(61))))
        // Few stops are more likely the beginning of a session than all of it.
        let plannedStops = max(Double(stops), random.uniform(15, 60))
        finished = Double(stops) / plannedStops
        let holes = Double(stops) * cluster.holesAStop(planned: plannedStops, finished: finished)
        exposures = max(1, Int((Double(areas) * holes).rounded()))
        faults = Self.faults(stops: stops, random: &random)
        centringError = random.uniform(0.02, 0.06)
        stageError = random.uniform(0.05, 0.15)
        holeMapScaleError = random.uniform(0, 0.03)
        holeImageScaleError = random.uniform(0, 0.03)
        distortions = StudyDistortions(study: seed, index: index)
    }

    /// The usual foils, from R0.6/1 to R3.5/3.
    private static let foils: [(pitch: Double, holeSize: Double)] = [
        (1.6, 0.6), (2.5, 1.2), (3, 1.2), (4, 2), (5, 2.5), (6.5, 3.5),
    ]

    /// A matrix that rotates or mirrors and stretches by up to 4 % in any direction.
    private static func matrix(_ random: inout RandomSource) -> [Double] {
        let scale = random.uniform(20, 30)
        let ratio = random.uniform(1, 1.04).squareRoot()
        let (turn, stretch) = (random.uniform(0, 2 * .pi), random.uniform(0, .pi))
        let sign = random.index(below: 2) == 0 ? 1.0 : -1
        // One axis is along the direction of the stretch, the other across it.
        let (along, across) = (Vector2(cos(stretch), sin(stretch)), Vector2(-sin(stretch), cos(stretch)))
        func image(of shift: Vector2) -> Vector2 {
            let u = scale * ratio * (shift.x * along.x + shift.y * along.y)
            let v = sign * scale / ratio * (shift.x * across.x + shift.y * across.y)
            return Vector2(u * cos(turn) - v * sin(turn), u * sin(turn) + v * cos(turn))
        }
        let (x, y) = (image(of: Vector2(1, 0)), image(of: Vector2(0, 1)))
        return [x.x, y.x, x.y, y.y]
    }

    /// The faults of a session: none in a third of the sessions, else at up to 5 % of the stops.
    private static func faults(stops: Int, random: inout RandomSource) -> [String: Int] {
        guard random.index(below: 3) > 0 else { return [:] }
        let kinds = ["--unmoved-stage", "--wrong-centre", "--repeated-hole", "--partial-overlap"]
        var faults: [String: Int] = [:]
        // The count is rounded up or down at random, so that short sessions have their share.
        let count = Int(Double(stops) * random.uniform(0, 0.05) + random.uniform(0, 1))
        for _ in 0..<count { faults[kinds[random.index(below: kinds.count)], default: 0] += 1 }
        return faults
    }

    /// The arguments for `epu-simulate make`, without the folder.
    /// - Parameter number: The number of the session, from 1: it has a microscope and a day of its own.
    func arguments(number: Int) -> [String] {
        let day = Timestamp(ticks: 1_736_400_000 * Timestamp.ticksPerSecond).adding(seconds: Double(number) * 86_400)
        let values: KeyValuePairs = [
            "--seed": "\(seed)", "--epu-version": epuVersion, "--foil": isHexagonal ? "hexagonal" : "square",
            "--hole-numbering": hasRandomNumbers ? "random" : "spiral",
            "--matrix": matrix.map(\.description).joined(separator: ","), "--pitch": "\(pitch)",
            "--hole-size": "\(holeSize)", "--foil-angle": "\(foilAngleDegrees)", "--areas": "\(areas)",
            "--cluster-radius": "\(clusterRadius)", "--exposures": "\(exposures)", "--finished": "\(finished)",
            "--centring-error": "\(centringError)", "--stage-error": "\(stageError)",
            "--hole-map-scale-error": "\(holeMapScaleError)", "--hole-image-scale-error": "\(holeImageScaleError)",
            "--square-turn": "\(distortions.squareTurn)", "--square-stretch": "\(distortions.squareStretch)",
            "--readback-error": "\(distortions.readbackError)", "--backlash": "\(distortions.backlash)",
            "--wrinkle": "\(distortions.wrinkle)",
            "--instrument": "\(10_000 + number)", "--margin": "0.02", "--partial-distance": "0.25",
            "--start": LocalTime(instant: day, utcOffsetMinutes: 0).epuText,
        ]
        let planted = faults.sorted { $0.key < $1.key }.flatMap { [$0.key, "\($0.value)"] }
        return values.flatMap { [$0.key, $0.value] } + planted + ["--no-images"] + (hasHoleMaps ? [] : ["--no-dm"])
    }
}
