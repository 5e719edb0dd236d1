-- Rows of an archive of schema version 6: a part of a simulated session; every column has a value in one of them.
INSERT INTO session (session_id, name, epu_name, created_at, sample_started_at, grid, atlas_id, instrument_id,
    instrument_model, epu_version, session_file_version, clustering_mode, clustering_radius_um, movie_format,
    image_format, ice_thickness_enabled, tilted, tilt_angle_deg, grid_type, grid_geometry, carrier_kind, carrier_type,
    nominal_hole_size_um, nominal_hole_spacing_um, hole_size_um, hole_spacing_um, hole_rotation_deg,
    ice_min_intensity, ice_max_intensity, delay_after_image_shift_s, delay_after_stage_shift_s,
    maximum_image_shift_um, template_pixel_size_um, template_m11, template_m12, template_m21, template_m22,
    autofocus_x_um, autofocus_y_um, autofocus_recurrence, autofocus_distance_um, drift_x_um, drift_y_um,
    drift_recurrence, drift_distance_um, is_settled, asked_method, given_pitch_um) VALUES
    (1, 's', 's', '2025-01-08T15:10:39.0000000Z', '2025-01-08T15:10:39.0000000Z',
    '3902 Z:\DoseFractions\simulated\atlas_3\Sample1\Atlas\Atlas.dm',
    'Z:\DoseFractions\simulated\atlas_3\Sample1\Atlas\Atlas.dm', '3902', 'TITAN52390020', '3.9.1.8206', '3.9.1.8206',
    'ClusteringWithImageBeamShift', 6.0, 'Tiff Lzw Non-Gain normalized', 'Mrc', 0, 0, 0.0, 'HoleyCarbon', 'Square',
    'none', 'none', 0.5, 0.5, 1.224, 2.55, 14.8, 640.0, 760.0, 0.5, 5.0, 5.0, 0.001652, -0.000825, -4.6e-05, -4.6e-05,
    0.000825, 1.071267, 1.428356, 'AfterCentering', 8.0, 0.5, 0.5, 'none', 0.5, 0, 'lattice', 2.5),
    (2, 's~2', NULL, NULL, NULL, 's', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL);
INSERT INTO storage_folder (session_id, disc, path) VALUES
    (1, 1, 'Z:\DoseFractions\simulated');
INSERT INTO preset (session_id, preset, magnification_index, spot_index, probe_mode, lens_mode, beam_diameter_um,
    beam_shift_x, beam_shift_y, image_shift_x, image_shift_y, defocus_um, c2_aperture_um, eftem, slit_inserted,
    slit_width_ev, camera, exposure_time_s, binning, readout_width_px, readout_height_px, counting, super_resolution,
    fractionation, fractions) VALUES
    (1, 'Acquisition', 33, 5, 'NanoProbe', 'none', 0.83, 0.0, 0.0, 0.0, 0.0, -2.5, 0.5, 1, 1, 0.5, 'EF-CCD', 0.89, 2,
    2880, 2046, 1, 2, 'Equidistant', 50),
    (1, 'GridSquare', 13, 5, 'MicroProbe', NULL, 287.142857, 0.0, 0.0, 0.0, 0.0, -50.0, NULL, NULL, NULL, NULL,
    'EF-CCD', 1.0, 2, 2880, 2046, 1, 1, NULL, NULL),
    (1, 'Hole', 21, 5, 'NanoProbe', NULL, 9.0, 0.0, 0.0, 0.0, 0.0, -50.0, NULL, NULL, NULL, NULL, 'EF-CCD', 1.0, 2,
    2880, 2046, 1, 1, NULL, NULL);
INSERT INTO session_root (session_root_id, session_id, path) VALUES
    (1, 1, '/data/s');
