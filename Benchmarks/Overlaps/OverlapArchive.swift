import EPUArchive
import EPUCore
import Foundation
import GRDB

/// An archive with one session of any size, made without files: what epu-ingest would store of the columns that
/// epu-analyze reads, with a calibration and optics groups that need no finding.
struct OverlapArchive {
    let exposures: Int

    /// The calibration, um per beam-shift unit.
    private static let matrix = Matrix2(21.767, 11.130, 10.799, -21.682)
    private static let pitch = 2.5
    /// The offsets of the areas from the hole's centre, um.
    private static let areas = [Vector2(0.27, -0.29), Vector2(0.115, 0.38), Vector2(-0.386, -0.09)]
    /// The number of holes along one side of the square that is shot from one stage stop.
    private static let side = 5
    /// The number of stops of which one is shot again.
    private static let repeats = 100

    func make(_ path: String) throws {
        let archive = try Archive(path, access: .create)
        try archive.write { db in
            try db.execute(sql: "INSERT INTO session (session_id, name, grid) VALUES (1, 'session', 'grid')")
            try db.execute(
                sql: "INSERT INTO session_root (session_root_id, session_id, path) VALUES (1, 1, '/data/session')")
            for (number, offset) in Self.areas.enumerated() {
                try db.execute(
                    sql: "INSERT INTO template_area (session_id, area, offset_x_um, offset_y_um) VALUES (1, ?, ?, ?)",
                    arguments: [number, offset.x, offset.y])
            }
            try addExposures(db)
            try db.execute(
                sql: """
                    INSERT INTO optics_group (session_id, optics_group, tilt_deg, center_x, center_y) VALUES (1, 1, 0, 0, 0);
                    INSERT INTO optics_group_member (exposure_id, optics_group_id) SELECT exposure_id, 1 FROM exposure;
                    """)
            let m = Self.matrix
            try db.execute(
                sql: """
                    INSERT INTO calibration
                        (session_id, method, chosen, probe_mode, tilt_deg, m11, m12, m21, m22, scale, angle_deg, mirrored,
                         verdict, exposures, created_at)
                    VALUES (1, 'lattice', 1, 'NanoProbe', 0, ?, ?, ?, ?, ?, ?, 1, 'good', ?, '')
                    """,
                arguments: [m.m11, m.m12, m.m21, m.m22, m.scale, m.angleDegrees, exposures])
        }
    }

    private func addExposures(_ db: Database) throws {
        guard let inverse = Self.matrix.inverse, let start = Timestamp(archiveText: "2025-01-08T00:00:00.0000000Z")
        else {
            throw Failure("The benchmark's own constants are wrong.")
        }
        var random = RandomSource(seed: 1, stream: "overlap archive")
        var file = try RowStatement(
            db,
            """
            INSERT INTO source_file (source_file_id, session_root_id, path, stem, kind, status)
            VALUES (?1, 1, ?2, ?2, 'exposure', 'ok')
            """)
        var hole = try RowStatement(db, "INSERT OR IGNORE INTO foil_hole (session_id, foil_hole) VALUES (1, ?)")
        var exposure = try RowStatement(
            db,
            """
            INSERT INTO exposure
                (exposure_id, session_id, foil_hole, area, third_number, name, metadata_file_id, acquired_at,
                 utc_offset_minutes, stage_x_um, stage_y_um, beam_shift_x, beam_shift_y, probe_mode, beam_diameter_um,
                 dose_e_per_a2, readout_width_px, readout_height_px, pixel_size_a, image_to_stage_m11,
                 image_to_stage_m12, image_to_stage_m21, image_to_stage_m22)
            VALUES (?1, 1, ?2, ?3, 0, ?4, ?1, ?5, 0, ?6, ?7, ?8, ?9, 'NanoProbe', 0.83, 40, 5760, 4092, 0.83, -8e-4, -5e-5,
                    -5e-5, 8e-4)
            """)
        let ofStop = Self.side * Self.side * Self.areas.count
        let stopsAlong = Int(Double(exposures / ofStop + 1).squareRoot().rounded(.up))
        for number in 0..<exposures {
            let stop = number / ofStop
            // Some stops go where an earlier one was.
            let place = stop % Self.repeats == Self.repeats - 1 ? stop - Self.repeats / 2 : stop
            let (visit, area) = ((number % ofStop) / Self.areas.count, number % Self.areas.count)
            let width = Self.pitch * Double(Self.side)
            let centre = Vector2(width * Double(place % stopsAlong), width * Double(place / stopsAlong))
            let (column, row) = (visit % Self.side - Self.side / 2, visit / Self.side - Self.side / 2)
            let target =
                centre + Vector2(Self.pitch * Double(column), Self.pitch * Double(row)) + Self.areas[area]
                + Vector2(random.uniform(-0.05, 0.05), random.uniform(-0.05, 0.05))
            let stage = centre + Vector2(0.1 * Double(stop % 7) / 7, 0)
            let shift = inverse * (target - stage)
            let name = "exposure \(number)"
            let holeID = place * Self.side * Self.side + visit
            hole.bind(Int64(holeID))
            try hole.run()
            file.bind(Int64(number + 1))
            file.bind(name)
            try file.run()
            exposure.bind(Int64(number + 1))
            exposure.bind(Int64(holeID))
            exposure.bind(Int64(area))
            exposure.bind(name)
            exposure.bind(start.adding(seconds: 4 * Double(number)).archiveText)
            for value in [stage.x, stage.y, shift.x, shift.y] { exposure.bind(value) }
            try exposure.run()
        }
    }
}
