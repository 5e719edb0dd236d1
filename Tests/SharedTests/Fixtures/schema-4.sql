-- The archive of EPU sessions: schema version 4 (PRAGMA user_version).
-- Its comments are left out.
CREATE TABLE session (
    session_id            INTEGER PRIMARY KEY,
    name                  TEXT NOT NULL UNIQUE,
    epu_name              TEXT,
    created_at            TEXT,
    sample_started_at     TEXT,
    grid                  TEXT NOT NULL,
    atlas_id              TEXT,
    instrument_id         TEXT,
    instrument_model      TEXT,
    epu_version           TEXT,
    clustering_mode       TEXT,
    clustering_radius_um  REAL,
    movie_format          TEXT,
    image_format          TEXT,
    ice_thickness_enabled INTEGER,
    tilted                INTEGER,
    tilt_angle_deg        REAL,
    grid_type             TEXT,
    grid_geometry         TEXT,
    carrier_kind          TEXT,
    carrier_type          TEXT,
    nominal_hole_size_um  REAL,
    nominal_hole_spacing_um REAL,
    hole_size_um          REAL,
    hole_spacing_um       REAL,
    hole_rotation_deg     REAL,
    ice_min_intensity     REAL,
    ice_max_intensity     REAL,
    delay_after_image_shift_s REAL,
    delay_after_stage_shift_s REAL,
    maximum_image_shift_um REAL,
    template_pixel_size_um REAL,
    template_m11          REAL,
    template_m12          REAL,
    template_m21          REAL,
    template_m22          REAL,
    autofocus_x_um        REAL,
    autofocus_y_um        REAL,
    autofocus_recurrence  TEXT,
    autofocus_distance_um REAL,
    drift_x_um            REAL,
    drift_y_um            REAL,
    drift_recurrence      TEXT,
    drift_distance_um     REAL
) STRICT;
CREATE TABLE storage_folder (
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    disc                  INTEGER NOT NULL,
    path                  TEXT,
    PRIMARY KEY (session_id, disc)
) STRICT, WITHOUT ROWID;
CREATE TABLE preset (
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    preset                TEXT NOT NULL,
    magnification_index   INTEGER,
    spot_index            INTEGER,
    probe_mode            TEXT,
    lens_mode             TEXT,
    beam_diameter_um      REAL,
    beam_shift_x          REAL,
    beam_shift_y          REAL,
    image_shift_x         REAL,
    image_shift_y         REAL,
    defocus_um            REAL,
    c2_aperture_um        REAL,
    eftem                 INTEGER,
    slit_inserted         INTEGER,
    slit_width_ev         REAL,
    camera                TEXT,
    exposure_time_s       REAL,
    binning               INTEGER,
    readout_width_px      INTEGER,
    readout_height_px     INTEGER,
    counting              INTEGER,
    super_resolution      INTEGER,
    fractionation         TEXT,
    fractions             INTEGER,
    PRIMARY KEY (session_id, preset)
) STRICT, WITHOUT ROWID;
CREATE TABLE session_root (
    session_root_id       INTEGER PRIMARY KEY,
    session_id            INTEGER REFERENCES session ON DELETE CASCADE,
    path                  TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX session_root_identity ON session_root(path, ifnull(session_id, 0));
CREATE INDEX session_root_by_session ON session_root(session_id);
CREATE TABLE source_file (
    source_file_id        INTEGER PRIMARY KEY,
    session_root_id       INTEGER NOT NULL REFERENCES session_root ON DELETE CASCADE,
    path                  TEXT NOT NULL,
    stem                  TEXT NOT NULL,
    kind                  TEXT NOT NULL,
    size_bytes            INTEGER,
    modified_ns           INTEGER,
    status                TEXT NOT NULL CHECK (status IN ('ok', 'twin', 'unreadable', 'malformed', 'incomplete',
                              'missing image', 'orphan image', 'too young', 'unknown')),
    problem               TEXT,
    UNIQUE (session_root_id, path)
) STRICT;
CREATE INDEX source_file_image_by_stem ON source_file(stem) WHERE kind = 'exposure-image';
CREATE INDEX source_file_with_problem ON source_file(session_root_id, status)
WHERE status IN ('unreadable', 'malformed', 'incomplete');
CREATE TABLE grid_square (
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    grid_square           INTEGER NOT NULL,
    metadata_name         TEXT,
    stage_x_um            REAL,
    stage_y_um            REAL,
    stage_z_um            REAL,
    hole_spacing_um       REAL,
    rotation_deg          REAL,
    state                 TEXT,
    selected              INTEGER,
    unusable              INTEGER,
    acquisition_order     INTEGER,
    image_name            TEXT,
    shape_px              TEXT,
    PRIMARY KEY (session_id, grid_square)
) STRICT, WITHOUT ROWID;
CREATE TABLE foil_hole (
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    foil_hole             INTEGER NOT NULL,
    grid_square           INTEGER,
    stage_x_um            REAL,
    stage_y_um            REAL,
    stage_z_um            REAL,
    stage_alpha_deg       REAL,
    stage_beta_deg        REAL,
    corrected_x_um        REAL,
    corrected_y_um        REAL,
    position_corrected    INTEGER,
    position_refined      INTEGER,
    image_x_px               REAL,
    image_y_px               REAL,
    width_px              REAL,
    height_px             REAL,
    state                 TEXT,
    selected              INTEGER,
    near_grid_bar         INTEGER,
    acquisition_order     INTEGER,
    quality               REAL,
    cluster_x             REAL,
    cluster_y             REAL,
    beam_shift_id         TEXT,
    primary_hole          INTEGER,
    ice_intensity_mean    REAL,
    ice_intensity_stdev   REAL,
    ice_thickness         REAL,
    image_name            TEXT,
    PRIMARY KEY (session_id, foil_hole),
    FOREIGN KEY (session_id, grid_square) REFERENCES grid_square
) STRICT, WITHOUT ROWID;
CREATE TABLE template_area (
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    area                  INTEGER NOT NULL,
    offset_x_um           REAL,
    offset_y_um           REAL,
    shift_x_px            REAL,
    shift_y_px            REAL,
    acquisition_setting   INTEGER,
    exposure_time_s       REAL,
    defocus_um            TEXT,
    PRIMARY KEY (session_id, area)
) STRICT, WITHOUT ROWID;
CREATE TABLE planned_exposure (
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    acquisition           INTEGER NOT NULL,
    foil_hole             INTEGER NOT NULL,
    area                  INTEGER,
    acquisition_setting   INTEGER,
    name                  TEXT,
    PRIMARY KEY (session_id, acquisition),
    FOREIGN KEY (session_id, foil_hole) REFERENCES foil_hole
) STRICT, WITHOUT ROWID;
CREATE INDEX planned_exposure_by_hole ON planned_exposure(session_id, foil_hole);
CREATE TABLE grid_square_image (
    grid_square_image_id  INTEGER PRIMARY KEY,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    grid_square           INTEGER,
    name                  TEXT NOT NULL,
    metadata_file_id      INTEGER REFERENCES source_file ON DELETE SET NULL,
    image_file_id         INTEGER REFERENCES source_file ON DELETE SET NULL,
    unique_id             TEXT,
    acquired_at           TEXT,
    utc_offset_minutes    INTEGER,
    stage_x_um            REAL,
    stage_y_um            REAL,
    stage_z_um            REAL,
    stage_alpha_deg       REAL,
    stage_beta_deg        REAL,
    image_shift_x         REAL,
    image_shift_y         REAL,
    beam_diameter_um      REAL,
    spot_index            INTEGER,
    probe_mode            TEXT,
    defocus_um            REAL,
    magnification         INTEGER,
    pixel_size_um         REAL,
    image_to_stage_m11    REAL,
    image_to_stage_m12    REAL,
    image_to_stage_m21    REAL,
    image_to_stage_m22    REAL,
    camera                TEXT,
    readout_width_px      INTEGER,
    readout_height_px     INTEGER,
    binning               INTEGER,
    exposure_time_s       REAL,
    dose_e_per_a2         REAL,
    UNIQUE (session_id, name),
    FOREIGN KEY (session_id, grid_square) REFERENCES grid_square
) STRICT;
CREATE INDEX grid_square_image_by_file ON grid_square_image(metadata_file_id) WHERE metadata_file_id IS NOT NULL;
CREATE INDEX grid_square_image_by_image ON grid_square_image(image_file_id) WHERE image_file_id IS NOT NULL;
CREATE TABLE hole_image (
    hole_image_id         INTEGER PRIMARY KEY,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    grid_square           INTEGER,
    foil_hole             INTEGER NOT NULL,
    name                  TEXT NOT NULL,
    metadata_file_id      INTEGER REFERENCES source_file ON DELETE SET NULL,
    image_file_id         INTEGER REFERENCES source_file ON DELETE SET NULL,
    unique_id             TEXT,
    acquired_at           TEXT,
    utc_offset_minutes    INTEGER,
    stage_x_um            REAL,
    stage_y_um            REAL,
    stage_z_um            REAL,
    stage_alpha_deg       REAL,
    stage_beta_deg        REAL,
    image_shift_x         REAL,
    image_shift_y         REAL,
    beam_diameter_um      REAL,
    spot_index            INTEGER,
    probe_mode            TEXT,
    defocus_um            REAL,
    magnification         INTEGER,
    pixel_size_um         REAL,
    image_to_stage_m11    REAL,
    image_to_stage_m12    REAL,
    image_to_stage_m21    REAL,
    image_to_stage_m22    REAL,
    camera                TEXT,
    readout_width_px      INTEGER,
    readout_height_px     INTEGER,
    binning               INTEGER,
    exposure_time_s       REAL,
    dose_e_per_a2         REAL,
    center_x_px           REAL,
    center_y_px           REAL,
    hole_width_px         REAL,
    hole_height_px        REAL,
    center_quality        REAL,
    hole_rotation         REAL,
    hole_shear            REAL,
    UNIQUE (session_id, name),
    FOREIGN KEY (session_id, foil_hole) REFERENCES foil_hole,
    FOREIGN KEY (session_id, grid_square) REFERENCES grid_square
) STRICT;
CREATE INDEX hole_image_by_hole ON hole_image(session_id, foil_hole);
CREATE INDEX hole_image_by_file ON hole_image(metadata_file_id) WHERE metadata_file_id IS NOT NULL;
CREATE INDEX hole_image_by_image ON hole_image(image_file_id) WHERE image_file_id IS NOT NULL;
CREATE TABLE exposure (
    exposure_id           INTEGER PRIMARY KEY,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    grid_square           INTEGER,
    foil_hole             INTEGER NOT NULL,
    area                  INTEGER NOT NULL,
    third_number          INTEGER NOT NULL,
    name                  TEXT NOT NULL,
    metadata_file_id      INTEGER NOT NULL REFERENCES source_file ON DELETE CASCADE,
    image_file_id         INTEGER REFERENCES source_file ON DELETE SET NULL,
    unique_id             TEXT,
    core_guid             TEXT,
    acquired_at           TEXT NOT NULL,
    utc_offset_minutes    INTEGER,
    software              TEXT,
    epu_version           TEXT,
    instrument_id         TEXT,
    instrument_model      TEXT,
    computer_name         TEXT,
    high_tension_kv       REAL,
    stage_x_um            REAL NOT NULL,
    stage_y_um            REAL NOT NULL,
    stage_z_um            REAL,
    stage_alpha_deg       REAL,
    stage_beta_deg        REAL,
    beam_shift_x          REAL NOT NULL,
    beam_shift_y          REAL NOT NULL,
    image_shift_x         REAL,
    image_shift_y         REAL,
    beam_tilt_x           REAL,
    beam_tilt_y           REAL,
    beam_diameter_um      REAL,
    spot_index            INTEGER,
    probe_mode            TEXT,
    intensity             REAL,
    illumination_intensity REAL,
    defocus_um            REAL,
    applied_defocus_um    REAL,
    magnification         INTEGER,
    stem                  INTEGER,
    objective_lens_mode   TEXT,
    illumination_mode     TEXT,
    projector_mode        TEXT,
    column_mode           TEXT,
    xl_mode               INTEGER,
    eftem                 INTEGER,
    slit_inserted         INTEGER,
    slit_width_ev         REAL,
    energy_shift_ev       REAL,
    phase_plate           INTEGER,
    phase_plate_aperture  TEXT,
    phase_plate_position  INTEGER,
    aperture_c1           TEXT,
    aperture_c2           TEXT,
    aperture_c3           TEXT,
    aperture_objective    TEXT,
    aperture_sa           TEXT,
    pixel_size_a          REAL,
    pixel_size_y_a        REAL,
    image_to_stage_m11    REAL,
    image_to_stage_m12    REAL,
    image_to_stage_m21    REAL,
    image_to_stage_m22    REAL,
    camera                TEXT,
    camera_location       TEXT,
    camera_model          TEXT,
    camera_serial_number  TEXT,
    readout_width_px      INTEGER,
    readout_height_px     INTEGER,
    readout_x_px          INTEGER,
    readout_y_px          INTEGER,
    binning               INTEGER,
    binning_y             INTEGER,
    counting              INTEGER,
    counted               INTEGER,
    super_resolution      INTEGER,
    fractionation         TEXT,
    fractions             INTEGER,
    camera_frames         INTEGER,
    frame_rate_hz         REAL,
    gain_reference        TEXT,
    exposure_time_s       REAL,
    detector_exposure_time_s REAL,
    detector_time_us      INTEGER,
    dose_e_per_a2         REAL,
    dose_on_camera_e_per_px REAL,
    dose_rate_e_per_px_s  REAL,
    total_dose_e_per_px   REAL,
    beam_current_na       REAL,
    gun_flash             TEXT,
    FOREIGN KEY (session_id, grid_square) REFERENCES grid_square,
    FOREIGN KEY (session_id, foil_hole) REFERENCES foil_hole,
    FOREIGN KEY (session_id, area) REFERENCES template_area
) STRICT;
CREATE UNIQUE INDEX exposure_identity ON exposure(session_id, name, ifnull(unique_id, ''));
CREATE INDEX exposure_in_time ON exposure(session_id, acquired_at, name);
CREATE INDEX exposure_by_file ON exposure(metadata_file_id);
CREATE INDEX exposure_without_offset ON exposure(session_id) WHERE utc_offset_minutes IS NULL;
CREATE INDEX exposure_by_image ON exposure(image_file_id) WHERE image_file_id IS NOT NULL;
CREATE TABLE custom_value (
    source_file_id        INTEGER NOT NULL REFERENCES source_file ON DELETE CASCADE,
    key                   TEXT NOT NULL,
    type                  TEXT,
    value                 TEXT,
    PRIMARY KEY (source_file_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE calibration (
    calibration_id        INTEGER PRIMARY KEY,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    method                TEXT NOT NULL,
    chosen                INTEGER NOT NULL DEFAULT 0,
    probe_mode            TEXT,
    tilt_deg              REAL,
    high_tension_kv       REAL,
    m11                   REAL NOT NULL,
    m12                   REAL NOT NULL,
    m21                   REAL NOT NULL,
    m22                   REAL NOT NULL,
    m11_error             REAL,
    m12_error             REAL,
    m21_error             REAL,
    m22_error             REAL,
    scale                 REAL NOT NULL,
    angle_deg             REAL NOT NULL,
    mirrored              INTEGER NOT NULL,
    singular_ratio        REAL,
    residual_um           REAL,
    stops                 INTEGER,
    holes                 INTEGER,
    sites                 INTEGER,
    collisions            INTEGER,
    numbering_pairs       INTEGER,
    numbering_hits        INTEGER,
    margin                REAL,
    agrees                TEXT,
    foil                  TEXT,
    g11                   REAL,
    g12                   REAL,
    g21                   REAL,
    g22                   REAL,
    verdict               TEXT NOT NULL,
    reason                TEXT,
    exposures             INTEGER,
    created_at            TEXT NOT NULL
) STRICT;
CREATE INDEX calibration_by_session ON calibration(session_id);
CREATE TABLE stage_stop (
    calibration_id        INTEGER NOT NULL REFERENCES calibration ON DELETE CASCADE,
    stop                  INTEGER NOT NULL,
    first_exposure_id     INTEGER NOT NULL REFERENCES exposure ON DELETE CASCADE,
    exposures             INTEGER NOT NULL,
    x_um                  REAL NOT NULL,
    y_um                  REAL NOT NULL,
    PRIMARY KEY (calibration_id, stop)
) STRICT, WITHOUT ROWID;
CREATE INDEX stage_stop_by_exposure ON stage_stop(first_exposure_id);
CREATE TABLE hole_site (
    calibration_id        INTEGER NOT NULL,
    visit                 INTEGER NOT NULL,
    stop                  INTEGER NOT NULL,
    foil_hole             INTEGER NOT NULL,
    grid_square           INTEGER,
    x_um                  REAL NOT NULL,
    y_um                  REAL NOT NULL,
    site_i                INTEGER,
    site_j                INTEGER,
    residual_x_um         REAL,
    residual_y_um         REAL,
    PRIMARY KEY (calibration_id, visit),
    FOREIGN KEY (calibration_id, stop) REFERENCES stage_stop ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX hole_site_by_stop ON hole_site(calibration_id, stop);
CREATE TABLE beam_shift_clustering (
    clustering_id         INTEGER PRIMARY KEY,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    method                TEXT NOT NULL,
    clusters              INTEGER NOT NULL,
    squared_distance      REAL NOT NULL,
    created_at            TEXT NOT NULL,
    UNIQUE (session_id, method, clusters)
) STRICT;
CREATE TABLE beam_shift_cluster (
    clustering_id         INTEGER NOT NULL REFERENCES beam_shift_clustering ON DELETE CASCADE,
    cluster               INTEGER NOT NULL,
    center_x              REAL NOT NULL,
    center_y              REAL NOT NULL,
    exposures             INTEGER NOT NULL,
    lattice_i             INTEGER,
    lattice_j             INTEGER,
    PRIMARY KEY (clustering_id, cluster)
) STRICT, WITHOUT ROWID;
CREATE TABLE beam_shift_cluster_member (
    clustering_id         INTEGER NOT NULL,
    exposure_id           INTEGER NOT NULL REFERENCES exposure ON DELETE CASCADE,
    cluster               INTEGER NOT NULL,
    PRIMARY KEY (clustering_id, exposure_id),
    FOREIGN KEY (clustering_id, cluster) REFERENCES beam_shift_cluster ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX beam_shift_cluster_member_by_cluster ON beam_shift_cluster_member(clustering_id, cluster);
CREATE INDEX beam_shift_cluster_member_by_exposure ON beam_shift_cluster_member(exposure_id);
CREATE TABLE placement_set (
    placement_set_id      INTEGER PRIMARY KEY,
    grid                  TEXT NOT NULL,
    assumed_dose_e_per_a2 REAL,
    assumed_beam_diameter_um REAL,
    spot_dose_e_per_a2    REAL
) STRICT;
CREATE TABLE placement_set_session (
    placement_set_id      INTEGER NOT NULL REFERENCES placement_set ON DELETE CASCADE,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    calibration_id        INTEGER NOT NULL REFERENCES calibration ON DELETE CASCADE,
    offset_x_um           REAL NOT NULL DEFAULT 0,
    offset_y_um           REAL NOT NULL DEFAULT 0,
    offset_error_um       REAL,
    PRIMARY KEY (placement_set_id, session_id, calibration_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX placement_set_by_session ON placement_set_session(session_id);
CREATE INDEX placement_set_by_calibration ON placement_set_session(calibration_id);
CREATE TABLE placement (
    placement_id          INTEGER PRIMARY KEY,
    placement_set_id      INTEGER NOT NULL REFERENCES placement_set ON DELETE CASCADE,
    exposure_id           INTEGER NOT NULL REFERENCES exposure ON DELETE CASCADE,
    x_um                  REAL NOT NULL,
    y_um                  REAL NOT NULL,
    field_reach_um        REAL NOT NULL DEFAULT 0,
    UNIQUE (placement_set_id, exposure_id)
) STRICT;
CREATE INDEX placement_by_exposure ON placement(exposure_id);
CREATE VIRTUAL TABLE placement_index USING rtree(
    placement_id, min_x_um, max_x_um, min_y_um, max_y_um, min_set, max_set
);
CREATE TRIGGER placement_leaves_index AFTER DELETE ON placement BEGIN
    DELETE FROM placement_index WHERE placement_id = old.placement_id;
END;
CREATE TABLE pre_exposure (
    placement_id          INTEGER PRIMARY KEY REFERENCES placement ON DELETE CASCADE,
    dose_e_per_a2         REAL,
    unplanned_dose_e_per_a2 REAL,
    field_share           REAL,
    unplanned_field_share REAL
) STRICT;
CREATE TABLE analysis (
    analysis_id           INTEGER PRIMARY KEY,
    placement_set_id      INTEGER NOT NULL REFERENCES placement_set ON DELETE CASCADE,
    radius_um             REAL,
    min_field_overlap     REAL,
    min_pre_dose_e_per_a2 REAL,
    count_neighbours      INTEGER NOT NULL,
    across_sessions       INTEGER NOT NULL,
    exposures             INTEGER NOT NULL,
    pairs                 INTEGER NOT NULL,
    overexposed           INTEGER NOT NULL,
    without_dose          INTEGER NOT NULL DEFAULT 0,
    without_beam_diameter INTEGER NOT NULL DEFAULT 0,
    without_field         INTEGER NOT NULL DEFAULT 0,
    created_at            TEXT NOT NULL,
    rules                 INTEGER NOT NULL DEFAULT 0,
    last_placement_id     INTEGER
) STRICT;
CREATE UNIQUE INDEX analysis_criteria ON analysis(
    placement_set_id, ifnull(radius_um, 0), ifnull(min_field_overlap, 0), ifnull(min_pre_dose_e_per_a2, 0),
    count_neighbours, across_sessions
);
CREATE TABLE analysis_session (
    analysis_id           INTEGER NOT NULL REFERENCES analysis ON DELETE CASCADE,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    calibration_id        INTEGER NOT NULL REFERENCES calibration ON DELETE CASCADE,
    PRIMARY KEY (analysis_id, session_id, calibration_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX analysis_by_session ON analysis_session(session_id);
CREATE INDEX analysis_by_calibration ON analysis_session(calibration_id);
CREATE TABLE overlap (
    analysis_id           INTEGER NOT NULL REFERENCES analysis ON DELETE CASCADE,
    later_id              INTEGER NOT NULL REFERENCES exposure ON DELETE CASCADE,
    earlier_id            INTEGER NOT NULL REFERENCES exposure ON DELETE CASCADE,
    distance_um           REAL NOT NULL,
    cause                 TEXT NOT NULL CHECK (cause IN ('same-area', 'unmoved-stage', 'wrong-centre', 'neighbour',
                              'by-design', 'across-sessions', 'unexplained')),
    field_overlap         REAL,
    beam_overlap          REAL,
    PRIMARY KEY (analysis_id, later_id, earlier_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX overlap_by_later ON overlap(later_id);
CREATE INDEX overlap_by_earlier ON overlap(earlier_id);
CREATE TABLE incident (
    analysis_id           INTEGER NOT NULL REFERENCES analysis ON DELETE CASCADE,
    incident              INTEGER NOT NULL,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    cause                 TEXT NOT NULL,
    first_exposure_id     INTEGER NOT NULL REFERENCES exposure ON DELETE CASCADE,
    last_exposure_id      INTEGER NOT NULL REFERENCES exposure ON DELETE CASCADE,
    clusters              INTEGER NOT NULL,
    micrographs           INTEGER NOT NULL,
    pairs                 INTEGER NOT NULL,
    distance_um           REAL NOT NULL,
    pre_dose_e_per_a2     REAL,
    PRIMARY KEY (analysis_id, incident)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_by_session ON incident(session_id);
CREATE INDEX incident_by_first ON incident(first_exposure_id);
CREATE INDEX incident_by_last ON incident(last_exposure_id);
CREATE TABLE overexposure (
    analysis_id           INTEGER NOT NULL REFERENCES analysis ON DELETE CASCADE,
    exposure_id           INTEGER NOT NULL REFERENCES exposure ON DELETE CASCADE,
    nearest_id            INTEGER NOT NULL REFERENCES exposure ON DELETE CASCADE,
    incident              INTEGER,
    PRIMARY KEY (analysis_id, exposure_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX overexposure_by_exposure ON overexposure(exposure_id);
CREATE INDEX overexposure_by_nearest ON overexposure(nearest_id);
CREATE TABLE review (
    exposure_id           INTEGER PRIMARY KEY REFERENCES exposure ON DELETE CASCADE,
    verdict               TEXT NOT NULL CHECK (verdict IN ('keep', 'bad')),
    reason                TEXT,
    reviewed_at           TEXT NOT NULL
) STRICT;
CREATE VIEW exposures AS
SELECT e.exposure_id, s.name AS session, e.grid_square, e.foil_hole, e.area, e.name, e.acquired_at,
       e.stage_x_um, e.stage_y_um, e.stage_z_um, e.beam_shift_x, e.beam_shift_y, e.beam_diameter_um,
       e.dose_e_per_a2, e.applied_defocus_um, e.pixel_size_a, e.magnification, e.instrument_id, e.epu_version,
       e.utc_offset_minutes, e.exposure_time_s, e.fractions, e.camera_model, e.unique_id,
       metadata_root.path || '/' || metadata.path AS metadata_path,
       image_root.path || '/' || image.path AS image_path
FROM exposure e
JOIN session s USING (session_id)
JOIN source_file metadata ON metadata.source_file_id = e.metadata_file_id
JOIN session_root metadata_root ON metadata_root.session_root_id = metadata.session_root_id
LEFT JOIN source_file image ON image.source_file_id = e.image_file_id
LEFT JOIN session_root image_root ON image_root.session_root_id = image.session_root_id;
CREATE VIEW sessions AS
SELECT s.session_id, s.name AS session,
       (SELECT path FROM session_root r WHERE r.session_id = s.session_id
        ORDER BY EXISTS (SELECT 1 FROM source_file f
                         WHERE f.session_root_id = r.session_root_id AND f.kind = 'exposure' AND f.status <> 'twin') DESC,
                 session_root_id DESC
        LIMIT 1) AS root,
       s.instrument_id, s.epu_version, s.grid, min(e.acquired_at) AS started_at, max(e.acquired_at) AS ended_at,
       count(e.exposure_id) AS exposures,
       (SELECT count(*) FROM overexposure o JOIN exposure x USING (exposure_id)
        WHERE x.session_id = s.session_id AND o.analysis_id = latest.analysis_id) AS overexposed
FROM session s
LEFT JOIN exposure e USING (session_id)
LEFT JOIN latest_analysis latest USING (session_id)
GROUP BY s.session_id;
CREATE VIEW latest_analysis AS
SELECT session_id, analysis_id
FROM (SELECT l.session_id, l.analysis_id,
             row_number() OVER (PARTITION BY l.session_id ORDER BY a.created_at DESC, a.analysis_id DESC) AS age
      FROM analysis_session l JOIN analysis a USING (analysis_id))
WHERE age = 1;
CREATE VIEW analyses AS
SELECT a.analysis_id,
       CASE WHEN count(*) = 1 THEN min(l.calibration_id) END AS calibration_id,
       CASE WHEN count(DISTINCT l.session_id) = 1 THEN min(s.name) END AS session,
       a.radius_um, a.created_at, a.exposures, a.pairs, a.overexposed, a.count_neighbours, a.across_sessions,
       p.grid, a.min_field_overlap, a.min_pre_dose_e_per_a2,
       (SELECT count(*) FROM incident i WHERE i.analysis_id = a.analysis_id) AS incidents
FROM analysis a
JOIN analysis_session l USING (analysis_id)
JOIN session s USING (session_id)
JOIN placement_set p USING (placement_set_id)
GROUP BY a.analysis_id;
CREATE VIEW calibrations AS
SELECT c.calibration_id, s.name AS session, c.method, c.m11, c.m12, c.m21, c.m22, c.scale, c.angle_deg, c.mirrored,
       c.residual_um, c.collisions, c.verdict, c.created_at, c.chosen, c.reason, c.probe_mode, c.tilt_deg, c.stops,
       c.holes, c.sites, c.singular_ratio, c.m11_error, c.m12_error, c.m21_error, c.m22_error, c.margin, c.agrees,
       c.numbering_pairs, c.numbering_hits, c.foil
FROM calibration c JOIN session s USING (session_id);
CREATE VIEW overlap_pairs AS
SELECT o.analysis_id, earlier.name AS earlier, later.name AS later, o.distance_um, o.cause,
       o.earlier_id, o.later_id, o.field_overlap, o.beam_overlap
FROM overlap o
JOIN exposure earlier ON earlier.exposure_id = o.earlier_id
JOIN exposure later ON later.exposure_id = o.later_id;
CREATE VIEW counted_overlap AS
SELECT o.*, a.placement_set_id
FROM overlap o JOIN analysis a USING (analysis_id)
WHERE a.count_neighbours OR o.cause <> 'by-design';
CREATE VIEW overexposed AS
SELECT n.analysis_id, s.name AS session, later.name, earlier.name AS earlier, o.distance_um, o.cause,
       d.dose_e_per_a2 AS pre_dose_e_per_a2, r.verdict AS review, n.nearest_id AS earlier_id, n.exposure_id AS later_id,
       o.field_overlap, o.beam_overlap, d.field_share, d.unplanned_dose_e_per_a2, d.unplanned_field_share, n.incident
FROM overexposure n
JOIN analysis a USING (analysis_id)
JOIN overlap o ON o.analysis_id = n.analysis_id AND o.later_id = n.exposure_id AND o.earlier_id = n.nearest_id
JOIN exposure later ON later.exposure_id = n.exposure_id
JOIN exposure earlier ON earlier.exposure_id = n.nearest_id
JOIN session s ON s.session_id = later.session_id
LEFT JOIN placement p ON p.placement_set_id = a.placement_set_id AND p.exposure_id = n.exposure_id
LEFT JOIN pre_exposure d USING (placement_id)
LEFT JOIN review r ON r.exposure_id = n.exposure_id;
CREATE VIEW incidents AS
SELECT i.analysis_id, i.incident, s.name AS session, i.cause, first.acquired_at AS started_at,
       last.acquired_at AS ended_at, first.grid_square, first.foil_hole, i.clusters, i.micrographs, i.pairs,
       i.distance_um, i.pre_dose_e_per_a2,
       first.utc_offset_minutes, i.first_exposure_id, i.last_exposure_id
FROM incident i
JOIN session s USING (session_id)
JOIN exposure first ON first.exposure_id = i.first_exposure_id
JOIN exposure last ON last.exposure_id = i.last_exposure_id;
CREATE VIEW source_problems AS
SELECT s.name AS session, r.path || '/' || f.path AS path, f.kind, f.status, f.problem
FROM source_file f
JOIN session_root r USING (session_root_id)
LEFT JOIN session s USING (session_id)
WHERE f.status IN ('unreadable', 'malformed', 'incomplete');