INSERT INTO source_file (source_file_id, session_root_id, path, stem, kind, size_bytes, modified_ns, status, problem) VALUES
    (1, 1, 'EpuSession.dm', 'EpuSession', 'session', 20001, 1795913095868185640, 'ok', 'none'),
    (2, 1, 'Images-Disc1/GridSquare_8153235/GridSquare_20250108_151212.jpg', 'GridSquare_20250108_151212',
    'grid-square-image', 20002, 1795913093028185584, 'ok', NULL),
    (3, 1, 'Images-Disc1/GridSquare_8153235/GridSquare_20250108_151212.xml', 'GridSquare_20250108_151212',
    'grid-square', 20003, 1795913093028185584, 'ok', NULL),
    (4, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622635_Data_5622548_5_20250108_152638.jpg',
    'FoilHole_5622635_Data_5622548_5_20250108_152638', 'exposure-image', 20004, 1795913094768185618, 'ok', NULL),
    (5, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622635_Data_5622548_5_20250108_152638.xml',
    'FoilHole_5622635_Data_5622548_5_20250108_152638', 'exposure', 20005, 1795913094768185618, 'ok', NULL),
    (160, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622670_Data_5622548_18_20250108_152913.jpg',
    'FoilHole_5622670_Data_5622548_18_20250108_152913', 'exposure-image', 20160, 1795913095136185626, 'ok', NULL),
    (161, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622670_Data_5622548_18_20250108_152913.xml',
    'FoilHole_5622670_Data_5622548_18_20250108_152913', 'exposure', 20161, 1795913095140185626, 'ok', NULL),
    (244, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622698_Data_5622548_0_20250108_153145.jpg',
    'FoilHole_5622698_Data_5622548_0_20250108_153145', 'exposure-image', 20244, 1795913095568185634, 'ok', NULL),
    (245, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622698_Data_5622548_0_20250108_153145.xml',
    'FoilHole_5622698_Data_5622548_0_20250108_153145', 'exposure', 20245, 1795913095576185634, 'ok', NULL),
    (286, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622714_Data_5622548_0_20250108_151829.jpg',
    'FoilHole_5622714_Data_5622548_0_20250108_151829', 'exposure-image', 20286, 1795913093536185594, 'ok', NULL),
    (287, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622714_Data_5622548_0_20250108_151829.xml',
    'FoilHole_5622714_Data_5622548_0_20250108_151829', 'exposure', 20287, 1795913093536185594, 'ok', NULL),
    (288, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622714_Data_5622548_1_20250108_151725.jpg',
    'FoilHole_5622714_Data_5622548_1_20250108_151725', 'exposure-image', 20288, 1795913093372662465, 'ok', NULL),
    (289, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622714_Data_5622548_1_20250108_151725.xml',
    'FoilHole_5622714_Data_5622548_1_20250108_151725', 'exposure', 20289, 1795913093372662465, 'ok', NULL),
    (304, 1, 'Images-Disc1/GridSquare_8153235/FoilHoles/FoilHole_5622639_20250108_152503.jpg',
    'FoilHole_5622639_20250108_152503', 'hole-image', 20304, 1795913094528185614, 'ok', NULL),
    (305, 1, 'Images-Disc1/GridSquare_8153235/FoilHoles/FoilHole_5622639_20250108_152503.xml',
    'FoilHole_5622639_20250108_152503', 'hole', 20305, 1795913094532185614, 'ok', NULL),
    (324, 1, 'Images-Disc1/GridSquare_8153235/FoilHoles/FoilHole_5622698_20250108_153126.jpg',
    'FoilHole_5622698_20250108_153126', 'hole-image', 20324, 1795913095504185633, 'ok', NULL),
    (325, 1, 'Images-Disc1/GridSquare_8153235/FoilHoles/FoilHole_5622698_20250108_153126.xml',
    'FoilHole_5622698_20250108_153126', 'hole', 20325, 1795913095504185633, 'ok', NULL),
    (326, 1, 'Images-Disc1/GridSquare_8153235/FoilHoles/FoilHole_5622698_20250108_153135.jpg',
    'FoilHole_5622698_20250108_153135', 'hole-image', 20326, 1795913095552185634, 'ok', NULL),
    (327, 1, 'Images-Disc1/GridSquare_8153235/FoilHoles/FoilHole_5622698_20250108_153135.xml',
    'FoilHole_5622698_20250108_153135', 'hole', 20327, 1795913095552185634, 'ok', NULL),
    (344, 1, 'Metadata/GridSquare_8153235.dm', 'GridSquare_8153235', 'hole-map', 20344, 1795913095864185640, 'ok',
    NULL);
