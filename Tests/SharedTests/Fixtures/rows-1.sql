-- Rows of an archive of schema version 1: a part of a simulated session; every column has a value in one of them.
INSERT INTO session (session_id, name, epu_name, created_at, grid, atlas_id, instrument_id, instrument_model,
    epu_version, clustering_mode, clustering_radius_um, movie_format, hole_size_um, hole_spacing_um)
VALUES
    (1, 's', 's', '2025-01-08T15:10:39.0000000Z', '3902 Z:\DoseFractions\simulated\atlas_3\Sample1\Atlas\Atlas.dm',
     'Z:\DoseFractions\simulated\atlas_3\Sample1\Atlas\Atlas.dm', '3902', 'TITAN52390020', '3.9.1.8206',
     'ClusteringWithImageBeamShift', 6.0, 'Tiff Lzw Non-Gain normalized', 1.224, 2.55);
INSERT INTO session_root (session_root_id, session_id, path)
VALUES
    (1, 1, '/data/s');
INSERT INTO source_file (source_file_id, session_root_id, path, stem, kind, size_bytes, modified_ns, status, problem)
VALUES
    (1, 1, 'EpuSession.dm', 'EpuSession', 'session', 19435, 1795913095868185640, 'ok', 'none'),
    (2, 1, 'Images-Disc1/GridSquare_8153235/GridSquare_20250108_151212.jpg', 'GridSquare_20250108_151212',
     'grid-square-image', 22087, 1795913093028185584, 'ok', NULL),
    (3, 1, 'Images-Disc1/GridSquare_8153235/GridSquare_20250108_151212.xml', 'GridSquare_20250108_151212',
     'grid-square', 11327, 1795913093028185584, 'ok', NULL),
    (4, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622635_Data_5622548_5_20250108_152638.jpg',
     'FoilHole_5622635_Data_5622548_5_20250108_152638', 'exposure-image', 28889, 1795913094768185618, 'ok', NULL),
    (5, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622635_Data_5622548_5_20250108_152638.xml',
     'FoilHole_5622635_Data_5622548_5_20250108_152638', 'exposure', 11504, 1795913094768185618, 'ok', NULL),
    (160, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622670_Data_5622548_18_20250108_152913.jpg',
     'FoilHole_5622670_Data_5622548_18_20250108_152913', 'exposure-image', 28701, 1795913095136185626, 'ok', NULL),
    (161, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622670_Data_5622548_18_20250108_152913.xml',
     'FoilHole_5622670_Data_5622548_18_20250108_152913', 'exposure', 11497, 1795913095140185626, 'ok', NULL),
    (244, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622698_Data_5622548_0_20250108_153145.jpg',
     'FoilHole_5622698_Data_5622548_0_20250108_153145', 'exposure-image', 29159, 1795913095568185634, 'ok', NULL),
    (245, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622698_Data_5622548_0_20250108_153145.xml',
     'FoilHole_5622698_Data_5622548_0_20250108_153145', 'exposure', 11506, 1795913095576185634, 'ok', NULL),
    (286, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622714_Data_5622548_0_20250108_151829.jpg',
     'FoilHole_5622714_Data_5622548_0_20250108_151829', 'exposure-image', 28705, 1795913093536185594, 'ok', NULL),
    (287, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622714_Data_5622548_0_20250108_151829.xml',
     'FoilHole_5622714_Data_5622548_0_20250108_151829', 'exposure', 11504, 1795913093536185594, 'ok', NULL),
    (288, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622714_Data_5622548_1_20250108_151725.jpg',
     'FoilHole_5622714_Data_5622548_1_20250108_151725', 'exposure-image', 28721, 1795913093372662465, 'ok', NULL),
    (289, 1, 'Images-Disc1/GridSquare_8153235/Data/FoilHole_5622714_Data_5622548_1_20250108_151725.xml',
     'FoilHole_5622714_Data_5622548_1_20250108_151725', 'exposure', 11506, 1795913093372662465, 'ok', NULL),
    (304, 1, 'Images-Disc1/GridSquare_8153235/FoilHoles/FoilHole_5622639_20250108_152503.jpg',
     'FoilHole_5622639_20250108_152503', 'hole-image', 31660, 1795913094528185614, 'ok', NULL),
    (305, 1, 'Images-Disc1/GridSquare_8153235/FoilHoles/FoilHole_5622639_20250108_152503.xml',
     'FoilHole_5622639_20250108_152503', 'hole', 11872, 1795913094532185614, 'ok', NULL),
    (324, 1, 'Images-Disc1/GridSquare_8153235/FoilHoles/FoilHole_5622698_20250108_153126.jpg',
     'FoilHole_5622698_20250108_153126', 'hole-image', 31819, 1795913095504185633, 'ok', NULL),
    (325, 1, 'Images-Disc1/GridSquare_8153235/FoilHoles/FoilHole_5622698_20250108_153126.xml',
     'FoilHole_5622698_20250108_153126', 'hole', 11869, 1795913095504185633, 'ok', NULL),
    (326, 1, 'Images-Disc1/GridSquare_8153235/FoilHoles/FoilHole_5622698_20250108_153135.jpg',
     'FoilHole_5622698_20250108_153135', 'hole-image', 31743, 1795913095552185634, 'ok', NULL),
    (327, 1, 'Images-Disc1/GridSquare_8153235/FoilHoles/FoilHole_5622698_20250108_153135.xml',
     'FoilHole_5622698_20250108_153135', 'hole', 11871, 1795913095552185634, 'ok', NULL),
    (344, 1, 'Metadata/GridSquare_8153235.dm', 'GridSquare_8153235', 'hole-map', 354614, 1795913095864185640, 'ok',
     NULL);
