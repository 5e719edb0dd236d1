import EPUArchive
import EPUCore
import Foundation
import GRDB

/// What the archive knows of a session under one condition, for finding its calibration.
struct CalibrationInput: Sendable {
    let condition: Condition
    /// In time order.
    let exposures: [SessionExposure]
    let visits: HoleVisits
    /// Nil where holes shot from one stop form no lattice.
    let lattice: FoilLattice?
    /// Of template areas from the hole's centre, stage frame, um.
    var areaOffsets: [Int64: Vector2] = [:]
    /// Of foil holes by the hole map, um.
    var holePositions: [Int64: Vector2] = [:]
    /// The same of all holes of the squares with the most exposures, shot or not, square by square.
    var mapHoles: [[Vector2]] = []
    /// Of the session, in time order.
    private(set) var holeImages: [HoleImage] = []
    private(set) var imagePairs = HoleImagePairs()
    /// What the camera's orientation makes likely, um per unit; empty where it is not known.
    var likelyMatrices: [Matrix2] = []
    /// Of the foil, um; nil where unknown.
    var pitch: Double?
    /// Of AFIS, um.
    var clusterRadius: Double?
    var earlier: [EarlierCalibration] = []
    var startedAt: Timestamp?
    var highTension: Double?
    /// Each with its exposures, the commonest first.
    var magnifications: [(magnification: Int?, exposures: Int)] = []

    init(_ condition: Condition, _ exposures: [SessionExposure]) {
        self.condition = condition
        self.exposures = exposures
        let visits = HoleVisits(exposures)
        lattice = FoilLattice(visits)
        self.visits = lattice.map { FoilCracks.split(visits, $0) } ?? visits
    }

    mutating func add(_ images: [HoleImage]) {
        holeImages = images
        imagePairs = HoleImagePairs(images, visits, exposures)
    }

    /// One for each condition of a session, the one with the most exposures first.
    /// - Parameters:
    ///   - exposures: of the session, in time order.
    ///   - pitch: as the user gave it, um; nil: as the session's .dm files have it.
    static func all(of session: SessionRow, _ exposures: [SessionExposure], pitch: Double?, _ db: Database) throws
        -> [CalibrationInput]
    {
        let groups = Dictionary(grouping: exposures, by: \.condition).sorted { a, b in
            (b.value.count, a.key.text) < (a.value.count, b.key.text)
        }
        let knowledge = try SessionKnowledge(session.sessionID, db)
        let visited = Set(exposures.map(\.foilHole))
        let images = try HoleImage.inTimeOrder(of: session.sessionID, db)
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
            input.earlier = try earlier(than: session, input, instrument: knowledge.instrument, db)
            return input
        }
    }

    /// Good calibrations of other sessions on the same instrument, probe mode and high tension, without tilt.
    private static func earlier(
        than session: SessionRow, _ input: CalibrationInput, instrument: String?, _ db: Database
    ) throws -> [EarlierCalibration] {
        guard let instrument else { return [] }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT c.*, (SELECT min(acquired_at) FROM exposure e WHERE e.session_id = c.session_id) AS started_at
                FROM calibration c JOIN session s USING (session_id)
                WHERE c.chosen > 0 AND c.verdict = 'good' AND c.method IN ('holes', 'lattice', 'template')
                    AND c.session_id <> ? AND c.probe_mode IS ? AND c.high_tension_kv IS ? AND ifnull(c.tilt_deg, 0) = 0
                    AND \(InstrumentKey.sql(of: "s")) = ?
                ORDER BY c.calibration_id
                """,
            arguments: [session.sessionID, input.condition.probeMode, input.highTension, instrument]
        ).map { row in
            let stored = StoredCalibration(row)
            return EarlierCalibration(
                matrix: stored.matrix, startedAt: (row["started_at"] as String?).flatMap { Timestamp(archiveText: $0) },
                relativeError: stored.relativeError ?? 0.01)
        }
    }
}

/// What the archive says of a session as a whole.
private struct SessionKnowledge {
    struct Settings {
        let probeMode: String?
        let highTension: Double?
        let magnification: Int?
        let exposures: Int
    }

    /// The commonest first.
    let settings: [Settings]
    let instrument: String?
    let startedAt: Timestamp?
    var areaOffsets: [Int64: Vector2] = [:]
    var holePositions: [Int64: Vector2] = [:]
    private var holesOfSquare: [Int64: [Vector2]] = [:]
    var pitch: Double?
    var clusterRadius: Double?
    /// Of the reflection that takes the camera's pixels to the stage, degrees; nil: not recorded, or it is none.
    var cameraAngle: Double?

    private static let mostSquares = 3

    func mapHoles(of exposures: [SessionExposure]) -> [[Vector2]] {
        let counts = exposures.reduce(into: [Int64: Int]()) { counts, exposure in
            if let square = exposure.gridSquare { counts[square, default: 0] += 1 }
        }
        let order = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        return order.compactMap { holesOfSquare[$0] }.prefix(Self.mostSquares).map { Array($0.prefix(1000)) }
    }

    init(_ sessionID: Int64, _ db: Database) throws {
        let areas = try Row.fetchCursor(
            db,
            sql: """
                SELECT area, offset_x_um, offset_y_um FROM template_area
                WHERE session_id = ? AND offset_x_um IS NOT NULL AND offset_y_um IS NOT NULL
                """, arguments: [sessionID])
        while let row = try areas.next() { areaOffsets[row[0]] = Vector2(row[1], row[2]) }
        for hole in try HolePositions(sessionID, db).holes {
            guard let position = hole.onMap else { continue }
            holePositions[hole.foilHole] = position
            if let square = hole.gridSquare { holesOfSquare[square, default: []].append(position) }
        }
        let spacings = try Double.fetchAll(
            db, sql: "SELECT hole_spacing_um FROM grid_square WHERE session_id = ? AND hole_spacing_um > 0",
            arguments: [sessionID])
        let session = try Row.fetchOne(
            db, sql: "SELECT * FROM session WHERE session_id = ?", arguments: [sessionID])
        clusterRadius = session?["clustering_radius_um"]
        pitch = spacings.isEmpty ? session?["hole_spacing_um"] : spacings.median
        instrument = InstrumentKey.of(id: session?["instrument_id"], model: session?["instrument_model"])
        startedAt = try String.fetchOne(
            db, sql: "SELECT min(acquired_at) FROM exposure WHERE session_id = ?", arguments: [sessionID]
        ).flatMap { Timestamp(archiveText: $0) }
        let camera = try Row.fetchOne(
            db,
            sql: """
                SELECT image_to_stage_m11, image_to_stage_m12, image_to_stage_m21, image_to_stage_m22 FROM exposure
                WHERE session_id = ? AND image_to_stage_m11 IS NOT NULL AND image_to_stage_m12 IS NOT NULL
                    AND image_to_stage_m21 IS NOT NULL AND image_to_stage_m22 IS NOT NULL
                ORDER BY acquired_at, name LIMIT 1
                """, arguments: [sessionID]
        ).map { Matrix2($0[0], $0[1], $0[2], $0[3]) }
        cameraAngle = camera.flatMap { $0.isMirrored ? $0.angleDegrees : nil }
        settings = try Row.fetchAll(
            db,
            sql: """
                SELECT probe_mode, high_tension_kv, magnification, count(*) AS exposures FROM exposure
                WHERE session_id = ? GROUP BY 1, 2, 3 ORDER BY exposures DESC, 1, 2, 3
                """,
            arguments: [sessionID]
        ).map { Settings(probeMode: $0[0], highTension: $0[1], magnification: $0[2], exposures: $0[3]) }
    }
}