INSERT INTO grid_square (session_id, grid_square, metadata_name, stage_x_um, stage_y_um, stage_z_um, hole_spacing_um,
    rotation_deg, state, selected, unusable, acquisition_order, image_name, shape_px) VALUES
    (1, 8153235, 'Metadata\GridSquare_8153235.dm', -51.398465, -138.114157, 85.710844, 2.55, 14.8, 'InProgress', 1, 0,
    0, 'GridSquare_20250108_151212', '[[1832.0, 118.0], [535.0, 631.0], [1048.0, 1928.0], [2345.0, 1415.0]]');
INSERT INTO foil_hole (session_id, foil_hole, grid_square, stage_x_um, stage_y_um, stage_z_um, stage_alpha_deg,
    stage_beta_deg, corrected_x_um, corrected_y_um, position_corrected, position_refined, image_x_px, image_y_px,
    width_px, height_px, state, selected, near_grid_bar, acquisition_order, quality, cluster_x, cluster_y,
    beam_shift_id, primary_hole, ice_intensity_mean, ice_intensity_stdev, ice_thickness, image_name) VALUES
    (1, 5622643, 8153235, -52.33565, -141.731397, 85.710844, -0.013723, 0.961635, 0.5, 0.5, 0, 0, 1452.74, 940.18,
    28.872, 28.872, 'Defined', 0, 0, 8, 1.0, 0.5, 0.5, 'none', NULL, 399.850758, 22.760155, 0.5, NULL),
    (1, 5622670, 8153235, -47.578857, -129.90083, 85.710844, -0.013723, 0.961635, NULL, NULL, 0, 0, 1361.58, 1226.81,
    28.872, 28.872, 'Completed', 1, 0, 35, 1.0, NULL, NULL, NULL, 5622639, 705.27508, 16.193452, NULL, NULL),
    (1, 5622698, 8153235, -45.773827, -126.754018, 85.710844, -0.013723, 0.961635, NULL, NULL, 0, 0, 1324.64, 1303.99,
    28.872, 28.872, 'Completed', 0, 1, 63, 1.0, NULL, NULL, NULL, 5622698, 47.943762, 26.422872, NULL,
    'FoilHole_5622698_20250108_153135'),
    (1, 5622714, 8153235, -55.25503, -150.466939, 85.710844, -0.013723, 0.961635, NULL, NULL, 0, 0, 1506.09, 729.57,
    28.872, 28.872, 'Completed', 1, 0, 79, 1.0, NULL, NULL, NULL, 5622714, 726.651478, 16.726289, NULL,
    'FoilHole_5622714_20250108_151819');
INSERT INTO template_area (session_id, area, offset_x_um, offset_y_um, shift_x_px, shift_y_px, acquisition_setting,
    exposure_time_s, defocus_um) VALUES
    (1, 5622548, 0.23137, 0.322024, 150.6083, -186.8451, 5622550, 0.89,
    '[-2.4, -2.0999999999999996, -1.7999999999999998, -1.5, -1.2, -0.8999999999999999]'),
    (1, 5622555, -0.394566, 0.03936, -237.1168, -37.0081, 5622557, 0.89,
    '[-2.4, -2.0999999999999996, -1.7999999999999998, -1.5, -1.2, -0.8999999999999999]'),
    (1, 5622571, 0.163196, -0.361384, 86.5084, 223.8532, 5622573, 0.89,
    '[-2.4, -2.0999999999999996, -1.7999999999999998, -1.5, -1.2, -0.8999999999999999]');
INSERT INTO planned_exposure (session_id, acquisition, foil_hole, area, acquisition_setting, name) VALUES
    (1, 6622514, 5622714, 5622548, 5622550, 'FoilHole_5622714_Data_5622548_1_20250108_151725'),
    (1, 6622519, 5622714, 5622555, 5622557, 'FoilHole_5622714_Data_5622555_1_20250108_151728'),
    (1, 6622524, 5622714, 5622571, 5622573, 'FoilHole_5622714_Data_5622571_1_20250108_151733');