INSERT INTO grid_square (session_id, grid_square, stage_x_um, stage_y_um, stage_z_um, hole_spacing_um, rotation_deg,
    state)
VALUES
    (1, 8153235, -51.398465, -138.114157, 85.710844, 2.55, 14.8, 'InProgress');
INSERT INTO foil_hole (session_id, foil_hole, grid_square, stage_x_um, stage_y_um, stage_z_um, state, quality,
    acquisition_order)
VALUES
    (1, 5622643, 8153235, -52.33565, -141.731397, 85.710844, 'Defined', 1.0, 8),
    (1, 5622670, 8153235, -47.578857, -129.90083, 85.710844, 'Completed', 1.0, 35),
    (1, 5622698, 8153235, -45.773827, -126.754018, 85.710844, 'Completed', 1.0, 63),
    (1, 5622714, 8153235, -55.25503, -150.466939, 85.710844, 'Completed', 1.0, 79);
INSERT INTO template_area (session_id, area, offset_x_um, offset_y_um)
VALUES
    (1, 5622548, 0.23137, 0.322024),
    (1, 5622555, -0.394566, 0.03936),
    (1, 5622571, 0.163196, -0.361384);
INSERT INTO exposure (exposure_id, session_id, grid_square, foil_hole, area, third_number, name, unique_id,
    metadata_file_id, image_file_id, acquired_at, utc_offset_minutes, instrument_id, instrument_model, epu_version,
    high_tension_kv, stage_x_um, stage_y_um, stage_z_um, stage_alpha_deg, stage_beta_deg, beam_shift_x, beam_shift_y,
    image_shift_x, image_shift_y, beam_tilt_x, beam_tilt_y, beam_diameter_um, spot_index, probe_mode, intensity,
    defocus_um, applied_defocus_um, magnification, pixel_size_a, image_to_stage_m11, image_to_stage_m12,
    image_to_stage_m21, image_to_stage_m22, camera, camera_model, readout_width_px, readout_height_px, binning,
    counting, super_resolution, fractionation, fractions, exposure_time_s, dose_e_per_a2, dose_on_camera_e_per_px,
    dose_rate_e_per_px_s, eftem, slit_inserted, slit_width_ev, phase_plate)
