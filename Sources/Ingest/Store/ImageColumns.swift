import EPUCore
import EPUFormat

extension ImageMetadata {
    fileprivate func visitTime(_ row: inout some ColumnVisitor) {
        row.column("acquired_at", acquired?.instant.archiveText)
        row.column("utc_offset_minutes", acquired?.utcOffsetMinutes.map { Int64($0) })
    }

    fileprivate func visitStage(_ row: inout some ColumnVisitor) {
        row.column("stage_x_um", stage?.x)
        row.column("stage_y_um", stage?.y)
        row.column("stage_z_um", stageZUm)
        row.column("stage_alpha_deg", stageAlphaDeg)
        row.column("stage_beta_deg", stageBetaDeg)
    }

    fileprivate func visitImageToStage(_ row: inout some ColumnVisitor) {
        row.column("image_to_stage_m11", imageToStage?.m11)
        row.column("image_to_stage_m12", imageToStage?.m12)
        row.column("image_to_stage_m21", imageToStage?.m21)
        row.column("image_to_stage_m22", imageToStage?.m22)
    }
}

/// The columns of an exposure, from its XML and its name.
struct ExposureColumns: ColumnSource {
    let name: ExposureName
    let gridSquare: Int64?
    let image: ImageMetadata

    func visit(_ row: inout some ColumnVisitor) {
        row.column("grid_square", gridSquare)
        row.column("foil_hole", name.foilHole)
        row.column("area", name.area)
        row.column("third_number", name.thirdNumber)
        row.column("name", name.base)
        row.column("unique_id", image.uniqueID)
        row.column("core_guid", image.coreGuid)
        image.visitTime(&row)
        row.column("software", image.software)
        row.column("epu_version", image.epuVersion)
        row.column("instrument_id", image.instrumentID)
        row.column("instrument_model", image.instrumentModel)
        row.column("computer_name", image.computerName)
        row.column("high_tension_kv", image.highTensionKV)
        image.visitStage(&row)
        visitOptics(&row)
        row.column("pixel_size_a", image.pixelSizeA)
        row.column("pixel_size_y_a", image.pixelSizeYA)
        image.visitImageToStage(&row)
        visitCamera(&row)
        row.column("dose_e_per_a2", image.doseEPerA2)
        row.column("dose_on_camera_e_per_px", image.doseOnCameraEPerPx)
        row.column("dose_rate_e_per_px_s", image.doseRateEPerPxS ?? image.detector.doseRateEPerPxS)
        row.column("total_dose_e_per_px", image.detector.totalDoseEPerPx)
        row.column("beam_current_na", image.beamCurrentNA)
        row.column("gun_flash", image.gunFlash)
    }

    private func visitOptics(_ row: inout some ColumnVisitor) {
        row.column("beam_shift_x", image.beamShift?.x)
        row.column("beam_shift_y", image.beamShift?.y)
        row.column("image_shift_x", image.imageShift?.x)
        row.column("image_shift_y", image.imageShift?.y)
        row.column("beam_tilt_x", image.beamTilt?.x)
        row.column("beam_tilt_y", image.beamTilt?.y)
        row.column("beam_diameter_um", image.beamDiameterUm)
        row.column("spot_index", image.spotIndex)
        row.column("probe_mode", image.probeMode)
        row.column("intensity", image.intensity)
        row.column("illumination_intensity", image.illuminationIntensity)
        row.column("defocus_um", image.defocusUm)
        row.column("applied_defocus_um", image.appliedDefocusUm)
        row.column("magnification", image.magnification)
        row.column("stem", image.stem)
        row.column("objective_lens_mode", image.objectiveLensMode)
        row.column("illumination_mode", image.illuminationMode)
        row.column("projector_mode", image.projectorMode)
        row.column("column_mode", image.columnMode)
        row.column("xl_mode", image.xlMode)
        row.column("eftem", image.eftem)
        row.column("slit_inserted", image.slitInserted)
        row.column("slit_width_ev", image.slitWidthEV)
        row.column("energy_shift_ev", image.energyShiftEV)
        row.column("phase_plate", image.phasePlate)
        row.column("phase_plate_aperture", image.phasePlateAperture)
        row.column("phase_plate_position", image.phasePlatePosition)
        row.column("aperture_c1", image.apertureC1)
        row.column("aperture_c2", image.apertureC2)
        row.column("aperture_c3", image.apertureC3)
        row.column("aperture_objective", image.apertureObjective)
        row.column("aperture_sa", image.apertureSA)
    }