INSERT INTO grid_square_image (grid_square_image_id, session_id, grid_square, name, metadata_file_id, image_file_id,
    unique_id, acquired_at, utc_offset_minutes, stage_x_um, stage_y_um, stage_z_um, stage_alpha_deg, stage_beta_deg,
    image_shift_x, image_shift_y, beam_diameter_um, spot_index, probe_mode, defocus_um, magnification, pixel_size_um,
    image_to_stage_m11, image_to_stage_m12, image_to_stage_m21, image_to_stage_m22, camera, readout_width_px,
    readout_height_px, binning, exposure_time_s, dose_e_per_a2) VALUES
    (1, 1, 8153235, 'GridSquare_20250108_151212', 3, 2, '846e8387-af30-4bcc-861a-3ed075a8b1b8',
    '2025-01-08T15:12:09.3899562Z', 0, -51.398465, -138.114157, 85.710844, 0.009999, 0.964192, -0.009196, -0.003469,
    287.142857, 5, 'MicroProbe', -50.0, 470, 0.042394, 0.021138, -0.001575, -0.001575, -0.021138, 'EF-CCD', 2880,
    2046, 2, 1.0, 0.000358);
INSERT INTO hole_image (hole_image_id, session_id, grid_square, foil_hole, name, metadata_file_id, image_file_id,
    unique_id, acquired_at, utc_offset_minutes, stage_x_um, stage_y_um, stage_z_um, stage_alpha_deg, stage_beta_deg,
    image_shift_x, image_shift_y, beam_diameter_um, spot_index, probe_mode, defocus_um, magnification, pixel_size_um,
    image_to_stage_m11, image_to_stage_m12, image_to_stage_m21, image_to_stage_m22, camera, readout_width_px,
    readout_height_px, binning, exposure_time_s, dose_e_per_a2, center_x_px, center_y_px, hole_width_px,
    hole_height_px, center_quality, hole_rotation, hole_shear) VALUES
    (11, 1, 8153235, 5622698, 'FoilHole_5622698_20250108_153126', 325, 324, '9c384d63-3e41-4d0e-b04c-c41b2f07360d',
    '2025-01-08T15:31:21.6004588Z', 0, -47.102392, -129.908814, 85.710844, 0.009999, 0.964192, 0.001209, 0.000671,
    9.0, 5, 'NanoProbe', -19.826594, 11500, 0.001652, -0.000825, -4.6e-05, -4.6e-05, 0.000825, 'EF-CCD', 2880, 2046,
    2, 1.0, 0.867207, 1281.5212, 865.3528, 733.5591, 733.5591, 0.8218, 0.2683, 0.0),
    (12, 1, 8153235, 5622698, 'FoilHole_5622698_20250108_153135', 327, 326, '828f46af-56d0-43f9-8fa5-6b987ce07729',
    '2025-01-08T15:31:31.3372720Z', 0, -47.306849, -129.624189, 85.710844, 0.009999, 0.964192, 0.001209, 0.000671,
    9.0, 5, 'NanoProbe', -19.751587, 11500, 0.001652, -0.000825, -4.6e-05, -4.6e-05, 0.000825, 'EF-CCD', 2880, 2046,
    2, 1.0, 0.861587, 1396.6771, 1046.1808, 733.7658, 733.7658, 0.7996, 0.2584, 0.0);