VALUES
    (79, 1, 8153235, 5622670, 5622548, 18, 'FoilHole_5622670_Data_5622548_18_20250108_152913',
     'fa0326cd-6302-4894-9685-38b01e194cdc', 161, 160, '2025-01-08T15:29:16.1759899Z', 0, '3902', 'TITAN52390020',
     '3.9.1.8206', 300.0, -48.575377, -135.425273, 85.710844, 0.009999, 0.964192, 0.155455, -0.191958, 0.0, 0.0,
     0.005636, 0.026289, 0.83, 5, 'NanoProbe', 0.5, 0.279648, -0.9, 165000, 1.055881, -5.3e-05, -3e-06, -3e-06,
     5.3e-05, 'EF-CCD', 'BioQuantum K3', 2880, 2046, 2, 1, 2, 'Equidistant', 50, 0.89, 39.934478, 44.522373,
     3.126571, 1, 1, 20.0, 0),
    (121, 1, 8153235, 5622698, 5622548, 0, 'FoilHole_5622698_Data_5622548_0_20250108_153145',
     'acd27923-e31f-4383-96e2-a5c7e2a7d624', 245, 244, '2025-01-08T15:31:48.5480508Z', 0, '3902', 'TITAN52390020',
     '3.9.1.8206', 300.0, -47.307273, -129.623373, 85.710844, 0.009999, 0.964192, 0.011081, -0.007259, 0.0, 0.0,
     0.005636, 0.026289, 0.83, 5, 'NanoProbe', NULL, -0.293127, -1.5, 165000, 1.055881, -5.3e-05, -3e-06, -3e-06,
     5.3e-05, 'EF-CCD', 'BioQuantum K3', 2880, 2046, 2, 1, 2, 'Equidistant', 50, 0.89, 40.62628, 45.293653, 3.180734,
     1, 1, 20.0, 0),
    (142, 1, 8153235, 5622714, 5622548, 0, 'FoilHole_5622714_Data_5622548_0_20250108_151829',
     '0489bb83-6ac1-45a1-8cb1-052655ff1d85', 287, 286, '2025-01-08T15:18:33.4320393Z', 0, '3902', 'TITAN52390020',
     '3.9.1.8206', 300.0, -55.269608, -150.071299, 85.710844, 0.009999, 0.964192, 0.019088, -0.006044, 0.0, 0.0,
     0.005636, 0.026289, 0.83, 5, 'NanoProbe', NULL, -0.518375, -2.1, 165000, 1.055881, -5.3e-05, -3e-06, -3e-06,
     5.3e-05, 'EF-CCD', 'BioQuantum K3', 2880, 2046, 2, 1, 2, 'Equidistant', 50, 0.89, 39.820392, 44.395181,
     3.117639, 1, 1, 20.0, 0),
    (143, 1, 8153235, 5622714, 5622548, 1, 'FoilHole_5622714_Data_5622548_1_20250108_151725',
     '0b640290-f238-43cb-8215-05ad8a2a7576', 289, 288, '2025-01-08T15:17:27.9967182Z', 0, '3902', 'TITAN52390020',
     '3.9.1.8206', 300.0, -52.630249, -149.536654, 85.710844, 0.009999, 0.964192, -0.086438, -0.033975, 0.0, 0.0,
     0.005636, 0.026289, 0.83, 5, 'NanoProbe', NULL, -0.278443, -2.1, 165000, 1.055881, -5.3e-05, -3e-06, -3e-06,
     5.3e-05, 'EF-CCD', 'BioQuantum K3', 2880, 2046, 2, 1, 2, 'Equidistant', 50, 0.89, 40.421953, 45.065852,
     3.164737, 1, 1, 20.0, 0);
INSERT INTO hole_image (hole_image_id, session_id, grid_square, foil_hole, name, metadata_file_id, image_file_id,
    acquired_at, utc_offset_minutes, stage_x_um, stage_y_um, pixel_size_um, center_x_px, center_y_px)
