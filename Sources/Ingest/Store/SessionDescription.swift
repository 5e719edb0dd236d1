import EPUArchive
import EPUCore
import EPUFormat
import Foundation
import GRDB

/// Writes what EpuSession.dm says. EPU rewrites it while a session runs: what it says last counts, but the areas of an earlier
/// template stay, as exposures were made with them.
struct SessionDescription {
    let sessionID: Int64

    /// Stores what the file says.
    /// - Returns: The results that no longer hold, as what they rest on is not what it was.
    func store(_ metadata: SessionMetadata, _ db: Database) throws -> StaleResults {
        let identity = SessionIdentity(metadata)
        if try identity.isFormer(of: sessionID, db) { return try storePlaces(metadata, identity, db) }
        let before = try inputs(db)
        let columns = SessionColumns(metadata: metadata)
        var statement = try RowStatement(
            db, "UPDATE session SET \(ColumnNames(of: columns).assignments) WHERE session_id = ?")
        columns.visit(&statement)
        statement.bind(sessionID)
        try statement.run()
        // Half-written or older files say less than an exposure or an earlier file did.
        try db.execute(
            sql: """
                UPDATE session SET epu_name = ifnull(?, epu_name), created_at = ifnull(?, created_at),
                    epu_version = ifnull(?, epu_version)
                WHERE session_id = ?
                """,
            arguments: [metadata.name, metadata.createdAt?.archiveText, metadata.epuVersion, sessionID])
        for table in ["storage_folder", "preset"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE session_id = ?", arguments: [sessionID])
        }
        for folder in metadata.storageFolders {
            try db.execute(
                sql: "INSERT INTO storage_folder (session_id, disc, path) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                arguments: [sessionID, folder.disc, folder.path])
        }
        var presets = Upsert<PresetColumns>(into: .preset, key: ["session_id", "preset"], db)
        for preset in metadata.presets { try presets.run(PresetColumns(sessionID: sessionID, preset: preset)) }
        try store(metadata.gridSquares, db)
        var areas = Upsert<AreaColumns>(into: .templateArea, key: ["session_id", "area"], db)
        for area in metadata.template?.areas ?? [] { try areas.run(AreaColumns(sessionID: sessionID, area: area)) }
        let after = try inputs(db)
        return StaleResults.allCases.last { after[$0] != before[$0] } ?? .none
    }

    /// The columns of a session that only EpuSession.dm fills, without those of its identity.
    static let columns = ColumnNames(of: SessionColumns(metadata: nil)).names

    private func inputs(_ db: Database) throws -> [StaleResults: [Row]] {
        let tables: [AnalysisInputs] = [.session, .preset, .templateArea]
        return try StaleResults.allCases.reduce(into: [:]) { rows, level in
            rows[level] = try tables.flatMap { try $0.values(of: sessionID, for: level, db) }
        }
    }

    func store(_ squares: [SessionMetadata.GridSquareEntry], _ db: Database) throws {
        for square in squares {
            try db.cachedStatement(
                sql: """
                    INSERT INTO grid_square (session_id, grid_square, metadata_name) VALUES (?, ?, ?)
                    ON CONFLICT DO UPDATE SET metadata_name = excluded.metadata_name
                    """
            ).execute(arguments: [sessionID, square.gridSquare, square.metadataName])
        }
    }

    /// Takes back what an EpuSession.dm of another session said.
    /// - Parameter folder: The folder that gives the session its name, if it had that of the file.
    func remove(_ folder: SessionFolder, _ db: Database) throws {
        let columns = (Self.columns + ["epu_name", "created_at", "epu_version"]).map { "\($0) = NULL" }
        let named = try Row.fetchOne(
            db, sql: "SELECT name, epu_name FROM session WHERE session_id = ?", arguments: [sessionID])
        if let named, let epuName: String = named[1] {
            let name: String = named[0]
            if name == epuName || name.hasPrefix(epuName + "~") {
                let instrument = try Instrument.ofSession(sessionID, db)
                try db.execute(
                    sql: "UPDATE session SET name = ? WHERE session_id = ?",
                    arguments: [NewSession.freeName(NewSession.name(after: folder, instrument, db), db), sessionID])
            }
        }
        for sql in [
            "UPDATE session SET \(columns.joined(separator: ", ")) WHERE session_id = ?",
            "DELETE FROM storage_folder WHERE session_id = ?",
            "DELETE FROM preset WHERE session_id = ?",
            "UPDATE grid_square SET metadata_name = NULL WHERE session_id = ?",
            """
            UPDATE template_area SET offset_x_um = NULL, offset_y_um = NULL, shift_x_px = NULL, shift_y_px = NULL,
                acquisition_setting = NULL, exposure_time_s = NULL, defocus_um = NULL
            WHERE session_id = ?
            """,
        ] {
            try db.execute(sql: sql, arguments: [sessionID])
        }
        try SessionMove.removeEmptyPlaces(of: sessionID, db)
    }
}

private struct SessionColumns: ColumnSource {
    /// The content of the folder's EpuSession.dm; nil where only names are needed.
    let metadata: SessionMetadata?