INSERT INTO exposure (exposure_id, session_id, grid_square, foil_hole, area, third_number, name, metadata_file_id,
    image_file_id, unique_id, core_guid, acquired_at, utc_offset_minutes, software, epu_version, instrument_id,
    instrument_model, computer_name, high_tension_kv, stage_x_um, stage_y_um, stage_z_um, stage_alpha_deg,
    stage_beta_deg, beam_shift_x, beam_shift_y, image_shift_x, image_shift_y, beam_tilt_x, beam_tilt_y,
    beam_diameter_um, spot_index, probe_mode, intensity, illumination_intensity, defocus_um, applied_defocus_um,
    magnification, stem, objective_lens_mode, illumination_mode, projector_mode, column_mode, xl_mode, eftem,
    slit_inserted, slit_width_ev, energy_shift_ev, phase_plate, phase_plate_aperture, phase_plate_position,
    aperture_c1, aperture_c2, aperture_c3, aperture_objective, aperture_sa, pixel_size_a, pixel_size_y_a,
    image_to_stage_m11, image_to_stage_m12, image_to_stage_m21, image_to_stage_m22, camera, camera_location,
    camera_model, camera_serial_number, readout_width_px, readout_height_px, readout_x_px, readout_y_px, binning,
    binning_y, counting, counted, super_resolution, fractionation, fractions, camera_frames, frame_rate_hz,
    gain_reference, exposure_time_s, detector_exposure_time_s, detector_time_us, dose_e_per_a2,
    dose_on_camera_e_per_px, dose_rate_e_per_px_s, total_dose_e_per_px, beam_current_na, gun_flash,
    pixel_size_doubtful, dose_doubtful, beam_diameter_doubtful) VALUES
    (79, 1, 8153235, 5622670, 5622548, 18, 'FoilHole_5622670_Data_5622548_18_20250108_152913', 161, 160,
    'fa0326cd-6302-4894-9685-38b01e194cdc', '5cb86be1-43ac-48f9-bd1a-5f4963c8eb3c', '2025-01-08T15:29:16.1759899Z', 0,
    'EPU', '3.9.1.8206', '3902', 'TITAN52390020', 'TITAN52390020', 300.0, -48.575377, -135.425273, 85.710844,
    0.009999, 0.964192, 0.155455, -0.191958, 0.0, 0.0, 0.005636, 0.026289, 0.83, 5, 'NanoProbe', 0.5, 0.5, 0.279648,
    -0.9, 165000, 0, 'HM', 'Parallel', 'Imaging', 'TEM', 0, 1, 1, 20.0, 0.0, 0, 'none', 1, '2000', '50', 'None',
    '100', 'None', 1.055881, 1.055881, -5.3e-05, -3e-06, -3e-06, 5.3e-05, 'EF-CCD', 'EnergyFilter', 'BioQuantum K3',
    'none', 2880, 2046, 0, 0, 2, 2, 1, 1, 2, 'Equidistant', 50, 1, 0.5, 'none', 0.89, 0.5, 1, 39.934478, 44.522373,
    3.126571, 0.5, 0.5, 'none', 0, 0, 0),
    (121, 1, 8153235, 5622698, 5622548, 0, 'FoilHole_5622698_Data_5622548_0_20250108_153145', 245, 244,
    'acd27923-e31f-4383-96e2-a5c7e2a7d624', '56d16c11-fdc3-4fdb-9705-074ba4b408d4', '2025-01-08T15:31:48.5480508Z', 0,
    'EPU', '3.9.1.8206', '3902', 'TITAN52390020', 'TITAN52390020', 300.0, -47.307273, -129.623373, 85.710844,
    0.009999, 0.964192, 0.011081, -0.007259, 0.0, 0.0, 0.005636, 0.026289, 0.83, 5, 'NanoProbe', NULL, NULL,
    -0.293127, -1.5, 165000, 0, 'HM', 'Parallel', 'Imaging', 'TEM', 0, 1, 1, 20.0, 0.0, 0, NULL, NULL, '2000', '50',
    'None', '100', 'None', 1.055881, 1.055881, -5.3e-05, -3e-06, -3e-06, 5.3e-05, 'EF-CCD', 'EnergyFilter',
    'BioQuantum K3', NULL, 2880, 2046, 0, 0, 2, 2, 1, 1, 2, 'Equidistant', 50, NULL, NULL, NULL, 0.89, NULL, NULL,
    40.62628, 45.293653, 3.180734, NULL, NULL, NULL, 0, 0, 0),
    (142, 1, 8153235, 5622714, 5622548, 0, 'FoilHole_5622714_Data_5622548_0_20250108_151829', 287, 286,
    '0489bb83-6ac1-45a1-8cb1-052655ff1d85', 'ad189ea7-8111-43a5-be67-f0e2b5106d5d', '2025-01-08T15:18:33.4320393Z', 0,
    'EPU', '3.9.1.8206', '3902', 'TITAN52390020', 'TITAN52390020', 300.0, -55.269608, -150.071299, 85.710844,
    0.009999, 0.964192, 0.019088, -0.006044, 0.0, 0.0, 0.005636, 0.026289, 0.83, 5, 'NanoProbe', NULL, NULL,
    -0.518375, -2.1, 165000, 0, 'HM', 'Parallel', 'Imaging', 'TEM', 0, 1, 1, 20.0, 0.0, 0, NULL, NULL, '2000', '50',
    'None', '100', 'None', 1.055881, 1.055881, -5.3e-05, -3e-06, -3e-06, 5.3e-05, 'EF-CCD', 'EnergyFilter',
    'BioQuantum K3', NULL, 2880, 2046, 0, 0, 2, 2, 1, 1, 2, 'Equidistant', 50, NULL, NULL, NULL, 0.89, NULL, NULL,
    39.820392, 44.395181, 3.117639, NULL, NULL, NULL, 0, 0, 0),
    (143, 1, 8153235, 5622714, 5622548, 1, 'FoilHole_5622714_Data_5622548_1_20250108_151725', 289, 288,
    '0b640290-f238-43cb-8215-05ad8a2a7576', 'ab7c06b2-9424-410c-8420-507b5a60d753', '2025-01-08T15:17:27.9967182Z', 0,
    'EPU', '3.9.1.8206', '3902', 'TITAN52390020', 'TITAN52390020', 300.0, -52.630249, -149.536654, 85.710844,
    0.009999, 0.964192, -0.086438, -0.033975, 0.0, 0.0, 0.005636, 0.026289, 0.83, 5, 'NanoProbe', NULL, NULL,
    -0.278443, -2.1, 165000, 0, 'HM', 'Parallel', 'Imaging', 'TEM', 0, 1, 1, 20.0, 0.0, 0, NULL, NULL, '2000', '50',
    'None', '100', 'None', 1.055881, 1.055881, -5.3e-05, -3e-06, -3e-06, 5.3e-05, 'EF-CCD', 'EnergyFilter',
    'BioQuantum K3', NULL, 2880, 2046, 0, 0, 2, 2, 1, 1, 2, 'Equidistant', 50, NULL, NULL, NULL, 0.89, NULL, NULL,
    40.421953, 45.065852, 3.164737, NULL, NULL, NULL, 0, 0, 0);