VALUES
    (11, 1, 8153235, 5622698, 'FoilHole_5622698_20250108_153126', 325, 324, '2025-01-08T15:31:21.6004588Z', 0,
     -47.102392, -129.908814, 0.001652, 1281.5212, 865.3528),
    (12, 1, 8153235, 5622698, 'FoilHole_5622698_20250108_153135', 327, 326, '2025-01-08T15:31:31.3372720Z', 0,
     -47.306849, -129.624189, 0.001652, 1396.6771, 1046.1808);
INSERT INTO calibration (calibration_id, session_id, method, m11, m12, m21, m22, scale, angle_deg, mirrored,
    residual_um, collisions, verdict, created_at)
VALUES
    (1, 1, 'lattice', 21.769231, 11.111579, 10.81653, -21.645763, 24.318724, 26.797495, 1, 0.057333, 1, 'good',
     '2026-11-29T00:44:57.1393364Z'),
    (2, 1, 'lattice', 24.360733, -1.002987, 1.394786, 24.54711, 24.482331, 2.806755, 0, 0.119557, 2, 'undetermined',
     '2026-11-29T00:44:57.1393364Z');
INSERT INTO beam_shift_clustering (clustering_id, session_id, method, clusters, squared_distance, created_at)
VALUES
    (1, 1, 'lattice', 18, 0.04088, '2026-11-29T00:44:57.1393364Z'),
    (2, 1, 'kmeans', 3, 1.317004, '2026-11-29T00:44:57.3382068Z');
INSERT INTO beam_shift_cluster (clustering_id, cluster, center_x, center_y, exposures)
VALUES
    (1, 0, 0.000701, -0.001488, 30),
    (1, 1, 0.101586, 0.020397, 12),
    (1, 2, -0.02587, 0.09618, 3);
INSERT INTO beam_shift_cluster_member (clustering_id, exposure_id, cluster)
VALUES
    (1, 121, 0),
    (1, 142, 0);
INSERT INTO placement_set (placement_set_id, grid)
VALUES
    (1, '3902 Z:\DoseFractions\simulated\atlas_3\Sample1\Atlas\Atlas.dm');
INSERT INTO placement_set_session (placement_set_id, session_id, calibration_id)
VALUES
    (1, 1, 1);
INSERT INTO placement (placement_id, placement_set_id, exposure_id, x_um, y_um)
VALUES
    (121, 1, 79, -47.324192, -129.588712),
    (136, 1, 121, -47.146699, -129.346394),
    (22, 1, 142, -54.921242, -149.734017),
    (16, 1, 143, -54.889451, -149.736184);
INSERT INTO pre_exposure (placement_id, dose_e_per_a2)
VALUES
    (16, 0.0),
    (22, 40.421953),
    (121, 0.0);
INSERT INTO analysis (analysis_id, placement_set_id, radius_um, count_neighbours, across_sessions, exposures, pairs,
    overexposed, created_at)
VALUES
    (1, 1, 0.3735, 0, 1, 150, 6, 6, '2026-11-29T00:44:57.1765514Z'),
    (2, 1, 0.5, 0, 1, 150, 8, 6, '2026-11-29T00:44:57.4172036Z');
INSERT INTO analysis_session (analysis_id, session_id, calibration_id)
VALUES
    (1, 1, 1),
    (2, 1, 1);
INSERT INTO overlap (analysis_id, later_id, earlier_id, distance_um, cause, field_overlap)
VALUES
    (1, 121, 79, 0.300369, 'neighbour', 0.925427),
    (2, 121, 79, 0.300369, 'neighbour', 0.925427),
    (1, 142, 143, 0.031865, 'same-area', 1.0);
INSERT INTO review (exposure_id, verdict, reason, reviewed_at)
VALUES
    (79, 'bad', 'crystalline ice', '2026-11-29T00:44:57.5995826Z');
