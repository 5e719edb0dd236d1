import EPUArchive
import EPUCore
import GRDB

/// What the archive says of a session as a whole.
struct SessionKnowledge {
    struct Settings {
        let probeMode: String?
        let highTension: Double?
        let magnification: Int?
        let exposures: Int
    }

    /// The settings of the session, the commonest first.
    let settings: [Settings]
    let instrument: String?
    let startedAt: Timestamp?
    var areaOffsets: [Int64: Vector2] = [:]
    var holePositions: [Int64: Vector2] = [:]
    private var holesOfSquare: [Int64: [Vector2]] = [:]
    var pitch: Double?
    var clusterRadius: Double?
    /// The angle of the reflection that takes the camera's pixels to the stage, degrees; nil: it was not recorded, or the matrix
    /// is no reflection.
    var cameraAngle: Double?

    private static let mostSquares = 3

    func mapHoles(of exposures: [SessionExposure]) -> [[Vector2]] {
        let counts = exposures.reduce(into: [Int64: Int]()) { counts, exposure in
            if let square = exposure.gridSquare { counts[square, default: 0] += 1 }
        }
        let order = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        return order.compactMap { holesOfSquare[$0] }.prefix(Self.mostSquares).map { Array($0.prefix(1000)) }
    }

    /// - Parameter exposures: those of the session.
    init(_ sessionID: Int64, _ exposures: [SessionExposure], _ db: Database) throws {
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
        settings = Self.settings(of: exposures)
    }

    /// The settings of some exposures, the commonest first. SQLite would read and sort all exposures for this once more.
    static func settings(of exposures: [SessionExposure]) -> [Settings] {
        struct Key: Hashable {
            let probeMode: String?
            let highTension: Double?
            let magnification: Int?
        }
        var counts: [Key: Int] = [:]
        func add(_ setting: ExposureSetting, _ count: Int) {
            let key = Key(
                probeMode: setting.condition.probeMode, highTension: setting.highTension,
                magnification: setting.magnification)
            counts[key, default: 0] += count
        }
        // Most exposures have the setting of the one before.
        var last: (setting: ExposureSetting, count: Int)?
        for exposure in exposures {
            if let before = last, before.setting === exposure.setting {
                last?.count += 1
            } else {
                if let last { add(last.setting, last.count) }
                last = (exposure.setting, 1)
            }
        }
        if let last { add(last.setting, last.count) }
        /// The order of SQLite: NULL first, text by its bytes.
        func bytes(_ text: String?) -> [Int] { text.map { [1] + $0.utf8.map(Int.init) } ?? [0] }
        func precedes(_ a: (key: Key, value: Int), _ b: (key: Key, value: Int)) -> Bool {
            if a.value != b.value { return a.value > b.value }
            let (first, second) = (bytes(a.key.probeMode), bytes(b.key.probeMode))
            if first != second { return first.lexicographicallyPrecedes(second) }
            let (low, high) = (a.key.highTension ?? -.infinity, b.key.highTension ?? -.infinity)
            if low != high { return low < high }
            return a.key.magnification ?? .min < b.key.magnification ?? .min
        }
        return counts.sorted(by: precedes).map { key, count in
            Settings(
                probeMode: key.probeMode, highTension: key.highTension,
                magnification: key.magnification,
                exposures: count)
        }
    }
}