INSERT INTO custom_value (source_file_id, key, type, value) VALUES
    (1, 'AppliedDefocus', 'double', '-1.5E-06');
INSERT INTO notice (session_id, name, subject, message, exposures) VALUES
    (1, 'pixel-size', 'Acquisition', 'Two pixel sizes were used: 0.8 and 0.9 A.', 3);
INSERT INTO calibration (calibration_id, session_id, method, chosen, probe_mode, tilt_deg, high_tension_kv, m11, m12,
    m21, m22, m11_error, m12_error, m21_error, m22_error, scale, angle_deg, mirrored, singular_ratio, residual_um,
    stage_error_um, hole_error_um, backlash_x_um, backlash_y_um, stage_pairs, stage_pairs_x_um, stage_pairs_y_um,
    stops, holes, sites, collisions, numbering_pairs, numbering_hits, margin, agrees, foil, g11, g12, g21, g22,
    verdict, reason, exposures, created_at) VALUES
    (1, 1, 'lattice', 1, 'NanoProbe', 0.0, 300.0, 21.769231, 11.111579, 10.81653, -21.645763, 0.053743, 0.041504,
    0.091414, 0.094538, 24.318724, 26.797495, 1, 1.013239, 0.057333, 0.03, 0.01, 0.02, -0.02, 12, 0.04, 0.05, 10, 49,
    48, 1, 11, 11, 115.7407, '["centring","holes","template"]', 'square', 0.100481, -0.022127, 0.020577, 0.100649,
    'good', 'none', 150, '2026-11-29T00:44:57.1393364Z'),
    (2, 1, 'lattice', 0, 'NanoProbe', 0.0, 300.0, 24.360733, -1.002987, 1.394786, 24.54711, 0.114978, 0.056353,
    0.091305, 0.234758, 24.482331, 2.806755, 0, 1.017879, 0.119557, 0.03, 0.01, 0.02, -0.02, 12, 0.04, 0.05, 10, 49,
    47, 2, 11, 5, NULL, NULL, 'square', 0.100481, -0.022127, 0.020577, 0.100649, 'undetermined', NULL, 150,
    '2026-11-29T00:44:57.1393364Z');
INSERT INTO stage_stop (calibration_id, stop, first_exposure_id, exposures, x_um, y_um, correction_x_um,
    correction_y_um, error_um, aside_um) VALUES
    (1, 0, 79, 12, -55.927068, -137.459139, 0.01, -0.01, 0.02, 0.4),
    (1, 1, 121, 9, -52.630276, -149.53679, NULL, NULL, NULL, NULL),
    (1, 2, 142, 3, -55.268569, -150.070335, NULL, NULL, NULL, NULL);
