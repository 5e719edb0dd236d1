import EPUArchive
import EPUCore
import GRDB

/// The values of a whole session that checks need to know.
struct SessionValues: Sendable {
    /// The time at which the session began, by EpuSession.dm.
    var start: Timestamp?
    var fileVersion: String?
    /// The version of EPU that most images name.
    var imageVersion: String?
    /// By camera, the pixel size x magnification of its hole images or, where there are none, of its commonest exposures, um.
    var usualPixel: [String: Double] = [:]
    /// By camera, the range of pixel size x magnification that it may have, um. It is kept so that the names of a camera are
    /// looked at once.
    private(set) var usualPixels: [CameraNames: ClosedRange<Double>] = [:]
    /// The areas of the template in EpuSession.dm.
    var templateAreas: Set<Int64> = []
    var exposedAreas: Set<Int64> = []
    var exposedHoles = 0

    init() {}

    func usualPixels(of exposure: RecordedExposure) -> ClosedRange<Double> {
        usualPixels[exposure.cameraNames] ?? exposure.cameraNames.usualPixels
    }

    init(_ sessionID: Int64, _ db: Database) throws {
        let row = try Row.fetchOne(
            db, sql: "SELECT created_at, session_file_version, epu_version FROM session WHERE session_id = ?",
            arguments: [sessionID])
        start = (row?[0] as String?).flatMap { Timestamp(archiveText: $0) }
        fileVersion = row?[1]
        imageVersion = row?[2]
        templateAreas = try Int64.fetchSet(
            db, sql: "SELECT area FROM template_area WHERE session_id = ? AND shift_x_px IS NOT NULL",
            arguments: [sessionID])
        try readExposures(sessionID, db)
        try readHoleImages(sessionID, db)
    }

    private mutating func readExposures(_ sessionID: Int64, _ db: Database) throws {
        var holes: Set<Int64> = []
        var pixels: [String: [Double: Int]] = [:]
        // Nearly all exposures of a session have the camera of the one before.
        var last = RecordedExposure()
        var statement = try RowStatement(
            db,
            """
            SELECT camera, camera_model, iif(stem, NULL, magnification), pixel_size_a, binning, foil_hole, area
            FROM exposure WHERE session_id = ?
            """)
        statement.bind(sessionID)
        try statement.forEachRow { row in
            let exposure = RecordedExposure(
                camera: row.string(0), cameraModel: row.string(1), magnification: row.optionalDouble(2),
                pixelSize: row.optionalDouble(3), binning: row.optionalDouble(4))
            if exposure.cameraNames != last.cameraNames || usualPixels.isEmpty {
                usualPixels[exposure.cameraNames] = exposure.cameraNames.usualPixels
            }
            last = exposure
            if let pixel = exposure.apparentPixel {
                pixels[exposure.camera ?? "", default: [:]][pixel.rounded(decimals: 3), default: 0] += 1
            }
            holes.insert(row.int(5))
            exposedAreas.insert(row.int(6))
        }
        exposedHoles = holes.count
        for (camera, counts) in pixels {
            usualPixel[camera] = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        }
    }

    /// Reads the usual pixels of hole images. Their commonest setting outweighs that of the exposures: of two kinds that
    /// disagree, exposures are the ones to be doubted.
    private mutating func readHoleImages(_ sessionID: Int64, _ db: Database) throws {
        let settings = try Row.fetchAll(
            db,
            sql: """
                SELECT ifnull(camera, ''), 1e4 * pixel_size_um, magnification, binning FROM hole_image
                WHERE session_id = ? AND pixel_size_um > 0 AND magnification >= \(Self.leastMagnification)
                GROUP BY 1, 2, 3, 4 ORDER BY count(*), 2
                """, arguments: [sessionID])
        for row in settings {
            let pixel = RecordedExposure.apparent(row[1], row[2], row[3])
            if CameraNames.anyPixels.contains(pixel) { usualPixel[row[0]] = pixel }
        }
    }

    /// The magnification below which the objective lens is weak (EPU's LM), and magnifications have another scale.
    private static let leastMagnification = 2500
}
