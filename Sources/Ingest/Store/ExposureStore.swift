import EPUShared
import Foundation
import GRDB

/// Writes exposures and hole images of one session.
struct ExposureStore {
    let sessionID: Int64
    /// The folder that paths are relative to.
    let root: String

    enum Outcome {
        case new
        case changed
        /// The archive has this exposure from another file.
        case twin(of: String)
    }

    /// Stores what an exposure's XML says, or brings its row up to date.
    func store(_ name: ExposureName, _ image: ImageMetadata, file: SourceFile, fileID: Int64, _ db: Database) throws
        -> Outcome
    {
        try addHole(name.foilHole, gridSquare: file.gridSquare, db)
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO template_area (session_id, area) VALUES (?, ?)")
            .execute(arguments: [sessionID, name.area])

        let values = Self.values(name, image, gridSquare: file.gridSquare)
        let known = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT exposure_id FROM exposure WHERE metadata_file_id = ?"), arguments: [fileID])
        let twin = try twin(name, image, db)
        if let known, let twin, twin.exposureID != known {
            // The file's content was replaced by that of an exposure which the archive has from another file.
            try forgetAnalyses(of: known, db)
            try db.execute(sql: "DELETE FROM exposure WHERE exposure_id = ?", arguments: [known])
            return .twin(of: twin.path)
        }
        if let known {
            if try isMoved(known, image, db) { try forgetAnalyses(of: known, db) }
            try db.cachedStatement(sql: Self.update).execute(arguments: StatementArguments(values + [known]))
            return .changed
        }
        if let twin {
            let isSameFile = twin.path == root + "/" + file.path
            guard isSameFile || !FileManager.default.fileExists(atPath: twin.path) else { return .twin(of: twin.path) }
            // The session was moved, or the file is now seen from a folder above: the exposure stays the same, its file
            // is the new one.
            if try isMoved(twin.exposureID, image, db) { try forgetAnalyses(of: twin.exposureID, db) }
            try db.cachedStatement(sql: Self.update).execute(arguments: StatementArguments(values + [twin.exposureID]))
            try db.cachedStatement(
                sql: "UPDATE exposure SET metadata_file_id = ?, image_file_id = NULL WHERE exposure_id = ?"
            ).execute(arguments: [fileID, twin.exposureID])
            return .changed
        }
        try db.cachedStatement(sql: Self.insert).execute(arguments: StatementArguments(values + [sessionID, fileID]))
        return .new
    }

    /// Stores a hole image from its XML.
    func store(_ name: HoleImageName, _ image: ImageMetadata, file: SourceFile, fileID: Int64, _ db: Database) throws {
        try addHole(name.foilHole, gridSquare: file.gridSquare, db)
        try db.cachedStatement(
            sql: """
                INSERT INTO hole_image
                    (session_id, grid_square, foil_hole, name, metadata_file_id, acquired_at, utc_offset_minutes,
                     stage_x_um, stage_y_um, pixel_size_um, center_x_px, center_y_px)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (session_id, name) DO UPDATE SET
                    metadata_file_id = excluded.metadata_file_id, acquired_at = excluded.acquired_at,
                    utc_offset_minutes = excluded.utc_offset_minutes, stage_x_um = excluded.stage_x_um,
                    stage_y_um = excluded.stage_y_um, pixel_size_um = excluded.pixel_size_um,
                    center_x_px = excluded.center_x_px, center_y_px = excluded.center_y_px
                """
        ).execute(arguments: [
            sessionID, file.gridSquare, name.foilHole, name.base, fileID, image.acquired?.instant.archiveText,
            image.acquired?.utcOffsetMinutes, image.stage?.x, image.stage?.y, image.pixelSizeA.map { $0 * 1e-4 },
            image.holeCenterPx?.x, image.holeCenterPx?.y,
        ])
    }

    /// Stores that a hole image has a JPG; its XML may come later, or never.
    func store(_ name: HoleImageName, file: SourceFile, imageFileID: Int64, _ db: Database) throws {
        try addHole(name.foilHole, gridSquare: file.gridSquare, db)
        try db.cachedStatement(
            sql: """
                INSERT INTO hole_image (session_id, grid_square, foil_hole, name, image_file_id) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (session_id, name) DO UPDATE SET image_file_id = excluded.image_file_id
                """
        ).execute(arguments: [sessionID, file.gridSquare, name.foilHole, name.base, imageFileID])
    }

    private func addHole(_ hole: Int64, gridSquare: Int64?, _ db: Database) throws {
        if let gridSquare {
            try db.cachedStatement(sql: "INSERT OR IGNORE INTO grid_square (session_id, grid_square) VALUES (?, ?)")
                .execute(arguments: [sessionID, gridSquare])
        }
        try db.cachedStatement(
            sql: """
                INSERT INTO foil_hole (session_id, foil_hole, grid_square) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET grid_square = excluded.grid_square
                WHERE grid_square IS NULL AND excluded.grid_square IS NOT NULL
                """
        ).execute(arguments: [sessionID, hole, gridSquare])
    }

