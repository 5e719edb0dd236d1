import EPUArchive
import EPUCore
import EPUFormat
import Foundation
import GRDB

/// Writes what GridSquare_<id>.dm says of a square and its foil holes, or TargetLocation_<hole>.dm of one of them.
struct HoleMapWriter {
    private let sessionID: Int64
    private var squares: Upsert<GridSquareColumns>
    private var holes: Upsert<FoilHoleColumns>
    private var exposures: Upsert<PlannedExposureColumns>

    init(sessionID: Int64, _ db: Database) {
        self.sessionID = sessionID
        squares = Upsert(into: .gridSquare, key: ["session_id", "grid_square"], db)
        holes = Upsert(into: .foilHole, key: ["session_id", "foil_hole"], db)
        exposures = Upsert(into: .plannedExposure, key: ["session_id", "acquisition"], db)
    }

    /// Stores a grid square and its foil holes.
    /// - Returns: The results of epu-analyze that no longer hold, as they rest on what is new.
    mutating func store(_ square: GridSquareMetadata, _ found: [FoilHoleMetadata]) throws -> StaleResults {
        var stale = try squares.run(GridSquareColumns(sessionID: sessionID, square: square))
        for hole in found { stale = max(stale, try store(hole, gridSquare: square.gridSquare)) }
        return stale
    }

    /// Stores one foil hole.
    /// - Parameter gridSquare: The number of a grid square of which the archive has a row.
    /// - Returns: The results of epu-analyze that no longer hold, as they rest on what is new.
    mutating func store(_ hole: FoilHoleMetadata, gridSquare: Int64) throws -> StaleResults {
        var stale = try holes.run(FoilHoleColumns(sessionID: sessionID, gridSquare: gridSquare, hole: hole))
        for exposure in hole.exposures {
            let planned = PlannedExposureColumns(sessionID: sessionID, foilHole: hole.foilHole, exposure: exposure)
            stale = max(stale, try exposures.run(planned))
        }
        return stale
    }
}

private struct GridSquareColumns: ColumnSource {
    let sessionID: Int64
    let square: GridSquareMetadata

    func visit(_ row: inout some ColumnVisitor) {
        row.column("session_id", sessionID)
        row.column("grid_square", square.gridSquare)
        row.column("stage_x_um", square.position?.x)
        row.column("stage_y_um", square.position?.y)
        row.column("stage_z_um", square.positionZUm)
        row.column("hole_spacing_um", square.holeSpacingUm)
        row.column("rotation_deg", square.rotationDeg)
        row.column("state", square.state)
        row.column("selected", square.selected)
        row.column("unusable", square.unusable)
        row.column("acquisition_order", square.acquisitionOrder)
        row.column("image_name", square.imageName)
        let outline = square.shapePx.map { "[\($0.x), \($0.y)]" }.joined(separator: ", ")
        row.column("shape_px", square.shapePx.isEmpty ? nil : "[\(outline)]")
    }
}

private struct FoilHoleColumns: ColumnSource {
    let sessionID: Int64
    let gridSquare: Int64
    let hole: FoilHoleMetadata

    func visit(_ row: inout some ColumnVisitor) {
        row.column("session_id", sessionID)
        row.column("foil_hole", hole.foilHole)
        row.column("grid_square", gridSquare)
        row.column("stage_x_um", hole.stage?.x)
        row.column("stage_y_um", hole.stage?.y)
        row.column("stage_z_um", hole.stageZUm)
        row.column("stage_alpha_deg", hole.stageAlphaDeg)
        row.column("stage_beta_deg", hole.stageBetaDeg)
        row.column("corrected_x_um", hole.corrected?.x)
        row.column("corrected_y_um", hole.corrected?.y)
        row.column("position_corrected", hole.positionCorrected)
        row.column("position_refined", hole.positionRefined)
        row.column("image_x_px", hole.pixel?.x)
        row.column("image_y_px", hole.pixel?.y)
        row.column("width_px", hole.widthPx)
        row.column("height_px", hole.heightPx)
        row.column("state", hole.state)
        row.column("selected", hole.selected)
        row.column("near_grid_bar", hole.nearGridBar)
        row.column("acquisition_order", hole.acquisitionOrder)
        row.column("quality", hole.quality)
        row.column("cluster_x", hole.positionInCluster?.x)
        row.column("cluster_y", hole.positionInCluster?.y)
        row.column("beam_shift_id", hole.beamShiftID)
        row.column("primary_hole", hole.primaryHole)
        row.column("ice_intensity_mean", hole.iceIntensityMean)
        row.column("ice_intensity_stdev", hole.iceIntensityStDev)
        row.column("ice_thickness", hole.iceThickness)
        row.column("image_name", hole.imageName)
    }
}

private struct PlannedExposureColumns: ColumnSource {
    let sessionID: Int64
    let foilHole: Int64
    let exposure: FoilHoleMetadata.PlannedExposure

    func visit(_ row: inout some ColumnVisitor) {
        row.column("session_id", sessionID)
        row.column("acquisition", exposure.acquisition)
        row.column("foil_hole", foilHole)
        row.column("area", exposure.area)
        row.column("acquisition_setting", exposure.acquisitionSetting)
        row.column("name", exposure.name)
    }
}