INSERT INTO hole_site (calibration_id, visit, stop, foil_hole, grid_square, x_um, y_um, site_i, site_j, residual_x_um,
    residual_y_um) VALUES
    (1, 5, 1, 5622714, 8153235, -55.118728, -150.055135, -4, 5, 0.020593, 0.005434),
    (1, 7, 2, 5622714, 8153235, -55.149453, -150.051868, -4, 5, -0.010132, 0.008702);
INSERT INTO hole_centring (calibration_id, foil_hole, hole_image_id, residual_um, is_used, repeats) VALUES
    (1, 5622698, 11, 0.03, 1, 1);
INSERT INTO centred_area (calibration_id, area, offset_x_um, offset_y_um) VALUES
    (1, 5622548, 0.9, -0.9);
INSERT INTO beam_shift_clustering (clustering_id, session_id, method, clusters, squared_distance, created_at) VALUES
    (1, 1, 'lattice', 18, 0.04088, '2026-11-29T00:44:57.1393364Z'),
    (2, 1, 'kmeans', 3, 1.317004, '2026-11-29T00:44:57.3382068Z');
INSERT INTO beam_shift_cluster (clustering_id, cluster, center_x, center_y, exposures, lattice_i, lattice_j) VALUES
    (1, 0, 0.000701, -0.001488, 30, 0, 0),
    (1, 1, 0.101586, 0.020397, 12, 1, 0),
    (1, 2, -0.02587, 0.09618, 3, 0, 1);
INSERT INTO beam_shift_cluster_member (clustering_id, exposure_id, cluster) VALUES
    (1, 121, 0),
    (1, 142, 0);
INSERT INTO optics_group (optics_group_id, session_id, optics_group, probe_mode, tilt_deg, high_tension_kv,
    pixel_size_a, center_x, center_y, lattice_i, lattice_j, tolerance) VALUES
    (1, 1, 1, 'NanoProbe', 0.0, 300.0, 0.527941, 0.000701, -0.001488, 0, 0, 0.02),
    (5, 1, 5, 'NanoProbe', 0.0, 300.0, 0.527941, -0.101197, -0.023704, -1, 0, NULL),
    (11, 1, 11, 'NanoProbe', 0.0, 300.0, 0.527941, 0.145922, -0.183845, 1, -2, NULL);
INSERT INTO optics_group_member (exposure_id, optics_group_id) VALUES
    (79, 11),
    (121, 1),
    (142, 1);
INSERT INTO placement_set (placement_set_id, grid, assumed_dose_e_per_a2, assumed_beam_diameter_um,
    spot_dose_e_per_a2, nearest_within_um, session_id) VALUES
    (1, '3902 Z:\DoseFractions\simulated\atlas_3\Sample1\Atlas\Atlas.dm', 0.5, 0.5, 0.5, 1.0, 1);
INSERT INTO placement_set_session (placement_set_id, session_id, calibration_id, offset_x_um, offset_y_um,
    offset_error_um, turn_deg, turn_error_deg, mirrored, centre_x_um, centre_y_um, corrections) VALUES
    (1, 1, 1, 0.0, 0.0, 0.5, 0.0, 0.01, 0, 0.0, 0.0, '1f');
INSERT INTO placement (placement_id, placement_set_id, exposure_id, x_um, y_um, error_um, field_reach_um) VALUES
    (16, 1, 143, -54.889451, -149.736184, 0.02, 0.18651),
    (22, 1, 142, -54.921242, -149.734017, 0.02, 0.18651),
    (121, 1, 79, -47.324192, -129.588712, 0.02, 0.18651),
    (136, 1, 121, -47.146699, -129.346394, 0.02, 0.18651);
INSERT INTO placement_index (placement_id, min_x_um, max_x_um, min_y_um, max_y_um, min_set, max_set) VALUES
    (16, -54.88945770263672, -54.88945007324219, -149.73619079589844, -149.7361602783203, 1.0, 1.5),
    (22, -54.92124938964844, -54.921241760253906, -149.73402404785156, -149.73399353027344, 1.0, 1.5),
    (121, -47.32419204711914, -47.324188232421875, -129.58871459960938, -129.5886993408203, 1.0, 1.5),
    (136, -47.146705627441406, -47.146697998046875, -129.34640502929688, -129.3463897705078, 1.0, 1.5);
