/// The columns of a table of epu-ingest that results of epu-analyze rest on.
///
/// This is the one place that says it. A column that epu-analyze begins to read is to be named here; a new column that is named
/// nowhere fails a test.
public struct AnalysisInputs: Sendable {
    public let table: String
    public let columns: [AnalysisInput]
    /// The columns that tell one row from others. A row with another key is another row.
    let keys: Set<String>
    /// The columns that no stored result rests on.
    let others: Set<String>

    private init(_ table: String, keys: String, _ columns: [AnalysisInput], others: String) {
        func words(_ text: String) -> Set<String> { Set(text.split { $0 == " " || $0 == "\n" }.map(String.init)) }
        self.table = table
        self.columns = columns
        self.keys = words(keys)
        self.others = words(others)
    }

    /// The columns of an exposure: where it lies, when it was made, and what it gave and received.
    public static let exposure = AnalysisInputs(
        "exposure", keys: "exposure_id session_id foil_hole area name unique_id",
        [
            AnalysisInput("stage_x_um", .positions, .within(1e-9)),
            AnalysisInput("stage_y_um", .positions, .within(1e-9)),
            AnalysisInput("beam_shift_x", .positions, .within(1e-9)),
            AnalysisInput("beam_shift_y", .positions, .within(1e-9)),
            AnalysisInput("beam_diameter_um", .positions, .within(1e-9)),
            AnalysisInput("acquired_at", .positions, .recordedTime),
            // The first versions of these tools did not read the following: learning them is no change.
            AnalysisInput("probe_mode", .positions, countsUnknown: false),
            AnalysisInput("stage_alpha_deg", .positions, .within(1e-6), countsUnknown: false),
            AnalysisInput("high_tension_kv", .positions, .within(1e-6), countsUnknown: false),
            AnalysisInput("grid_square", .positions, countsUnknown: false),
            AnalysisInput("dose_e_per_a2", .received, .within(1e-6)),
            AnalysisInput("readout_width_px", .received),
            AnalysisInput("readout_height_px", .received),
            AnalysisInput("pixel_size_a", .received, .within(1e-9)),
            AnalysisInput("pixel_size_y_a", .received, .within(1e-9)),
            // The camera's angle on the stage says which matrices are likely.
            AnalysisInput("image_to_stage_m11", .calibration, .within(1e-9)),
            AnalysisInput("image_to_stage_m12", .calibration, .within(1e-9)),
            AnalysisInput("image_to_stage_m21", .calibration, .within(1e-9)),
            AnalysisInput("image_to_stage_m22", .calibration, .within(1e-9)),
            AnalysisInput("pixel_size_doubtful", .received),
            AnalysisInput("dose_doubtful", .received),
            AnalysisInput("beam_diameter_doubtful", .received),
        ],
        // Optics groups, which rest on super_resolution, camera and fractionation, keep the numbers that they once got.
        others: """
            third_number metadata_file_id image_file_id core_guid utc_offset_minutes software epu_version instrument_id
            instrument_model computer_name stage_z_um stage_beta_deg image_shift_x image_shift_y beam_tilt_x beam_tilt_y
            spot_index intensity illumination_intensity defocus_um applied_defocus_um magnification stem objective_lens_mode
            illumination_mode projector_mode column_mode xl_mode eftem slit_inserted slit_width_ev energy_shift_ev phase_plate
            phase_plate_aperture phase_plate_position aperture_c1 aperture_c2 aperture_c3 aperture_objective aperture_sa camera
            camera_location camera_model camera_serial_number readout_x_px readout_y_px binning binning_y counting counted
            super_resolution fractionation fractions camera_frames frame_rate_hz gain_reference exposure_time_s
            detector_exposure_time_s detector_time_us dose_on_camera_e_per_px dose_rate_e_per_px_s total_dose_e_per_px
            beam_current_na gun_flash
            """)

    /// The columns of a foil hole: where it is on the map, and how thick its ice is, by which grids are compared.
    public static let foilHole = AnalysisInputs(
        "foil_hole", keys: "session_id foil_hole",
        [
            AnalysisInput("grid_square", .calibration), AnalysisInput("stage_x_um", .calibration),
            AnalysisInput("stage_y_um", .calibration), AnalysisInput("corrected_x_um", .calibration),
            AnalysisInput("corrected_y_um", .calibration), AnalysisInput("position_refined", .calibration),
            AnalysisInput("image_x_px", .calibration), AnalysisInput("image_y_px", .calibration),
            AnalysisInput("ice_intensity_mean", .causes),
        ],
        others: """
            stage_z_um stage_alpha_deg stage_beta_deg position_corrected width_px height_px state selected near_grid_bar
            acquisition_order quality cluster_x cluster_y beam_shift_id primary_hole ice_intensity_stdev ice_thickness image_name
            """)

    /// The columns of a grid square: where it is, and the foil's lattice in it.
    public static let gridSquare = AnalysisInputs(
        "grid_square", keys: "session_id grid_square",
        [
            AnalysisInput("stage_x_um", .causes), AnalysisInput("stage_y_um", .causes),
            AnalysisInput("hole_spacing_um", .calibration), AnalysisInput("rotation_deg", .causes),
        ],
        others: "metadata_name stage_z_um state selected unusable acquisition_order image_name shape_px")