    func visit(_ row: inout some ColumnVisitor) {
        row.column("session_file_version", metadata?.epuVersion)
        row.column("sample_started_at", metadata?.sampleStartedAt?.archiveText)
        row.column("atlas_id", metadata?.atlasID)
        row.column("clustering_mode", metadata?.clusteringMode)
        row.column("clustering_radius_um", metadata?.clusteringRadiusUm)
        row.column("movie_format", metadata?.movieFormat)
        row.column("image_format", metadata?.imageFormat)
        row.column("ice_thickness_enabled", metadata?.iceThicknessEnabled)
        row.column("tilted", metadata?.tilted)
        row.column("tilt_angle_deg", metadata?.tiltAngleDeg)
        row.column("grid_type", metadata?.gridType)
        row.column("grid_geometry", metadata?.gridGeometry)
        row.column("carrier_kind", metadata?.carrierKind)
        row.column("carrier_type", metadata?.carrierType)
        row.column("nominal_hole_size_um", metadata?.nominalHoleSizeUm)
        row.column("nominal_hole_spacing_um", metadata?.nominalHoleSpacingUm)
        row.column("hole_size_um", metadata?.holeSizeUm)
        row.column("hole_spacing_um", metadata?.holeSpacingUm)
        row.column("hole_rotation_deg", metadata?.holeRotationDeg)
        row.column("ice_min_intensity", metadata?.iceMinIntensity)
        row.column("ice_max_intensity", metadata?.iceMaxIntensity)
        let template = metadata?.template
        row.column("delay_after_image_shift_s", template?.delayAfterImageShiftS)
        row.column("delay_after_stage_shift_s", template?.delayAfterStageShiftS)
        row.column("maximum_image_shift_um", template?.maximumImageShiftUm)
        row.column("template_pixel_size_um", template?.pixelSizeUm)
        row.column("template_m11", template?.matrix?.m11)
        row.column("template_m12", template?.matrix?.m12)
        row.column("template_m21", template?.matrix?.m21)
        row.column("template_m22", template?.matrix?.m22)
        row.column("autofocus_x_um", template?.autofocus?.offsetUm?.x)
        row.column("autofocus_y_um", template?.autofocus?.offsetUm?.y)
        row.column("autofocus_recurrence", template?.autofocus?.recurrence)
        row.column("autofocus_distance_um", template?.autofocus?.distanceUm)
        row.column("drift_x_um", template?.drift?.offsetUm?.x)
        row.column("drift_y_um", template?.drift?.offsetUm?.y)
        row.column("drift_recurrence", template?.drift?.recurrence)
        row.column("drift_distance_um", template?.drift?.distanceUm)
    }
}

private struct PresetColumns: ColumnSource {
    let sessionID: Int64
    let preset: SessionMetadata.Preset

    func visit(_ row: inout some ColumnVisitor) {
        row.column("session_id", sessionID)
        row.column("preset", preset.name)
        row.column("magnification_index", preset.magnificationIndex)
        row.column("spot_index", preset.spotIndex)
        row.column("probe_mode", preset.probeMode)
        row.column("lens_mode", preset.lensMode)
        row.column("beam_diameter_um", preset.beamDiameterUm)
        row.column("beam_shift_x", preset.beamShift?.x)
        row.column("beam_shift_y", preset.beamShift?.y)
        row.column("image_shift_x", preset.imageShift?.x)
        row.column("image_shift_y", preset.imageShift?.y)
        row.column("defocus_um", preset.defocusUm)
        row.column("c2_aperture_um", preset.c2ApertureUm)
        row.column("eftem", preset.eftem)
        row.column("slit_inserted", preset.slitInserted)
        row.column("slit_width_ev", preset.slitWidthEV)
        row.column("camera", preset.camera?.name)
        row.column("exposure_time_s", preset.camera?.exposureTimeS)
        row.column("binning", preset.camera?.binning)
        row.column("readout_width_px", preset.camera?.readoutWidthPx)
        row.column("readout_height_px", preset.camera?.readoutHeightPx)
        row.column("counting", preset.camera?.counting)
        row.column("super_resolution", preset.camera?.superResolution)
        row.column("fractionation", preset.camera?.fractionation)
        row.column("fractions", preset.camera?.fractions)
    }
}

struct AreaColumns: ColumnSource {
    let sessionID: Int64
    let area: AreaTemplate.Area

    func visit(_ row: inout some ColumnVisitor) {
        row.column("session_id", sessionID)
        row.column("area", area.area)
        row.column("offset_x_um", area.offsetUm?.x)
        row.column("offset_y_um", area.offsetUm?.y)
        row.column("shift_x_px", area.shiftPx?.x)
        row.column("shift_y_px", area.shiftPx?.y)
        row.column("acquisition_setting", area.acquisitionSetting)
        row.column("exposure_time_s", area.exposureTimeS)
        let defoci = area.defociUm.map { "\($0)" }.joined(separator: ", ")
        row.column("defocus_um", area.defociUm.isEmpty ? nil : "[\(defoci)]")
    }
}