    private func twin(_ name: ExposureName, _ image: ImageMetadata, _ db: Database) throws
        -> (exposureID: Int64, path: String)?
    {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT e.exposure_id, r.path || '/' || f.path AS path
                    FROM exposure e
                    JOIN source_file f ON f.source_file_id = e.metadata_file_id
                    JOIN session_root r USING (session_root_id)
                    WHERE e.session_id = ? AND e.name = ? AND ifnull(e.unique_id, '') = ifnull(?, '')
                    """),
            arguments: [sessionID, name.base, image.uniqueID]
        ).map { ($0["exposure_id"], $0["path"]) }
    }

    /// Whether anything that an analysis rests on differs from what the archive has.
    private func isMoved(_ exposureID: Int64, _ image: ImageMetadata, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT (stage_x_um, stage_y_um, beam_shift_x, beam_shift_y, acquired_at, beam_diameter_um)
                        IS NOT (?, ?, ?, ?, ?, ?)
                    FROM exposure WHERE exposure_id = ?
                    """),
            arguments: [
                image.stage?.x, image.stage?.y, image.beamShift?.x, image.beamShift?.y,
                image.acquired?.instant.archiveText, image.beamDiameterUm, exposureID,
            ]) ?? true
    }

    /// What was found with the old values no longer holds. Rather no result than a wrong one: the next
    /// `epu-analyze` makes them anew.
    private func forgetAnalyses(of exposureID: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM placement WHERE exposure_id = ?").execute(arguments: [exposureID])
        try db.cachedStatement(sql: "DELETE FROM beam_shift_clustering WHERE session_id = ?")
            .execute(arguments: [sessionID])
        try db.cachedStatement(
            sql: """
                DELETE FROM analysis
                WHERE analysis_id IN (SELECT analysis_id FROM analysis_session WHERE session_id = ?)
                """
        ).execute(arguments: [sessionID])
    }
}

// MARK: - Columns

extension ExposureStore {
    /// Every column that an XML or its name fills, in the order of `values`.
    private static let columns = [
        "grid_square", "foil_hole", "area", "third_number", "name", "unique_id", "acquired_at", "utc_offset_minutes",
        "instrument_id", "instrument_model", "epu_version", "high_tension_kv", "stage_x_um", "stage_y_um",
        "stage_z_um", "stage_alpha_deg", "stage_beta_deg", "beam_shift_x", "beam_shift_y", "image_shift_x",
        "image_shift_y", "beam_tilt_x", "beam_tilt_y", "beam_diameter_um", "spot_index", "probe_mode", "intensity",
        "defocus_um", "applied_defocus_um", "magnification", "pixel_size_a", "image_to_stage_m11",
        "image_to_stage_m12", "image_to_stage_m21", "image_to_stage_m22", "camera", "camera_model",
        "readout_width_px", "readout_height_px", "binning", "counting", "super_resolution", "fractionation",
        "fractions", "exposure_time_s", "dose_e_per_a2", "dose_on_camera_e_per_px", "dose_rate_e_per_px_s", "eftem",
        "slit_inserted", "slit_width_ev", "phase_plate",
    ]

    private static let insert = """
        INSERT INTO exposure (\(columns.joined(separator: ", ")), session_id, metadata_file_id)
        VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")), ?, ?)
        """

    private static let update = """
        UPDATE exposure SET \(columns.map { "\($0) = ?" }.joined(separator: ", ")) WHERE exposure_id = ?
        """

    private static func values(_ name: ExposureName, _ image: ImageMetadata, gridSquare: Int64?)
        -> [(any DatabaseValueConvertible)?]
    {
        [
            gridSquare, name.foilHole, name.area, name.thirdNumber, name.base, image.uniqueID,
            image.acquired?.instant.archiveText, image.acquired?.utcOffsetMinutes,
            image.instrumentID, image.instrumentModel, image.epuVersion, image.highTensionKV, image.stage?.x,
            image.stage?.y,
            image.stageZUm, image.stageAlphaDeg, image.stageBetaDeg, image.beamShift?.x, image.beamShift?.y,
            image.imageShift?.x,
            image.imageShift?.y, image.beamTilt?.x, image.beamTilt?.y, image.beamDiameterUm, image.spotIndex,
            image.probeMode, image.intensity,
            image.defocusUm, image.appliedDefocusUm, image.magnification, image.pixelSizeA, image.imageToStage?.m11,
            image.imageToStage?.m12, image.imageToStage?.m21, image.imageToStage?.m22, image.camera, image.cameraModel,
            image.readoutWidthPx, image.readoutHeightPx, image.binning, image.counting, image.superResolution,
            image.fractionation,
            image.fractions, image.exposureTimeS, image.doseEPerA2, image.doseOnCameraEPerPx, image.doseRateEPerPxS,
            image.eftem,
            image.slitInserted, image.slitWidthEV, image.phasePlate,
        ]
    }
}