INSERT INTO pre_exposure (placement_id, dose_e_per_a2, unplanned_dose_e_per_a2, field_share, unplanned_field_share,
    nearest_um, nearest_unplanned_um, least_dose_e_per_a2, least_unplanned_dose_e_per_a2) VALUES
    (16, 0.0, 0.0, 0.0, 0.0, NULL, NULL, 1.5, 0.5),
    (22, 40.421953, 40.421953, 1.0, 1.0, 0.031865, 0.031865, 1.5, 0.5),
    (121, 0.0, 0.0, 0.0, 0.0, NULL, NULL, 1.5, 0.5);
INSERT INTO analysis (analysis_id, placement_set_id, session_id, is_default, radius_um, radius_source,
    min_field_overlap, min_pre_dose_e_per_a2, count_neighbours, across_sessions, certainty, exposures, pairs,
    overexposed, without_dose, without_beam_diameter, without_field, undecided, position_error_um, created_at, rules,
    last_placement_id, basis) VALUES
    (1, 1, 1, 0, 0.3735, 'given', 0.5, 0.5, 0, 1, 0.5, 150, 6, 6, 0, 0, 0, 0, 0.02, '2026-11-29T00:44:57.1765514Z', 1,
    150, '1 2 3'),
    (2, 1, 1, 0, 0.5, 'given', NULL, NULL, 0, 1, 0.5, 150, 8, 6, 0, 0, 0, 0, 0.02, '2026-11-29T00:44:57.4172036Z', 1,
    150, '1 2 3');
INSERT INTO analysis_session (analysis_id, session_id, calibration_id) VALUES
    (1, 1, 1),
    (2, 1, 1);
INSERT INTO uncompared_session (analysis_id, session_id, reason) VALUES
    (1, 2, 'its calibration is undetermined');
INSERT INTO overlap (analysis_id, later_id, earlier_id, distance_um, cause, field_overlap, beam_overlap, probability) VALUES
    (1, 121, 79, 0.300369, 'neighbour', 0.925427, 0.549492, 0.9),
    (1, 142, 143, 0.031865, 'same-area', 1.0, 0.95113, 0.9),
    (2, 121, 79, 0.300369, 'neighbour', 0.925427, 0.549492, 0.9);
INSERT INTO incident (analysis_id, incident, session_id, cause, first_exposure_id, last_exposure_id, clusters,
    micrographs, pairs, distance_um, pre_dose_e_per_a2) VALUES
    (1, 1, 1, 'same-area', 142, 142, 1, 3, 3, 0.031276, 39.992026),
    (1, 2, 1, 'neighbour', 121, 121, 1, 3, 3, 0.299616, 46.340915),
    (2, 1, 1, 'same-area', 142, 142, 1, 3, 3, 0.031276, 39.992026);
INSERT INTO overexposure (analysis_id, exposure_id, nearest_id, incident, probability) VALUES
    (1, 121, 79, 2, 0.9),
    (1, 142, 143, 1, 0.9),
    (2, 121, 79, 2, 0.9);
INSERT INTO undecided_exposure (analysis_id, exposure_id) VALUES
    (1, 143);
INSERT INTO possible_overexposure (analysis_id, exposure_id, earlier_id, distance_um, probability) VALUES
    (1, 142, 143, 0.4, 0.2);
INSERT INTO review (exposure_id, verdict, reason, reviewed_at) VALUES
    (79, 'bad', 'crystalline ice', '2026-11-29T00:44:57.5995826Z');
INSERT INTO same_grid (session_id, other_session_id, said_at) VALUES
    (1, 2, '2025-01-11T00:00:00.0000000Z');
INSERT INTO published_analysis (session_id, analysis_id, radius_um, min_field_overlap, min_pre_dose_e_per_a2,
    count_neighbours, across_sessions, certainty, m11, m12, m21, m22, assumed_dose_e_per_a2, assumed_beam_diameter_um,
    spot_dose_e_per_a2, published_at) VALUES
    (1, 2, 0.5, 0.1, 5.0, 0, 1, 0.5, 25.0, 0.0, 0.0, 25.0, 0.5, 0.5, 0.5, '2026-11-29T00:44:57.4172036Z');
