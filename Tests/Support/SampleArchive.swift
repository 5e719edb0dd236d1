public import EPUArchive
public import EPUCore
import GRDB

/// An archive with sessions made in code.
public struct SampleArchive: Sendable {
    public struct Exposure: Sendable {
        public var hole: Int64
        public var area: Int64
        public var stage: Vector2
        public var beamShift: Vector2
        /// The time of the exposure, seconds after the session's start.
        public var time: Double
        public var name: String?
        public var square: Int64?

        public init(
            hole: Int64 = 1, area: Int64 = 1, stage: Vector2 = .zero, beamShift: Vector2 = .zero, time: Double,
            name: String? = nil, square: Int64? = nil
        ) {
            self.square = square
            self.hole = hole
            self.area = area
            self.stage = stage
            self.beamShift = beamShift
            self.time = time
            self.name = name
        }
    }

    public let archive: Archive
    private static let start = Timestamp(year: 2025, month: 1, day: 8, hour: 12, minute: 0, second: 0)

    public init(_ path: String) throws { archive = try Archive(path, access: .create) }

    /// Adds a session, or more exposures to one that is there.
    /// - Parameters:
    ///   - beamDiameter: The diameter of the beam, um; nil if it is not recorded.
    ///   - dose: The dose of an exposure, electrons per square Angstrom.
    ///   - field: The width and height that the camera sees, um, at a pixel size of 1 Angstrom; nil if they are not recorded.
    ///   - fieldAngle: The angle of the width on the stage, degrees.
    public func add(
        _ session: String, grid: String? = nil, _ exposures: [Exposure], beamDiameter: Double? = 1,
        dose: Double? = nil, field: (width: Double, height: Double)? = nil, fieldAngle: Double = 0
    ) throws {
        let image = Matrix2(scale: 1e-4, angleDegrees: fieldAngle, isMirrored: true)
        try archive.write { db in
            try db.execute(
                sql: "INSERT OR IGNORE INTO session (name, grid) VALUES (?, ?)",
                arguments: [session, grid ?? "session \(session)"])
            let id = try Int64.fetchOne(db, sql: "SELECT session_id FROM session WHERE name = ?", arguments: [session])
            try db.execute(
                sql: "INSERT OR IGNORE INTO session_root (session_id, path) VALUES (?, ?)",
                arguments: [id, "/data/\(session)"])
            let root = try Int64.fetchOne(
                db, sql: "SELECT session_root_id FROM session_root WHERE path = ?", arguments: ["/data/\(session)"])
            for exposure in exposures {
                let name = exposure.name ?? "FoilHole_\(exposure.hole)_Data_\(exposure.area)_\(exposure.time)"
                if let square = exposure.square {
                    try db.execute(
                        sql: "INSERT OR IGNORE INTO grid_square (session_id, grid_square) VALUES (?, ?)",
                        arguments: [id, square])
                }
                try db.execute(
                    sql: "INSERT OR IGNORE INTO foil_hole (session_id, foil_hole, grid_square) VALUES (?, ?, ?)",
                    arguments: [id, exposure.hole, exposure.square])
                try db.execute(
                    sql: "INSERT OR IGNORE INTO template_area (session_id, area) VALUES (?, ?)",
                    arguments: [id, exposure.area])
                try db.execute(
                    sql: """
                        INSERT INTO source_file (session_root_id, path, stem, kind, status)
                        VALUES (?, ?, ?, 'exposure', 'ok')
                        """,
                    arguments: [root, "\(name).xml", name])
                let file = db.lastInsertedRowID
                let time = (Self.start ?? .now).adding(seconds: exposure.time)
                try db.execute(
                    sql: """
                        INSERT INTO exposure
                            (session_id, foil_hole, area, third_number, name, metadata_file_id, acquired_at,
                             utc_offset_minutes, stage_x_um, stage_y_um, beam_shift_x, beam_shift_y, beam_diameter_um,
                             grid_square, dose_e_per_a2, readout_width_px, readout_height_px, pixel_size_a,
                             image_to_stage_m11, image_to_stage_m12, image_to_stage_m21, image_to_stage_m22)
                        VALUES (?, ?, ?, 0, ?, ?, ?, 60, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        id, exposure.hole, exposure.area, name, file, time.archiveText, exposure.stage.x,
                        exposure.stage.y, exposure.beamShift.x, exposure.beamShift.y, beamDiameter, exposure.square,
                        dose,
                        field.map { Int($0.width * 1e4) }, field.map { Int($0.height * 1e4) }, field.map { _ in 1.0 },
                        image.m11, image.m12, image.m21, image.m22,
                    ])
            }
        }
    }
}
