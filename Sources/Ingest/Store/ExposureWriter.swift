import EPUFormat
import EPUShared
import Foundation
import GRDB

/// Writes exposures of one session within one transaction.
struct ExposureWriter {
    private let sessionID: Int64
    /// The folder that paths are relative to.
    private let root: String
    private let db: Database
    private var insert: RowStatement?
    private var update: RowStatement?

    enum Outcome {
        case new
        case changed
        /// The archive has this exposure from another file.
        case twin(of: String)
    }

    init(sessionID: Int64, root: String, _ db: Database) throws {
        self.sessionID = sessionID
        self.root = root
        self.db = db
    }

    /// Stores what an exposure's XML says, or brings its row up to date.
    /// - Parameters:
    ///   - isNewFile: the ledger had no row of this file.
    ///   - imageFileID: its JPG, where one is known.
    mutating func store(
        _ exposure: ExposureColumns, file: SourceFile, fileID: Int64, isNewFile: Bool, imageFileID: Int64?
    ) throws -> Outcome {
        let known =
            isNewFile
            ? nil
            : try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT exposure_id FROM exposure WHERE metadata_file_id = ?"),
                arguments: [fileID])
        if known == nil, try insert(exposure, fileID: fileID, imageFileID: imageFileID) { return .new }
        let twin = try twin(exposure)
        if let known, let twin, twin.exposureID != known {
            // The file's content was replaced by that of an exposure which the archive has from another file.
            try forgetAnalyses(of: known)
            try db.execute(sql: "DELETE FROM exposure WHERE exposure_id = ?", arguments: [known])
            return .twin(of: twin.path)
        }
        if let known {
            try update(known, exposure, imageFileID: imageFileID)
            return .changed
        }
        guard let twin else { throw Failure("The archive refuses \(root)/\(file.path).") }
        let isSameFile = twin.path == root + "/" + file.path
        guard isSameFile || PathText.status(twin.path) == nil else { return .twin(of: twin.path) }
        // The session was moved, or the file is now seen from a folder above: the exposure stays the same, its file
        // is the new one.
        try update(twin.exposureID, exposure, imageFileID: nil)
        try db.cachedStatement(
            sql: "UPDATE exposure SET metadata_file_id = ?, image_file_id = ? WHERE exposure_id = ?"
        ).execute(arguments: [fileID, imageFileID, twin.exposureID])
        try db.cachedStatement(sql: "DELETE FROM source_file WHERE source_file_id = ?")
            .execute(arguments: [twin.fileID])
        return .changed
    }

    /// - Returns: false where the archive has the exposure.
    private mutating func insert(_ exposure: ExposureColumns, fileID: Int64, imageFileID: Int64?) throws -> Bool {
        var statement: RowStatement
        if let insert {
            statement = insert
        } else {
            let columns = ColumnNames(of: exposure)
            statement = try RowStatement(
                db,
                """
                INSERT INTO exposure (\(columns.list), session_id, metadata_file_id, image_file_id)
                VALUES (\(columns.parameters), ?, ?, ?) ON CONFLICT DO NOTHING
                """)
            insert = statement
        }
        exposure.visit(&statement)
        statement.bind(sessionID)
        statement.bind(fileID)
        statement.bind(imageFileID)
        try statement.run()
        return statement.changes == 1
    }

    private mutating func update(_ exposureID: Int64, _ exposure: ExposureColumns, imageFileID: Int64?) throws {
        if try isMoved(exposureID, exposure.image) {
            try forgetAnalyses(of: exposureID)
        } else if try isSeenOtherwise(exposureID, exposure.image) {
            try forgetPreExposure(of: exposureID)
        }
        var statement: RowStatement
        if let update {
            statement = update
        } else {
            let columns = ColumnNames(of: exposure)
            statement = try RowStatement(
                db,
                """
                UPDATE exposure SET \(columns.assignments), image_file_id = ifnull(image_file_id, ?)
                WHERE exposure_id = ?
                """)
            update = statement
        }
        exposure.visit(&statement)
        statement.bind(imageFileID)
        statement.bind(exposureID)
        try statement.run()
    }

    private func twin(_ exposure: ExposureColumns) throws -> (exposureID: Int64, path: String, fileID: Int64)? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT e.exposure_id, r.path || '/' || f.path AS path, f.source_file_id
                    FROM exposure e
                    JOIN source_file f ON f.source_file_id = e.metadata_file_id
                    JOIN session_root r USING (session_root_id)
                    WHERE e.session_id = ? AND e.name = ? AND ifnull(e.unique_id, '') = ifnull(?, '')
                    """),
            arguments: [sessionID, exposure.name.base, exposure.image.uniqueID]
        ).map { ($0[0], $0[1], $0[2]) }
    }

    /// Whether anything that an analysis rests on differs from what the archive has. Not the last
    /// bits of a number, as another version of these tools may have rounded it; nor a time of the file name, which was
    /// moved to the session's clock.
    private func isMoved(_ exposureID: Int64, _ image: ImageMetadata) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT max(abs(stage_x_um - ?1), abs(stage_y_um - ?2), abs(beam_shift_x - ?3),
                               abs(beam_shift_y - ?4), ifnull(abs(beam_diameter_um - ?5), 0)) > 1e-9
                        OR (beam_diameter_um IS NULL) <> (?5 IS NULL)
                        OR acquired_at <> ?6 AND (utc_offset_minutes IS NOT NULL OR ?7 IS NOT NULL)
                        OR ifnull(probe_mode <> ?9, 0) OR ifnull(abs(stage_alpha_deg - ?10) > 1e-6, 0)
                    FROM exposure WHERE exposure_id = ?8
                    """),
            arguments: [
                image.stage?.x, image.stage?.y, image.beamShift?.x, image.beamShift?.y, image.beamDiameterUm,
                image.acquired?.instant.archiveText, image.acquired?.utcOffsetMinutes, exposureID,
                image.probeMode, image.stageAlphaDeg,
            ]) ?? true
    }

    /// Whether what the camera saw, or the dose, differs from what the archive has: as where it did not have them yet.
    private func isSeenOtherwise(_ exposureID: Int64, _ image: ImageMetadata) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT ifnull(abs(dose_e_per_a2 - ?1) > 1e-6, (dose_e_per_a2 IS NULL) <> (?1 IS NULL))
                        OR readout_width_px IS NOT ?2 OR readout_height_px IS NOT ?3
                        OR ifnull(abs(pixel_size_a - ?4) > 1e-9, (pixel_size_a IS NULL) <> (?4 IS NULL))
                    FROM exposure WHERE exposure_id = ?5
                    """),
            arguments: [
                image.doseEPerA2, image.camera?.readoutWidthPx, image.camera?.readoutHeightPx, image.pixelSizeA,
                exposureID,
            ]) ?? true
    }

    /// Positions and pairs stay; what fields had received is found anew by the next `epu-analyze`.
    private func forgetPreExposure(of exposureID: Int64) throws {
        try db.cachedStatement(
            sql: """
                DELETE FROM pre_exposure
                WHERE placement_id IN (SELECT placement_id FROM placement WHERE exposure_id = ?)
                """
        ).execute(arguments: [exposureID])
        // Where other sessions are judged it has none, but what they had received is to be found anew, too.
        try db.cachedStatement(
            sql: """
                UPDATE placement_set SET nearest_within_um = NULL
                WHERE session_id <> ?2 AND nearest_within_um IS NOT NULL
                    AND placement_set_id IN (SELECT placement_set_id FROM placement WHERE exposure_id = ?1)
                """
        ).execute(arguments: [exposureID, sessionID])
        try db.cachedStatement(
            sql: """
                UPDATE analysis SET rules = 0
                WHERE rules <> 0 AND analysis_id IN (SELECT analysis_id FROM analysis_session WHERE session_id = ?)
                """
        ).execute(arguments: [sessionID])
    }

    /// What was found with the old values no longer holds. Rather no result than a wrong one: the next
    /// `epu-analyze` makes them anew.
    private func forgetAnalyses(of exposureID: Int64) throws {
        // Its positions with their analyses first: a calibration takes along what tells whose they are.
        try db.cachedStatement(
            sql: """
                DELETE FROM placement_set
                WHERE placement_set_id IN (SELECT placement_set_id FROM placement_set_session WHERE session_id = ?)
                """
        ).execute(arguments: [sessionID])
        try db.cachedStatement(sql: "DELETE FROM placement WHERE exposure_id = ?").execute(arguments: [exposureID])
        try db.cachedStatement(sql: "DELETE FROM beam_shift_clustering WHERE session_id = ?")
            .execute(arguments: [sessionID])
        try db.cachedStatement(sql: "DELETE FROM calibration WHERE session_id = ? AND method <> 'given'")
            .execute(arguments: [sessionID])
    }
}