    private func visitCamera(_ row: inout some ColumnVisitor) {
        let camera = image.camera
        row.column("camera", camera?.name)
        row.column("camera_location", camera?.location)
        row.column("camera_model", image.commercialName ?? image.detector.model)
        row.column("camera_serial_number", image.detector.serialNumber)
        row.column("readout_width_px", camera?.readoutWidthPx)
        row.column("readout_height_px", camera?.readoutHeightPx)
        row.column("readout_x_px", camera?.readoutXPx)
        row.column("readout_y_px", camera?.readoutYPx)
        row.column("binning", camera?.binning)
        row.column("binning_y", camera?.binningY)
        row.column("counting", camera?.counting)
        row.column("counted", image.detector.counted)
        row.column("super_resolution", camera?.superResolution)
        row.column("fractionation", camera?.fractionation)
        row.column("fractions", camera?.fractions)
        row.column("camera_frames", camera?.cameraFrames)
        row.column("frame_rate_hz", image.detector.frameRateHz)
        row.column("gain_reference", image.detector.gainReference)
        row.column("exposure_time_s", camera?.exposureTimeS)
        row.column("detector_exposure_time_s", image.detector.exposureTimeS)
        row.column("detector_time_us", image.detector.timeUs)
    }
}

/// The columns of a hole image or a grid square image, from its XML.
struct ImageColumns: ColumnSource {
    let sessionID: Int64
    let gridSquare: Int64?
    let name: String
    let fileID: Int64
    let image: ImageMetadata

    func visit(_ row: inout some ColumnVisitor) {
        row.column("session_id", sessionID)
        row.column("grid_square", gridSquare)
        row.column("name", name)
        row.column("metadata_file_id", fileID)
        row.column("unique_id", image.uniqueID)
        image.visitTime(&row)
        image.visitStage(&row)
        row.column("image_shift_x", image.imageShift?.x)
        row.column("image_shift_y", image.imageShift?.y)
        row.column("beam_diameter_um", image.beamDiameterUm)
        row.column("spot_index", image.spotIndex)
        row.column("probe_mode", image.probeMode)
        row.column("defocus_um", image.defocusUm)
        row.column("magnification", image.magnification)
        row.column("pixel_size_um", image.pixelSizeA.map { $0 * 1e-4 })
        image.visitImageToStage(&row)
        row.column("camera", image.camera?.name)
        row.column("readout_width_px", image.camera?.readoutWidthPx)
        row.column("readout_height_px", image.camera?.readoutHeightPx)
        row.column("binning", image.camera?.binning)
        row.column("exposure_time_s", image.camera?.exposureTimeS)
        row.column("dose_e_per_a2", image.doseEPerA2)
    }
}

/// The columns of a hole image with the hole that EPU found on it.
struct HoleImageColumns: ColumnSource {
    let foilHole: Int64
    let image: ImageColumns

    func visit(_ row: inout some ColumnVisitor) {
        image.visit(&row)
        let found = image.image.foundHole
        row.column("foil_hole", foilHole)
        row.column("center_x_px", found?.centerPx.x)
        row.column("center_y_px", found?.centerPx.y)
        row.column("hole_width_px", found?.widthPx)
        row.column("hole_height_px", found?.heightPx)
        row.column("center_quality", found?.quality)
        row.column("hole_rotation", found?.rotation)
        row.column("hole_shear", found?.shear)
    }
}
