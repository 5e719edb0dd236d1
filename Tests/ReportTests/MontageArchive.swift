import CTurboJPEG
import EPUArchive
import EPUCore
import Foundation
import GRDB
import TestSupport
import Testing

@testable import epu_report

/// An archive in a folder of its own, filled with a few rows, whose pictures are even grey.
final class MontageArchive {
    let folder = NSTemporaryDirectory() + "montage-" + UUID().uuidString
    let archive: Archive

    init() throws {
        try FileManager.default.createDirectory(atPath: folder + "/root", withIntermediateDirectories: true)
        archive = try Archive(folder + "/archive.db", access: .create)
        try session("grid1", id: 1)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func session(_ name: String, id: Int64) throws {
        try archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO session (session_id, name, grid) VALUES (:id, :name, 'g');
                    INSERT INTO session_root VALUES (:id, :id, :root);
                    INSERT INTO template_area (session_id, area) VALUES (:id, 5);
                    INSERT INTO calibration
                        (calibration_id, session_id, method, m11, m12, m21, m22, scale, angle_deg, mirrored, verdict, created_at)
                    VALUES (:id, :id, 'given', 25, 0, 0, 25, 25, 0, 0, 'given', '');
                    """,
                arguments: ["id": id, "name": name, "root": id == 1 ? folder + "/root" : folder + "/root\(id)"])
        }
    }

    /// An analysis of all sessions so far.
    func analysis(_ id: Int64, createdAt: String = "2025-01-10T00:00:00.0000000Z") throws {
        try archive.write { db in
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO placement_set (placement_set_id, grid) VALUES (1, 'g');
                    INSERT INTO analysis
                        (analysis_id, placement_set_id, radius_um, count_neighbours, across_sessions, exposures, pairs,
                         overexposed, created_at)
                    VALUES (:id, 1, 0.25 + :id * 0.01, 0, 1, 9, 9, 9, :time);
                    INSERT INTO analysis_session SELECT :id, session_id, session_id FROM session;
                    """, arguments: ["id": id, "time": createdAt])
        }
    }

    /// Names an analysis for the reports of the first session.
    func publish(_ id: Int64) throws {
        try archive.write { db in
            _ = try PublishedAnalysis.publish(id, for: SessionRow.select(db, names: [])[0], at: .now, db)
        }
    }

    /// - Parameter minute: after 10:00 UTC; the microscope's clock is an hour ahead.
    /// - Returns: the exposure's id.
    @discardableResult
    func exposure(
        hole: Int64, minute: Int, stage: Vector2 = .zero, picture: Picture = .grey(90), session: Int64 = 1,
        optics: Optics? = nil
    ) throws -> Int64 {
        let name = "FoilHole_\(hole)_Data_5_1_20250108_11\(two(minute))00"
        let image = try file(name + ".jpg", picture: picture, session: session)
        let metadata = try file(name + ".xml", picture: .lost, session: session)
        return try archive.write { db in
            try foilHole(hole, session, db)
            try db.execute(
                sql: """
                    INSERT INTO exposure (session_id, foil_hole, area, third_number, name, metadata_file_id,
                        image_file_id, acquired_at, utc_offset_minutes, stage_x_um, stage_y_um, beam_shift_x, beam_shift_y)
                    VALUES (?, ?, 5, 1, ?, ?, ?, ?, 60, ?, ?, 0, 0)
                    """,
                arguments: [session, hole, name, metadata, image, Self.utc(minute), stage.x, stage.y])
            let id = db.lastInsertedRowID
            if let optics { try optics.store(id, place: stage, db) }
            return id
        }
    }

    /// What the overlap on a tile is drawn from.
    struct Optics {
        /// um.
        var beamDiameter: Double? = 0.4
        var readout = (width: 2880, height: 2046)
        var pixelSizeAngstrom: Double? = 1
        /// um per unbinned pixel.
        var imageToStage: Matrix2?
        var tiltDegrees = 0.0

        /// Under the first placement set, whose positions are the stage's.
        fileprivate func store(_ id: Int64, place: Vector2, _ db: Database) throws {
            try db.execute(
                sql: """
                    UPDATE exposure SET beam_diameter_um = ?, readout_width_px = ?, readout_height_px = ?, binning = 2,
                        pixel_size_a = ?, image_to_stage_m11 = ?, image_to_stage_m12 = ?, image_to_stage_m21 = ?,
                        image_to_stage_m22 = ?, stage_alpha_deg = ?
                    WHERE exposure_id = ?
                    """,
                arguments: [
                    beamDiameter, readout.width, readout.height, pixelSizeAngstrom, imageToStage?.m11,
                    imageToStage?.m12, imageToStage?.m21, imageToStage?.m22, tiltDegrees, id,
                ])
            try db.execute(
                sql: "INSERT INTO placement (placement_set_id, exposure_id, x_um, y_um) VALUES (1, ?, ?, ?)",
                arguments: [id, place.x, place.y])
        }
    }

    /// - Parameter stage: nil for an image without XML, whose time is in its name alone.
    func holeImage(
        hole: Int64, minute: Int, stage: Vector2?, picture: Picture = .grey(200), session: Int64 = 1
    ) throws {
        let name = "FoilHole_\(hole)_20250108_11\(two(minute))00"
        let image = try file(name + ".jpg", picture: picture, session: session)
        try archive.write { db in
            try foilHole(hole, session, db)
            try db.execute(
                sql: """
                    INSERT INTO hole_image (session_id, foil_hole, name, image_file_id, acquired_at, utc_offset_minutes,
                        stage_x_um, stage_y_um)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    session, hole, name, image, stage == nil ? nil : Self.utc(minute), stage == nil ? nil : 60,
                    stage?.x, stage?.y,
                ])
        }
    }

    /// - Parameter share: of the later field and beam; nil: the two positions are not known relative to each other.
    func overlap(
        _ earlier: Int64, _ later: Int64, analysis: Int64 = 1, distance: Double = 0.012, cause: String = "same-area",
        share: Double? = nil, incident: Int? = nil, preDose: Double? = nil
    ) throws {
        try archive.write { db in
            try db.execute(
                sql: """
                    INSERT INTO overlap
                        (analysis_id, later_id, earlier_id, distance_um, cause, field_overlap, beam_overlap)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [analysis, later, earlier, distance, cause, share, share])
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO overexposure (analysis_id, exposure_id, nearest_id, incident)
                    SELECT analysis_id, later_id, earlier_id, ?3 FROM counted_overlap
                    WHERE analysis_id = ?1 AND later_id = ?2 ORDER BY distance_um, earlier_id LIMIT 1
                    """, arguments: [analysis, later, incident])
            guard let preDose else { return }
            try db.execute(
                sql: "INSERT OR IGNORE INTO placement (placement_set_id, exposure_id, x_um, y_um) VALUES (1, ?, 0, 0)",
                arguments: [later])
            try db.execute(
                sql: """
                    INSERT INTO pre_exposure (placement_id, dose_e_per_a2)
                    SELECT placement_id, ? FROM placement WHERE exposure_id = ?
                    """, arguments: [preDose, later])
        }
    }

    func incident(_ number: Int, first: Int64, last: Int64, distance: Double, preDose: Double?) throws {
        try archive.write { db in
            try db.execute(
                sql: "INSERT INTO incident VALUES (1, ?, 1, 'wrong-centre', ?, ?, 1, 2, 2, ?, ?)",
                arguments: [number, first, last, distance, preDose])
        }
    }

    enum Picture {
        /// An even one, 512 x 364.
        case grey(UInt8)
        case bytes([UInt8])
        case bad(BadPicture)
        /// In the archive, but not on disk.
        case lost
        /// Not in the archive.
        case none
    }

    private func file(_ name: String, picture: Picture, session: Int64) throws -> Int64? {
        switch picture {
        case .none: return nil
        case .lost: break
        case .grey(let level): try store(Self.jpeg(level), name)
        case .bytes(let bytes): try store(bytes, name)
        case .bad(let bad): try bad.make(at: folder + "/root/" + name)
        }
        return try archive.write { db in
            try db.execute(
                sql: "INSERT INTO source_file (session_root_id, path, stem, kind, status) VALUES (?, ?, '', '', 'ok')",
                arguments: [session, name])
            return db.lastInsertedRowID
        }
    }

    private func store(_ bytes: [UInt8], _ name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: folder + "/root/" + name))
    }

    private func foilHole(_ hole: Int64, _ session: Int64, _ db: Database) throws {
        try db.execute(
            sql: "INSERT OR IGNORE INTO foil_hole (session_id, foil_hole) VALUES (?, ?)", arguments: [session, hole])
    }

    private static func utc(_ minute: Int) -> String { "2025-01-08T10:\(two(minute)):00.0000000Z" }

    static func jpeg(_ level: UInt8, width: Int = 512, height: Int = 364) throws -> [UInt8] {
        let handle = try #require(tjInitCompress())
        defer { tjDestroy(handle) }
        var buffer: UnsafeMutablePointer<UInt8>?
        var size: UInt = 0
        let pixels = [UInt8](repeating: level, count: width * height)
        let status = tjCompress2(
            handle, pixels, Int32(width), 0, Int32(height), Int32(TJPF_GRAY.rawValue), &buffer, &size,
            Int32(TJSAMP_GRAY.rawValue), 95, 0)
        defer { tjFree(buffer) }
        try #require(status == 0)
        return Array(UnsafeBufferPointer(start: buffer, count: Int(size)))
    }
}

private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
