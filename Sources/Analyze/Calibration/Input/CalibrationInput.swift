import EPUArchive
import EPUCore
import Foundation
import GRDB

/// What the archive knows of a session under one condition, for finding its calibration.
struct CalibrationInput: Sendable {
    let condition: Condition
    /// The exposures under the condition, in time order.
    let exposures: [SessionExposure]
    let visits: HoleVisits
    /// The foil's lattice in beam shift; nil where holes that were shot from one stop form no lattice.
    let lattice: FoilLattice?
    /// The place of each template area from the hole's centre, in the stage's frame, um.
    var areaOffsets: [Int64: Vector2] = [:]
    /// The place of each foil hole in the hole map, um.
    var holePositions: [Int64: Vector2] = [:]
    /// The places in the hole map of all holes of the squares with the most exposures, shot or not, square by square, um.
    var mapHoles: [[Vector2]] = []
    /// All hole images of the session, in time order.
    private(set) var holeImages: [CentredHoleImage] = []
    private(set) var imagePairs = HoleImagePairs()
    /// The matrices that the camera's orientation makes likely, um per unit; empty where the orientation is not known.
    var likelyMatrices: [Matrix2] = []
    /// The pitch of the foil, um; nil where unknown.
    var pitch: Double?
    /// The cluster radius of AFIS, um; nil where unknown.
    var clusterRadius: Double?
    var earlier: [EarlierCalibration] = []
    var startedAt: Timestamp?
    var highTension: Double?
    /// The magnifications with their numbers of exposures, the commonest first.
    var magnifications: [(magnification: Int?, exposures: Int)] = []

    init(_ condition: Condition, _ exposures: [SessionExposure]) {
        self.condition = condition
        self.exposures = exposures
        let visits = HoleVisits(exposures)
        lattice = FoilLattice(visits)
        self.visits = lattice.map { FoilCracks.split(visits, $0) } ?? visits
    }

    mutating func add(_ images: [CentredHoleImage]) {
        holeImages = images
        imagePairs = HoleImagePairs(images, visits, exposures)
    }

    /// The inputs of a session, one for each condition, the one with the most exposures first.
    /// - Parameters:
    ///   - exposures: the exposures of the session, in time order.
    ///   - pitch: the foil's pitch as the user gave it, um; nil: the session's .dm files have it.
    static func all(of session: SessionRow, _ exposures: [SessionExposure], pitch: Double?, _ db: Database) throws
        -> [CalibrationInput]
    {
        let groups = Dictionary(grouping: exposures, by: \.condition).sorted { a, b in
            (b.value.count, a.key.text) < (a.value.count, b.key.text)
        }
        let knowledge = try SessionKnowledge(session.sessionID, exposures, db)
        let visited = Set(exposures.map(\.foilHole))
        let images = try CentredHoleImage.inTimeOrder(of: session.sessionID, db)
        return try groups.map { condition, exposures in
            var input = CalibrationInput(condition, exposures)
            input.areaOffsets = knowledge.areaOffsets
            input.holePositions = knowledge.holePositions.filter { visited.contains($0.key) }
            input.mapHoles = knowledge.mapHoles(of: exposures)
            input.add(images)
            input.likelyMatrices = knowledge.cameraAngle.map { Calibration.likely(cameraAngle: $0) } ?? []
            input.pitch = (pitch ?? knowledge.pitch).flatMap { FoilLattice.plausiblePitches.contains($0) ? $0 : nil }
            input.clusterRadius = knowledge.clusterRadius
            input.startedAt = knowledge.startedAt
            let settings = knowledge.settings.filter { $0.probeMode == condition.probeMode }
            input.highTension = settings.first?.highTension
            input.magnifications = settings.map { ($0.magnification, $0.exposures) }
            input.earlier =
                try knowledge.instrument.map { instrument in
                    try EarlierCalibration.all(
                        on: instrument, besides: session.sessionID, condition.probeMode, input.highTension, db)
                } ?? []
            return input
        }
    }
}