    /// The columns of a template's area: where its exposures lie in the hole.
    public static let templateArea = AnalysisInputs(
        "template_area", keys: "session_id area",
        [AnalysisInput("offset_x_um", .calibration), AnalysisInput("offset_y_um", .calibration)],
        others: "shift_x_px shift_y_px acquisition_setting exposure_time_s defocus_um")

    /// The columns of a planned exposure, which no result rests on: plans name exposures that may never be made.
    public static let plannedExposure = AnalysisInputs(
        "planned_exposure", keys: "session_id acquisition", [], others: "foil_hole area acquisition_setting name")

    /// The columns of a hole image: when and where it was taken, and the hole that EPU found on it.
    public static let holeImage = AnalysisInputs(
        "hole_image", keys: "hole_image_id session_id name",
        [
            AnalysisInput("foil_hole", .calibration), AnalysisInput("acquired_at", .calibration),
            AnalysisInput("stage_x_um", .calibration), AnalysisInput("stage_y_um", .calibration),
            AnalysisInput("center_x_px", .calibration), AnalysisInput("center_y_px", .calibration),
            AnalysisInput("hole_width_px", .calibration), AnalysisInput("binning", .calibration),
            AnalysisInput("readout_width_px", .calibration), AnalysisInput("readout_height_px", .calibration),
            AnalysisInput("image_to_stage_m11", .calibration), AnalysisInput("image_to_stage_m12", .calibration),
            AnalysisInput("image_to_stage_m21", .calibration), AnalysisInput("image_to_stage_m22", .calibration),
        ],
        others: """
            grid_square metadata_file_id image_file_id unique_id utc_offset_minutes stage_z_um stage_alpha_deg stage_beta_deg
            image_shift_x image_shift_y beam_diameter_um spot_index probe_mode defocus_um magnification pixel_size_um camera
            exposure_time_s dose_e_per_a2 hole_height_px center_quality hole_rotation hole_shear
            """)

    /// The columns of an image of a grid square, which no result rests on: such images are only shown.
    public static let gridSquareImage = AnalysisInputs(
        "grid_square_image", keys: "grid_square_image_id session_id name", [],
        others: """
            grid_square metadata_file_id image_file_id unique_id acquired_at utc_offset_minutes stage_x_um stage_y_um stage_z_um
            stage_alpha_deg stage_beta_deg image_shift_x image_shift_y beam_diameter_um spot_index probe_mode defocus_um
            magnification pixel_size_um image_to_stage_m11 image_to_stage_m12 image_to_stage_m21 image_to_stage_m22 camera
            readout_width_px readout_height_px binning exposure_time_s dose_e_per_a2
            """)

    /// The columns of a session: how EPU moves between holes, and where it focuses.
    public static let session = AnalysisInputs(
        "session", keys: "session_id",
        [
            AnalysisInput("clustering_mode", .causes), AnalysisInput("clustering_radius_um", .calibration),
            AnalysisInput("hole_spacing_um", .calibration),
            AnalysisInput("autofocus_x_um", .causes), AnalysisInput("autofocus_y_um", .causes),
            AnalysisInput("autofocus_recurrence", .causes), AnalysisInput("autofocus_distance_um", .causes),
            AnalysisInput("drift_x_um", .causes), AnalysisInput("drift_y_um", .causes),
            AnalysisInput("drift_recurrence", .causes), AnalysisInput("drift_distance_um", .causes),
        ],
        // An analysis of another grid has positions of its own, and exposures of another instrument go to another session.
        // epu-analyze itself compares what a person asked for.
        others: """
            name epu_name created_at sample_started_at grid atlas_id instrument_id instrument_model epu_version
            session_file_version movie_format image_format ice_thickness_enabled tilted tilt_angle_deg grid_type grid_geometry
            carrier_kind carrier_type nominal_hole_size_um nominal_hole_spacing_um hole_size_um hole_rotation_deg
            ice_min_intensity ice_max_intensity delay_after_image_shift_s delay_after_stage_shift_s maximum_image_shift_um
            template_pixel_size_um template_m11 template_m12 template_m21 template_m22 is_settled asked_method given_pitch_um
            """)

    /// The columns of a preset: how wide the beam is with which EPU focuses.
    public static let preset = AnalysisInputs(
        "preset", keys: "session_id preset", [AnalysisInput("beam_diameter_um", .causes)],
        others: """
            magnification_index spot_index probe_mode lens_mode beam_shift_x beam_shift_y image_shift_x image_shift_y defocus_um
            c2_aperture_um eftem slit_inserted slit_width_ev camera exposure_time_s binning readout_width_px readout_height_px
            counting super_resolution fractionation fractions
            """)

    static let all = [
        exposure, foilHole, gridSquare, templateArea, plannedExposure, holeImage, gridSquareImage, session, preset,
    ]
}
