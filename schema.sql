-- The archive of EPU sessions: schema version 7 (PRAGMA user_version), fingerprint ac745175abdadb71.
--
-- Written by epu-ingest (what the microscope recorded), epu-analyze (what follows from it) and by people (review).
-- Lengths are micrometres (um) unless the name says otherwise; NULL means "not recorded", never 0.
-- Times are UTC text that sorts, YYYY-MM-DDThh:mm:ss.fffffffZ; utc_offset_minutes gives the microscope's own clock.
-- An id is never used again (AUTOINCREMENT), so that what is left of rows that were deleted with foreign keys off never becomes
-- another's. EPU's numbers (grid_square, foil_hole, area) are unique within a session, so they are keys together with session_id.

------------------------------------------------------------------ sessions and files (epu-ingest)

-- What EpuSession.dm says, and what the exposures add to it. Its template is the last one of the session.
CREATE TABLE session (
    session_id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name                  TEXT NOT NULL UNIQUE,  -- EpuSession.dm's Name, else FOLDER, or FOLDER-INSTRUMENT; a second one gets ~2
    epu_name              TEXT,                  -- EpuSession.dm's Name as written
    created_at            TEXT,                  -- EpuSession.dm's StartDateTime, UTC: with epu_name its identity
    sample_started_at     TEXT,                  -- start of the sample, UTC
    grid                  TEXT NOT NULL,         -- what shares one stage coordinate system: instrument and atlas, else the session
    atlas_id              TEXT,                  -- path of Atlas.dm on the microscope
    instrument_id         TEXT,                  -- e.g. 3429
    instrument_model      TEXT,                  -- e.g. TITAN52334290
    epu_version           TEXT,                  -- e.g. 3.9.1.8206
    session_file_version  TEXT,                  -- of the EPU that wrote EpuSession.dm; NULL before EPU 3
    clustering_mode       TEXT,                  -- ClusteringWithImageBeamShift (AFIS) or NoClustering
    clustering_radius_um  REAL,                  -- greatest beam shift from a stage stop, um
    movie_format          TEXT,                  -- DoseFractionsOutputFormat
    image_format          TEXT,                  -- ImageFileFormat
    ice_thickness_enabled INTEGER,
    tilted                INTEGER,               -- 1: tilted acquisition
    tilt_angle_deg        REAL,
    grid_type             TEXT,                  -- e.g. HoleyCarbon
    grid_geometry         TEXT,                  -- e.g. Square
    carrier_kind          TEXT,
    carrier_type          TEXT,                  -- e.g. Quantifoil R2/2
    nominal_hole_size_um  REAL,                  -- as the user chose them, um
    nominal_hole_spacing_um REAL,
    hole_size_um          REAL,                  -- foil hole diameter as EPU measured it, um
    hole_spacing_um       REAL,                  -- foil pitch, centre to centre, as EPU measured it, um
    hole_rotation_deg     REAL,                  -- of the hole template, not of the foil
    ice_min_intensity     REAL,                  -- ice filter, camera counts
    ice_max_intensity     REAL,
    delay_after_image_shift_s REAL,
    delay_after_stage_shift_s REAL,
    maximum_image_shift_um REAL,
    template_pixel_size_um REAL,                 -- um per stored pixel of the template's hole image
    template_m11          REAL,                  -- hole image to stage, um per unbinned pixel
    template_m12          REAL,
    template_m21          REAL,
    template_m22          REAL,
    autofocus_x_um        REAL,                  -- from the hole's centre, stage frame, um
    autofocus_y_um        REAL,
    autofocus_recurrence  TEXT,                  -- AfterCentering, AfterDistance ...
    autofocus_distance_um REAL,
    drift_x_um            REAL,                  -- drift measurement, from the hole's centre, stage frame, um
    drift_y_um            REAL,
    drift_recurrence      TEXT,
    drift_distance_um     REAL,
    is_settled            INTEGER NOT NULL DEFAULT 0,  -- 1: also what can only be said when all its files are known is stored
    asked_method          TEXT,                  -- of calibration, as a person asked for it; NULL: whichever is best
    given_pitch_um        REAL                   -- of the foil, as a person gave it, um; NULL: none was given
) STRICT;
CREATE INDEX session_by_grid ON session(grid);

CREATE TABLE storage_folder (
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    disc                  INTEGER NOT NULL,      -- n of Images-Disc<n>
    path                  TEXT,                  -- on the microscope
    PRIMARY KEY (session_id, disc)
) STRICT, WITHOUT ROWID;

-- The microscope's settings for each kind of image.
CREATE TABLE preset (
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    preset                TEXT NOT NULL,         -- Atlas, GridSquare, Hole, Acquisition, AutoFocus ...
    magnification_index   INTEGER,               -- not the magnification
    spot_index            INTEGER,
    probe_mode            TEXT,                  -- NanoProbe or MicroProbe
    lens_mode             TEXT,                  -- of the objective: HM, LM
    beam_diameter_um      REAL,
    beam_shift_x          REAL,                  -- beam-shift units
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
    session_root_id       INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id            INTEGER REFERENCES session(session_id) ON DELETE CASCADE,  -- NULL: files that belong to no session
    path                  TEXT NOT NULL          -- absolute folder; metadata and movies of a session may lie apart
) STRICT;
-- A folder may hold exposures of several instruments, or be used again by another session.
CREATE UNIQUE INDEX session_root_identity ON session_root(path, ifnull(session_id, 0));
CREATE INDEX session_root_by_session ON session_root(session_id);

-- The ledger: one row for every file seen.
CREATE TABLE source_file (
    source_file_id        INTEGER PRIMARY KEY AUTOINCREMENT,
    session_root_id       INTEGER NOT NULL REFERENCES session_root(session_root_id) ON DELETE CASCADE,
    path                  TEXT NOT NULL,         -- relative to the root
    stem                  TEXT NOT NULL,         -- base name without suffix, which twins share
    kind                  TEXT NOT NULL,         -- exposure, exposure-image, movie, hole, hole-image, session ...
    size_bytes            INTEGER,
    modified_ns           INTEGER,               -- nanoseconds since 1970, file system clock
    -- ok: was read; twin: repeats another file; unreadable, malformed, incomplete: could not be used; others: no problem
    status                TEXT NOT NULL CHECK (status = 'ok' OR status = 'twin' OR status = 'unreadable'
                              OR status = 'malformed' OR status = 'incomplete' OR status = 'missing image'
                              OR status = 'orphan image' OR status = 'too young' OR status = 'unknown'),  -- by OR: IN is slower
    problem               TEXT,                  -- why the status is not ok, in words, with the line where there is one
    UNIQUE (session_root_id, path)
) STRICT;
CREATE INDEX source_file_image_by_stem ON source_file(stem) WHERE kind = 'exposure-image';
CREATE INDEX source_file_twin_by_stem ON source_file(stem) WHERE status = 'twin' AND kind = 'exposure';
-- Twins of an exposure's file: the problem has its path.
CREATE INDEX source_file_twin_by_problem ON source_file(problem) WHERE status = 'twin';
CREATE INDEX source_file_with_problem ON source_file(session_root_id, status)
WHERE (status = 'unreadable' OR status = 'malformed' OR status = 'incomplete');

CREATE TABLE grid_square (
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    grid_square           INTEGER NOT NULL,      -- EPU's id, as in GridSquare_<id>
    metadata_name         TEXT,                  -- as EpuSession.dm lists it: Metadata\GridSquare_<id>.dm
    stage_x_um            REAL,                  -- centre, um
    stage_y_um            REAL,                  -- um
    stage_z_um            REAL,                  -- um
    hole_spacing_um       REAL,                  -- foil pitch found in this square, um
    rotation_deg          REAL,                  -- foil lattice in the stage frame, degrees
    state                 TEXT,
    selected              INTEGER,
    unusable              INTEGER,
    acquisition_order     INTEGER,
    image_name            TEXT,                  -- base name of the image in which the holes were found
    shape_px              TEXT,                  -- outline in that image, JSON [[x, y], ...]
    PRIMARY KEY (session_id, grid_square)
) STRICT, WITHOUT ROWID;

-- Every foil hole that was exposed, or that Metadata/GridSquare_<id>.dm or a TargetLocation_<hole>.dm below it (EPU before 2)
-- lists.
CREATE TABLE foil_hole (
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    foil_hole             INTEGER NOT NULL,      -- EPU's id, as in FoilHole_<id>
    grid_square           INTEGER,
    stage_x_um            REAL,                  -- as the .dm has it, um: seen in the square's image, some per cent off in scale;
    stage_y_um            REAL,                  -- with position_refined 1 where the hole was found when it was centred
    stage_z_um            REAL,                  -- um
    stage_alpha_deg       REAL,
    stage_beta_deg        REAL,
    corrected_x_um        REAL,                  -- um, where EPU corrected the position; else NULL
    corrected_y_um        REAL,
    position_corrected    INTEGER,               -- 1: EPU says that it corrected it, perhaps by stage_x_um itself
    position_refined      INTEGER,               -- 1: EPU has overwritten stage_x_um and stage_y_um (3.16)
    image_x_px               REAL,                  -- in the grid square image, pixels
    image_y_px               REAL,
    width_px              REAL,
    height_px             REAL,
    state                 TEXT,                  -- Defined, InProgress, Completed
    selected              INTEGER,
    near_grid_bar         INTEGER,
    acquisition_order     INTEGER,
    quality               REAL,
    cluster_x             REAL,                  -- PositionInCluster
    cluster_y             REAL,
    beam_shift_id         TEXT,
    primary_hole          INTEGER,               -- PrimaryId: the hole of its stage stop
    ice_intensity_mean    REAL,                  -- counts in the grid square image
    ice_intensity_stdev   REAL,
    ice_thickness         REAL,                  -- SmartIceThicknessResult
    image_name            TEXT,                  -- base name of its hole image
    PRIMARY KEY (session_id, foil_hole),
    FOREIGN KEY (session_id, grid_square) REFERENCES grid_square(session_id, grid_square)
) STRICT, WITHOUT ROWID;

-- The areas of every template that was seen: an EpuSession.dm with another template adds to them.
CREATE TABLE template_area (
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    area                  INTEGER NOT NULL,      -- EPU's DataAcquisitionAreaId, as in _Data_<id>
    offset_x_um           REAL,                  -- from the hole's centre, stage frame, um
    offset_y_um           REAL,                  -- um
    shift_x_px            REAL,                  -- the same in the template's hole image, stored pixels, y down
    shift_y_px            REAL,
    acquisition_setting   INTEGER,               -- ImageAcquisitionSettingId
    exposure_time_s       REAL,
    defocus_um            TEXT,                  -- the defoci that EPU cycles through, JSON [um, ...]
    PRIMARY KEY (session_id, area)
) STRICT, WITHOUT ROWID;

-- ParticleAcquisitions of the foil holes: what EPU planned or did, by GridSquare_<id>.dm.
CREATE TABLE planned_exposure (
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    acquisition           INTEGER NOT NULL,      -- EPU's id
    foil_hole             INTEGER NOT NULL,
    area                  INTEGER,
    acquisition_setting   INTEGER,
    name                  TEXT,                  -- base name of the exposure; NULL: not acquired
    PRIMARY KEY (session_id, acquisition),
    FOREIGN KEY (session_id, foil_hole) REFERENCES foil_hole(session_id, foil_hole)
) STRICT, WITHOUT ROWID;
CREATE INDEX planned_exposure_by_hole ON planned_exposure(session_id, foil_hole);

CREATE TABLE grid_square_image (
    grid_square_image_id  INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    grid_square           INTEGER,
    name                  TEXT NOT NULL,         -- base name without suffix
    metadata_file_id      INTEGER REFERENCES source_file(source_file_id) ON DELETE SET NULL,  -- NULL: only the JPG exists
    image_file_id         INTEGER REFERENCES source_file(source_file_id) ON DELETE SET NULL,  -- NULL: no JPG
    unique_id             TEXT,                  -- EPU's uniqueID
    acquired_at           TEXT,                  -- UTC
    utc_offset_minutes    INTEGER,
    stage_x_um            REAL,                  -- um
    stage_y_um            REAL,                  -- um
    stage_z_um            REAL,                  -- um
    stage_alpha_deg       REAL,
    stage_beta_deg        REAL,
    image_shift_x         REAL,                  -- beam-shift units
    image_shift_y         REAL,
    beam_diameter_um      REAL,
    spot_index            INTEGER,
    probe_mode            TEXT,
    defocus_um            REAL,
    magnification         INTEGER,
    pixel_size_um         REAL,                  -- um per pixel of the stored image
    image_to_stage_m11    REAL,                  -- um per unbinned pixel
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
    FOREIGN KEY (session_id, grid_square) REFERENCES grid_square(session_id, grid_square)
) STRICT;
CREATE INDEX grid_square_image_by_file ON grid_square_image(metadata_file_id) WHERE metadata_file_id IS NOT NULL;
CREATE INDEX grid_square_image_by_image ON grid_square_image(image_file_id) WHERE image_file_id IS NOT NULL;

CREATE TABLE hole_image (
    hole_image_id         INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    grid_square           INTEGER,
    foil_hole             INTEGER NOT NULL,
    name                  TEXT NOT NULL,         -- base name without suffix
    metadata_file_id      INTEGER REFERENCES source_file(source_file_id) ON DELETE SET NULL,  -- NULL: only the JPG exists
    image_file_id         INTEGER REFERENCES source_file(source_file_id) ON DELETE SET NULL,  -- NULL: no JPG
    unique_id             TEXT,                  -- EPU's uniqueID
    acquired_at           TEXT,                  -- UTC
    utc_offset_minutes    INTEGER,
    stage_x_um            REAL,                  -- um
    stage_y_um            REAL,                  -- um
    stage_z_um            REAL,                  -- um
    stage_alpha_deg       REAL,
    stage_beta_deg        REAL,
    image_shift_x         REAL,                  -- beam-shift units
    image_shift_y         REAL,
    beam_diameter_um      REAL,
    spot_index            INTEGER,
    probe_mode            TEXT,
    defocus_um            REAL,
    magnification         INTEGER,
    pixel_size_um         REAL,                  -- um per pixel of the stored image
    image_to_stage_m11    REAL,                  -- um per unbinned pixel
    image_to_stage_m12    REAL,
    image_to_stage_m21    REAL,
    image_to_stage_m22    REAL,
    camera                TEXT,
    readout_width_px      INTEGER,
    readout_height_px     INTEGER,
    binning               INTEGER,
    exposure_time_s       REAL,
    dose_e_per_a2         REAL,
    center_x_px           REAL,                  -- hole centre that EPU found, image pixels, y down
    center_y_px           REAL,
    hole_width_px         REAL,                  -- size of the hole that EPU found
    hole_height_px        REAL,
    center_quality        REAL,
    hole_rotation         REAL,                  -- as EPU wrote them
    hole_shear            REAL,
    UNIQUE (session_id, name),
    FOREIGN KEY (session_id, foil_hole) REFERENCES foil_hole(session_id, foil_hole),
    FOREIGN KEY (session_id, grid_square) REFERENCES grid_square(session_id, grid_square)
) STRICT;
CREATE INDEX hole_image_by_hole ON hole_image(session_id, foil_hole);
CREATE INDEX hole_image_by_file ON hole_image(metadata_file_id) WHERE metadata_file_id IS NOT NULL;
CREATE INDEX hole_image_by_image ON hole_image(image_file_id) WHERE image_file_id IS NOT NULL;

CREATE TABLE exposure (
    exposure_id           INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    grid_square           INTEGER,
    foil_hole             INTEGER NOT NULL,
    area                  INTEGER NOT NULL,
    third_number          INTEGER NOT NULL,      -- of the name: acquisition setting, or the hole's rank in its AFIS cluster
    name                  TEXT NOT NULL,         -- base name without suffix
    metadata_file_id      INTEGER NOT NULL REFERENCES source_file(source_file_id) ON DELETE CASCADE,
    image_file_id         INTEGER REFERENCES source_file(source_file_id) ON DELETE SET NULL,  -- JPG preview; NULL: none
    unique_id             TEXT,                  -- EPU's uniqueID
    core_guid             TEXT,
    acquired_at           TEXT NOT NULL,         -- UTC
    utc_offset_minutes    INTEGER,               -- NULL: unknown; the time is then the file name's
    software              TEXT,                  -- EPU, Fei EPU
    epu_version           TEXT,
    instrument_id         TEXT,
    instrument_model      TEXT,
    computer_name         TEXT,
    high_tension_kv       REAL,
    stage_x_um            REAL NOT NULL,         -- read-back, um
    stage_y_um            REAL NOT NULL,         -- um
    stage_z_um            REAL,                  -- um
    stage_alpha_deg       REAL,                  -- tilt, degrees
    stage_beta_deg        REAL,
    beam_shift_x          REAL NOT NULL,         -- beam-shift units; one moves the beam by some 25 um
    beam_shift_y          REAL NOT NULL,
    image_shift_x         REAL,                  -- units as beam shift
    image_shift_y         REAL,
    beam_tilt_x           REAL,                  -- about radian
    beam_tilt_y           REAL,
    beam_diameter_um      REAL,                  -- um; NULL where EPU wrote 0
    spot_index            INTEGER,
    probe_mode            TEXT,                  -- NanoProbe or MicroProbe
    intensity             REAL,                  -- C2 strength; NULL where EPU wrote 0, as with three condensers in 1.10, 2.3 and from 3.4 on
    illumination_intensity REAL,                 -- NULL where EPU wrote 0; with two condensers (Glacios) as intensity
    defocus_um            REAL,                  -- lens value, um
    applied_defocus_um    REAL,                  -- as requested, um
    magnification         INTEGER,               -- nominal
    stem                  INTEGER,               -- 1: STEM magnification
    objective_lens_mode   TEXT,                  -- HM
    illumination_mode     TEXT,                  -- Parallel
    projector_mode        TEXT,                  -- Imaging
    column_mode           TEXT,                  -- TEM
    xl_mode               INTEGER,
    eftem                 INTEGER,               -- 1: energy filter in use
    slit_inserted         INTEGER,
    slit_width_ev         REAL,                  -- eV
    energy_shift_ev       REAL,                  -- eV
    phase_plate           INTEGER,               -- 1: used
    phase_plate_aperture  TEXT,
    phase_plate_position  INTEGER,
    aperture_c1           TEXT,                  -- um as text, or None
    aperture_c2           TEXT,
    aperture_c3           TEXT,
    aperture_objective    TEXT,
    aperture_sa           TEXT,
    pixel_size_a          REAL,                  -- Angstrom per pixel of the stored image
    pixel_size_y_a        REAL,
    image_to_stage_m11    REAL,                  -- ReferenceTransformation, um per unbinned pixel
    image_to_stage_m12    REAL,
    image_to_stage_m21    REAL,
    image_to_stage_m22    REAL,
    camera                TEXT,                  -- e.g. EF-CCD, BM-Falcon
    camera_location       TEXT,
    camera_model          TEXT,                  -- e.g. BioQuantum K3
    camera_serial_number  TEXT,
    readout_width_px      INTEGER,               -- after binning
    readout_height_px     INTEGER,
    readout_x_px          INTEGER,
    readout_y_px          INTEGER,
    binning               INTEGER,
    binning_y             INTEGER,
    counting              INTEGER,               -- 1: electron counting, as asked of the camera
    counted               INTEGER,               -- 1: electrons were counted, as the camera says
    super_resolution      INTEGER,               -- factor
    fractionation         TEXT,                  -- Equidistant, Varidistant or Eer; NULL: no movie
    fractions             INTEGER,               -- frames of the movie
    camera_frames         INTEGER,               -- last camera frame that a fraction holds
    frame_rate_hz         REAL,
    gain_reference        TEXT,                  -- relative path
    exposure_time_s       REAL,                  -- s
    detector_exposure_time_s REAL,               -- as the detector says
    detector_time_us      INTEGER,               -- microseconds since 1970
    dose_e_per_a2         REAL,                  -- electrons per square Angstrom
    dose_on_camera_e_per_px REAL,                -- electrons per stored pixel
    dose_rate_e_per_px_s  REAL,                  -- electrons per pixel and second; K3: per super-resolution pixel, a quarter of a physical one
    total_dose_e_per_px   REAL,                  -- electrons per camera pixel, as the detector says
    beam_current_na       REAL,
    gun_flash             TEXT,                  -- CFEGFlashTimeStamp as written
    -- 1: contradicted by what else is recorded (table notice), and not used to call a micrograph clean.
    pixel_size_doubtful   INTEGER NOT NULL DEFAULT 0,
    dose_doubtful         INTEGER NOT NULL DEFAULT 0,
    beam_diameter_doubtful INTEGER NOT NULL DEFAULT 0,
    FOREIGN KEY (session_id, grid_square) REFERENCES grid_square(session_id, grid_square),
    FOREIGN KEY (session_id, foil_hole) REFERENCES foil_hole(session_id, foil_hole),
    FOREIGN KEY (session_id, area) REFERENCES template_area(session_id, area)
) STRICT;
CREATE UNIQUE INDEX exposure_identity ON exposure(session_id, name, ifnull(unique_id, ''));
CREATE INDEX exposure_in_time ON exposure(session_id, acquired_at, name);
CREATE INDEX exposure_by_file ON exposure(metadata_file_id);
CREATE INDEX exposure_without_offset ON exposure(session_id) WHERE utc_offset_minutes IS NULL;
CREATE INDEX exposure_by_image ON exposure(image_file_id) WHERE image_file_id IS NOT NULL;

-- What else an image's CustomData says: keys that have no column.
CREATE TABLE custom_value (
    source_file_id        INTEGER NOT NULL REFERENCES source_file(source_file_id) ON DELETE CASCADE,
    key                   TEXT NOT NULL,
    type                  TEXT,                  -- double, string, boolean, int, long ...
    value                 TEXT,                  -- as written; NULL: an object, or nil
    PRIMARY KEY (source_file_id, key)
) STRICT, WITHOUT ROWID;

-- What a person should know of a session before its results are believed: which files were not joined to it, and which of
-- its values contradict each other. epu-ingest writes them again when it has read a session.
CREATE TABLE notice (
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    name                  TEXT NOT NULL,         -- of the check, as pixel-size or foreign-session-file
    subject               TEXT NOT NULL DEFAULT '',  -- where one check says several things: of which file or setting
    message               TEXT NOT NULL,         -- a sentence, with the numbers
    exposures             INTEGER,               -- how many it concerns; NULL: it concerns no exposures
    PRIMARY KEY (session_id, name, subject)
) STRICT, WITHOUT ROWID;

------------------------------------------------------------------ analysis (epu-analyze)

-- Beam shift to stage: as a user gave it, or as it was found. All candidates stay, `chosen` is what analyses use.
CREATE TABLE calibration (
    calibration_id        INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    method                TEXT NOT NULL,         -- given, holes, template, centring, lattice, history; stage: no beam shift; none
    chosen                INTEGER NOT NULL DEFAULT 0,  -- 1: analyses use it unless told otherwise; 2: as its method was asked for
    probe_mode            TEXT,                  -- of the exposures that it is for; NULL: of all
    tilt_deg              REAL,                  -- of the stage, whole degrees; NULL: whatever it is
    high_tension_kv       REAL,
    m11                   REAL NOT NULL,         -- stage = matrix x beam shift, um per beam-shift unit
    m12                   REAL NOT NULL,
    m21                   REAL NOT NULL,
    m22                   REAL NOT NULL,
    m11_error             REAL,                  -- standard errors, um per unit
    m12_error             REAL,
    m21_error             REAL,
    m22_error             REAL,
    scale                 REAL NOT NULL,         -- sqrt|det|, um per unit
    angle_deg             REAL NOT NULL,         -- of the nearest similarity, (-180, 180]
    mirrored              INTEGER NOT NULL,      -- 1: det < 0
    singular_ratio        REAL,                  -- the greater singular value over the smaller: 1 for a similarity
    residual_um           REAL,                  -- rms of the fit, um
    stage_error_um        REAL,                  -- of the stops' read-backs in x and in y, by the lattice, standard deviation; NULL: not known
    hole_error_um         REAL,                  -- of the holes about the lattice of their square, likewise
    backlash_x_um         REAL,                  -- by how much read-backs lag behind the last move; NULL: the session shows none
    backlash_y_um         REAL,
    stage_pairs           INTEGER,               -- holes that were imaged before and after the move that centred them; NULL: none
    stage_pairs_x_um      REAL,                  -- how far the read-backs differ in x over them, rms, um: of two errors
    stage_pairs_y_um      REAL,
    stops                 INTEGER,               -- stage stops that were used
    holes                 INTEGER,               -- foil holes that were used
    sites                 INTEGER,               -- lattice sites that these holes lie on
    collisions            INTEGER,               -- of these sites, those that hold holes from more than one stage stop
    numbering_pairs       INTEGER,               -- holes of successive ids, shot from different stops
    numbering_hits        INTEGER,               -- of these pairs, those that lie on neighbouring sites
    margin                REAL,                  -- ahead of the next candidate, in log likelihood
    agrees                TEXT,                  -- methods that found the same, JSON list
    foil                  TEXT,                  -- square or hexagonal
    g11                   REAL,                  -- columns: the foil's lattice vectors, beam-shift units
    g12                   REAL,
    g21                   REAL,
    g22                   REAL,
    verdict               TEXT NOT NULL,         -- given, good, doubtful or undetermined
    reason                TEXT,                  -- what the verdict rests on, in words
    exposures             INTEGER,               -- that the session had for it
    created_at            TEXT NOT NULL
) STRICT;
CREATE INDEX calibration_by_session ON calibration(session_id);
CREATE INDEX calibration_good ON calibration(session_id) WHERE chosen AND verdict = 'good';

-- The stage stops that a found calibration saw.
CREATE TABLE stage_stop (
    calibration_id        INTEGER NOT NULL REFERENCES calibration(calibration_id) ON DELETE CASCADE,
    stop                  INTEGER NOT NULL,      -- from 0, in time order
    first_exposure_id     INTEGER NOT NULL REFERENCES exposure(exposure_id) ON DELETE CASCADE,
    exposures             INTEGER NOT NULL,
    x_um                  REAL NOT NULL,         -- mean of the read-backs, um
    y_um                  REAL NOT NULL,
    correction_x_um       REAL,                  -- error of the read-backs, taken from its exposures' positions; NULL: not known, none taken
    correction_y_um       REAL,
    error_um              REAL,                  -- standard error, in x and in y, of where its exposures lie among those near them; NULL: not known
    aside_um              REAL,                  -- how far its holes miss the lattice, if farther than the other stops explain: not corrected
    PRIMARY KEY (calibration_id, stop)
) STRICT, WITHOUT ROWID;
CREATE INDEX stage_stop_by_exposure ON stage_stop(first_exposure_id);

-- Where a found calibration puts each visit to a foil hole, and the site of the foil's lattice that it lies on.
CREATE TABLE hole_site (
    calibration_id        INTEGER NOT NULL,
    visit                 INTEGER NOT NULL,      -- from 0, in time order
    stop                  INTEGER NOT NULL,
    foil_hole             INTEGER NOT NULL,
    grid_square           INTEGER,
    x_um                  REAL NOT NULL,         -- hole centre on the stage, up to a constant of the template, um
    y_um                  REAL NOT NULL,
    site_i                INTEGER,               -- within its grid square; NULL: on no site
    site_j                INTEGER,
    residual_x_um         REAL,                  -- from that site, um
    residual_y_um         REAL,
    PRIMARY KEY (calibration_id, visit),
    FOREIGN KEY (calibration_id, stop) REFERENCES stage_stop(calibration_id, stop) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX hole_site_by_stop ON hole_site(calibration_id, stop);

-- What a calibration by hole images (centring) saw of each foil hole: whether EPU centred it, by its first exposures.
CREATE TABLE hole_centring (
    calibration_id        INTEGER NOT NULL REFERENCES calibration(calibration_id) ON DELETE CASCADE,
    foil_hole             INTEGER NOT NULL,
    hole_image_id         INTEGER REFERENCES hole_image(hole_image_id) ON DELETE SET NULL,  -- its own last one before; NULL: it had none
    residual_um           REAL,                  -- from where that image and the matrix have it, um; NULL: not known
    is_used               INTEGER NOT NULL,      -- 1: the matrix rests on it
    repeats               INTEGER,               -- foil hole whose beam shift it repeats: it was not centred; NULL: of none
    PRIMARY KEY (calibration_id, foil_hole)
) STRICT, WITHOUT ROWID;
CREATE INDEX hole_centring_by_image ON hole_centring(hole_image_id) WHERE hole_image_id IS NOT NULL;

-- The template's areas as that calibration has them: for sessions without EpuSession.dm (view area_offset).
CREATE TABLE centred_area (
    calibration_id        INTEGER NOT NULL REFERENCES calibration(calibration_id) ON DELETE CASCADE,
    area                  INTEGER NOT NULL,
    offset_x_um           REAL NOT NULL,         -- from the hole's centre, um, in the hole image's scale
    offset_y_um           REAL NOT NULL,
    PRIMARY KEY (calibration_id, area)
) STRICT, WITHOUT ROWID;

CREATE TABLE beam_shift_clustering (
    clustering_id         INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    method                TEXT NOT NULL,         -- lattice, kmeans or hierarchical
    clusters              INTEGER NOT NULL,      -- how many there are
    squared_distance      REAL NOT NULL,         -- sum over exposures to their centre, squared beam-shift units
    created_at            TEXT NOT NULL,
    UNIQUE (session_id, method, clusters)
) STRICT;

CREATE TABLE beam_shift_cluster (
    clustering_id         INTEGER NOT NULL REFERENCES beam_shift_clustering(clustering_id) ON DELETE CASCADE,
    cluster               INTEGER NOT NULL,      -- from 0, by distance from the mean, then angle; lattice: by site
    center_x              REAL NOT NULL,         -- beam-shift units
    center_y              REAL NOT NULL,
    exposures             INTEGER NOT NULL,
    lattice_i             INTEGER,               -- steps along the foil's lattice vectors from the stop's centre hole
    lattice_j             INTEGER,
    PRIMARY KEY (clustering_id, cluster)
) STRICT, WITHOUT ROWID;

CREATE TABLE beam_shift_cluster_member (
    clustering_id         INTEGER NOT NULL,
    exposure_id           INTEGER NOT NULL REFERENCES exposure(exposure_id) ON DELETE CASCADE,
    cluster               INTEGER NOT NULL,
    PRIMARY KEY (clustering_id, exposure_id),
    FOREIGN KEY (clustering_id, cluster) REFERENCES beam_shift_cluster(clustering_id, cluster) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX beam_shift_cluster_member_by_cluster ON beam_shift_cluster_member(clustering_id, cluster);
CREATE INDEX beam_shift_cluster_member_by_exposure ON beam_shift_cluster_member(exposure_id);

-- RELION's optics groups: exposures at one position of the beam around its stage stop, under the same optics; where the
-- holes lie on no lattice (lacey carbon), exposures whose beam shifts are near each other. An exposure that has a group keeps it; later ones join the group of their position, or get the next number.
CREATE TABLE optics_group (
    optics_group_id       INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    optics_group          INTEGER NOT NULL,      -- its number: from 1, in the order of first acquisition
    probe_mode            TEXT,                  -- NanoProbe or MicroProbe
    tilt_deg              REAL NOT NULL,         -- of the stage, whole degrees
    high_tension_kv       REAL,
    pixel_size_a          REAL,                  -- Angstrom per pixel of the movie: of K2 and K3, exposure.pixel_size_a / super_resolution
    center_x              REAL NOT NULL,         -- mean of its position, beam-shift units
    center_y              REAL NOT NULL,
    lattice_i             INTEGER,               -- steps along the foil's lattice vectors from the stop's centre hole; NULL: no
                                                 -- AFIS, or holes on no lattice
    lattice_j             INTEGER,
    tolerance             REAL,                  -- of a cluster of beam shifts: no two exposures are farther apart, beam-shift
                                                 -- units; NULL: one position of the beam
    UNIQUE (session_id, optics_group)
) STRICT;

-- Exposures whose position is not known have no group.
CREATE TABLE optics_group_member (
    exposure_id           INTEGER PRIMARY KEY REFERENCES exposure(exposure_id) ON DELETE CASCADE,
    optics_group_id       INTEGER NOT NULL REFERENCES optics_group(optics_group_id) ON DELETE CASCADE
) STRICT;
CREATE INDEX optics_group_member_by_group ON optics_group_member(optics_group_id);

-- Exposure positions that may be compared: one grid, one calibration for each session and condition, and what a person
-- said of beams that EPU did not record.
CREATE TABLE placement_set (
    placement_set_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    grid                  TEXT NOT NULL,
    assumed_dose_e_per_a2 REAL,                  -- of exposures without a dose; NULL: what they gave is not known
    assumed_beam_diameter_um REAL,               -- of exposures without a beam diameter; NULL: what they hit is not known
    spot_dose_e_per_a2    REAL,                  -- of each autofocus and drift measurement; NULL: these are left out
    nearest_within_um     REAL,                  -- how far pre_exposure.nearest_um was sought; NULL: not yet
    session_id            INTEGER REFERENCES session(session_id) ON DELETE CASCADE  -- whose exposures are all placed, others only near these; NULL: all
) STRICT;
CREATE INDEX placement_set_judging_session ON placement_set(session_id);

CREATE TABLE placement_set_session (
    placement_set_id      INTEGER NOT NULL REFERENCES placement_set(placement_set_id) ON DELETE CASCADE,
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    calibration_id        INTEGER NOT NULL REFERENCES calibration(calibration_id) ON DELETE CASCADE,
    -- A place p of its stage coordinates is L (p - centre) + centre - offset in those of the set's session (in old sets the first),
    -- where L turns by turn_deg, anticlockwise: [[cos, -sin], [sin, cos]], or, mirrored, [[cos, sin], [sin, -cos]]. Squares that
    -- lie aside of the others are placed where their holes lie: placement has them so.
    offset_x_um           REAL NOT NULL DEFAULT 0,  -- um
    offset_y_um           REAL NOT NULL DEFAULT 0,
    offset_error_um       REAL,                  -- standard error, in x and in y; NULL: taken as 0, not measured
    turn_deg              REAL NOT NULL DEFAULT 0,
    turn_error_deg        REAL,                  -- standard error; NULL: as above
    mirrored              INTEGER NOT NULL DEFAULT 0,  -- 1: the grid was put back upside down
    centre_x_um           REAL NOT NULL DEFAULT 0,  -- the middle of the holes that were measured, um
    centre_y_um           REAL NOT NULL DEFAULT 0,
    corrections           TEXT,                  -- digest of the corrections of its stage stops: with others it is placed again; NULL: none
    PRIMARY KEY (placement_set_id, session_id, calibration_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX placement_set_by_session ON placement_set_session(session_id);
CREATE INDEX placement_set_by_calibration ON placement_set_session(calibration_id);

CREATE TABLE placement (
    placement_id          INTEGER PRIMARY KEY AUTOINCREMENT,
    placement_set_id      INTEGER NOT NULL REFERENCES placement_set(placement_set_id) ON DELETE CASCADE,
    exposure_id           INTEGER NOT NULL REFERENCES exposure(exposure_id) ON DELETE CASCADE,
    x_um                  REAL NOT NULL,         -- stage - its stop's correction + matrix x beam shift, in the stage coordinates of the set's session, um
    y_um                  REAL NOT NULL,
    error_um              REAL,                  -- standard error in x and in y, among the exposures of its session near it; NULL: not known
    field_reach_um        REAL NOT NULL DEFAULT 0,  -- half the diagonal of its camera field on the tilted specimen; 0.6 where not known
    UNIQUE (placement_set_id, exposure_id)
) STRICT;
CREATE INDEX placement_by_exposure ON placement(exposure_id);

-- Coordinates are 32-bit floats: search with a margin, then test placement's own numbers. The third dimension is the set
-- and, within it, the size of the beam: set + n/16 for diameters up to 0.5 x 2^n um, n from 0 to 7 (unknown: 2).
CREATE VIRTUAL TABLE placement_index USING rtree(
    placement_id, min_x_um, max_x_um, min_y_um, max_y_um, min_set, max_set
);
CREATE TRIGGER placement_leaves_index AFTER DELETE ON placement BEGIN
    DELETE FROM placement_index WHERE placement_id = old.placement_id;
END;

-- What a micrograph's camera field had received when it was shot, from all earlier exposures of the set, and how near the
-- nearest of these is. Unplanned: without those that overlap it by design. NULL: not known, as where a beam that may have
-- hit the field has no diameter or no dose, or where the field's size or direction matters and is not known.
CREATE TABLE pre_exposure (
    placement_id          INTEGER PRIMARY KEY REFERENCES placement(placement_id) ON DELETE CASCADE,
    dose_e_per_a2         REAL,                  -- mean over the field, electrons per square Angstrom
    unplanned_dose_e_per_a2 REAL,
    field_share           REAL,                  -- of the field that earlier beams covered, 0 to 1
    unplanned_field_share REAL,
    nearest_um            REAL,                  -- to the nearest earlier exposure, um; NULL: none within nearest_within_um
    nearest_unplanned_um  REAL,
    least_dose_e_per_a2   REAL,                  -- what is known for certain of dose_e_per_a2, where the whole may be more
    least_unplanned_dose_e_per_a2 REAL
) STRICT;

CREATE TABLE analysis (
    analysis_id           INTEGER PRIMARY KEY AUTOINCREMENT,
    placement_set_id      INTEGER NOT NULL REFERENCES placement_set(placement_set_id) ON DELETE CASCADE,
    session_id            INTEGER REFERENCES session(session_id) ON DELETE CASCADE,  -- whose exposures it judges; NULL: those of all its sessions
    is_default            INTEGER NOT NULL DEFAULT 0,  -- 1: what epu-analyze makes of the session when nothing is asked for
    radius_um             REAL,                  -- greatest distance of an overlap pair, um; NULL: any
    radius_source         TEXT,                  -- given, beam-diameter, assumed-beam-diameter or camera-field; NULL: not known
    min_field_overlap     REAL,                  -- least share of the later field that the earlier beam covered; NULL: any
    min_pre_dose_e_per_a2 REAL,                  -- least dose that the later field had received; NULL: any
    count_neighbours      INTEGER NOT NULL,      -- 1: by-design pairs make an exposure overexposed, too
    across_sessions       INTEGER NOT NULL,      -- 1: compared with the earlier exposures of the grid in whatever session
    certainty             REAL NOT NULL DEFAULT 0.5,  -- least probability of a pair that counts, where it has one
    exposures             INTEGER NOT NULL,
    pairs                 INTEGER NOT NULL,
    overexposed           INTEGER NOT NULL,
    without_dose          INTEGER NOT NULL DEFAULT 0,  -- of the exposures, and nothing was assumed
    without_beam_diameter INTEGER NOT NULL DEFAULT 0,
    without_field         INTEGER NOT NULL DEFAULT 0,
    undecided             INTEGER NOT NULL DEFAULT 0,  -- rows of undecided_exposure
    position_error_um     REAL,                  -- median of placement.error_um of what it judged; NULL: not known of most
    created_at            TEXT NOT NULL,
    rules                 INTEGER NOT NULL DEFAULT 0, -- version of the rules that tell causes; 0: to be told again
    last_placement_id     INTEGER,               -- of the set, when it was analysed: later ones were not judged
    basis                 TEXT                   -- sessions, their exposures and calibrations: while these are so, so is the result
) STRICT;
CREATE UNIQUE INDEX analysis_criteria ON analysis(
    placement_set_id, ifnull(radius_um, 0), ifnull(min_field_overlap, 0), ifnull(min_pre_dose_e_per_a2, 0),
    count_neighbours, across_sessions, ifnull(session_id, 0), certainty
);
CREATE INDEX analysis_of_session ON analysis(session_id);

-- The sessions whose exposures an analysis compared with each other, and how each was placed.
CREATE TABLE analysis_session (
    analysis_id           INTEGER NOT NULL REFERENCES analysis(analysis_id) ON DELETE CASCADE,
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    calibration_id        INTEGER NOT NULL REFERENCES calibration(calibration_id) ON DELETE CASCADE,
    PRIMARY KEY (analysis_id, session_id, calibration_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX analysis_by_session ON analysis_session(session_id);
CREATE INDEX analysis_by_calibration ON analysis_session(calibration_id);

-- Sessions of the grid that should have been compared with an analysis's own and could not be.
CREATE TABLE uncompared_session (
    analysis_id           INTEGER NOT NULL REFERENCES analysis(analysis_id) ON DELETE CASCADE,
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    reason                TEXT NOT NULL,         -- in words
    PRIMARY KEY (analysis_id, session_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX uncompared_session_by_session ON uncompared_session(session_id);

CREATE TABLE overlap (
    analysis_id           INTEGER NOT NULL REFERENCES analysis(analysis_id) ON DELETE CASCADE,
    later_id              INTEGER NOT NULL REFERENCES exposure(exposure_id) ON DELETE CASCADE,
    earlier_id            INTEGER NOT NULL REFERENCES exposure(exposure_id) ON DELETE CASCADE,
    distance_um           REAL NOT NULL,         -- between beam centres, um
    cause                 TEXT NOT NULL CHECK (cause = 'same-area' OR cause = 'unmoved-stage' OR cause = 'wrong-centre'
                              OR cause = 'neighbour' OR cause = 'by-design' OR cause = 'across-sessions'
                              OR cause = 'unexplained'),
    field_overlap         REAL,                  -- share of the later camera field that the earlier beam covered
    beam_overlap          REAL,                  -- share of the later beam that the earlier beam covered
    probability           REAL,                  -- that it meets the criteria on pairs, by how well the distance is known; NULL: not known
    PRIMARY KEY (analysis_id, later_id, earlier_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX overlap_by_later ON overlap(later_id);
CREATE INDEX overlap_by_earlier ON overlap(earlier_id);

-- What went wrong at the microscope once, and cost some micrographs: a cluster of holes shot at the wrong place, or
-- several that follow each other.
CREATE TABLE incident (
    analysis_id           INTEGER NOT NULL REFERENCES analysis(analysis_id) ON DELETE CASCADE,
    incident              INTEGER NOT NULL,      -- from 1, in time order
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    cause                 TEXT NOT NULL,         -- the commonest one of its micrographs
    first_exposure_id     INTEGER NOT NULL REFERENCES exposure(exposure_id) ON DELETE CASCADE,  -- of those that were shot wrongly
    last_exposure_id      INTEGER NOT NULL REFERENCES exposure(exposure_id) ON DELETE CASCADE,
    clusters              INTEGER NOT NULL,      -- of holes, each shot after one centring
    micrographs           INTEGER NOT NULL,      -- overexposed by it
    pairs                 INTEGER NOT NULL,      -- of these micrographs with earlier exposures
    distance_um           REAL NOT NULL,         -- mean of its micrographs to their nearest earlier exposure, um
    pre_dose_e_per_a2     REAL,                  -- mean dose that they had received before; NULL: not known of all
    PRIMARY KEY (analysis_id, incident)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_by_session ON incident(session_id);
CREATE INDEX incident_by_first ON incident(first_exposure_id);
CREATE INDEX incident_by_last ON incident(last_exposure_id);

-- The overexposed exposures, each with the nearest of the earlier ones.
CREATE TABLE overexposure (
    analysis_id           INTEGER NOT NULL REFERENCES analysis(analysis_id) ON DELETE CASCADE,
    exposure_id           INTEGER NOT NULL REFERENCES exposure(exposure_id) ON DELETE CASCADE,
    nearest_id            INTEGER NOT NULL REFERENCES exposure(exposure_id) ON DELETE CASCADE,
    incident              INTEGER,               -- NULL: found by a version without incidents
    probability           REAL,                  -- of its most certain pair that counts; NULL: not known
    PRIMARY KEY (analysis_id, exposure_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX overexposure_by_exposure ON overexposure(exposure_id);
CREATE INDEX overexposure_by_nearest ON overexposure(nearest_id);

-- Exposures that could not be judged: the criteria ask for what their fields had received, and that is not known.
CREATE TABLE undecided_exposure (
    analysis_id           INTEGER NOT NULL REFERENCES analysis(analysis_id) ON DELETE CASCADE,
    exposure_id           INTEGER NOT NULL REFERENCES exposure(exposure_id) ON DELETE CASCADE,
    PRIMARY KEY (analysis_id, exposure_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX undecided_exposure_by_exposure ON undecided_exposure(exposure_id);

-- Exposures that count as not overexposed, and may be: a pair with an earlier one has a probability of 5 % or more, and
-- less than the certainty that was asked for.
CREATE TABLE possible_overexposure (
    analysis_id           INTEGER NOT NULL REFERENCES analysis(analysis_id) ON DELETE CASCADE,
    exposure_id           INTEGER NOT NULL REFERENCES exposure(exposure_id) ON DELETE CASCADE,
    earlier_id            INTEGER NOT NULL REFERENCES exposure(exposure_id) ON DELETE CASCADE,  -- of the most probable pair
    distance_um           REAL NOT NULL,         -- its distance, um
    probability           REAL NOT NULL,
    PRIMARY KEY (analysis_id, exposure_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX possible_overexposure_by_exposure ON possible_overexposure(exposure_id);
CREATE INDEX possible_overexposure_by_earlier ON possible_overexposure(earlier_id);

-- What the exposures of a session add up to, by its published analysis, so that figures of a whole archive need not read each of
-- its exposures. It has no row where something has changed since: then epu-analyze makes it again, and reports add up themselves.
-- Exposures an hour are NULL, not known, from less than four intervals, or from less than fifty in less than ten minutes.
CREATE TABLE session_figures (
    session_id            INTEGER PRIMARY KEY REFERENCES session(session_id) ON DELETE CASCADE,
    analysis_id           INTEGER REFERENCES analysis(analysis_id) ON DELETE CASCADE,  -- that is meant; NULL: never analysed
    exposures             INTEGER NOT NULL,
    foil_holes            INTEGER NOT NULL,      -- exposed
    areas                 INTEGER NOT NULL,      -- different ones in these holes
    started_at            TEXT,                  -- first exposure, UTC
    ended_at              TEXT,                  -- last exposure, UTC
    exposures_per_hour    REAL,                  -- outside pauses, which are intervals of more than ten minutes
    exposures_per_hour_with_pauses REAL,
    hours                 REAL NOT NULL,         -- from the first exposure to the last
    pauses                INTEGER NOT NULL,
    paused_hours          REAL NOT NULL,
    median_interval_s     REAL,                  -- between successive exposures
    placed                INTEGER NOT NULL,      -- exposures that the analysis judged, or could not
    overexposed           INTEGER NOT NULL,
    undecided             INTEGER NOT NULL,      -- could not be judged
    uncertain             INTEGER NOT NULL,      -- of the overexposed, with a probability below 95 %
    of_unknown_certainty  INTEGER NOT NULL,      -- of the overexposed
    possible              INTEGER NOT NULL,      -- not counted as overexposed, and may be
    reviewed_keep         INTEGER NOT NULL,      -- micrographs that a person said to keep
    reviewed_bad          INTEGER NOT NULL,
    -- What fields had received before, electrons per square Angstrom: of how many it is known, and how it is spread.
    known_doses           INTEGER NOT NULL,
    dose_median_e_per_a2  REAL,
    dose_percentile95_e_per_a2 REAL,
    dose_greatest_e_per_a2 REAL,
    known_unplanned_doses INTEGER NOT NULL,      -- without what overlaps by design
    unplanned_dose_median_e_per_a2 REAL,
    unplanned_dose_percentile95_e_per_a2 REAL,
    unplanned_dose_greatest_e_per_a2 REAL
) STRICT;
CREATE INDEX session_figures_by_analysis ON session_figures(analysis_id);
-- Whatever epu-ingest stores of a session, it opens the session for first: a trigger for each new exposure would cost more than
-- all indexes of a row. Sessions that are open have no figures.
CREATE TRIGGER figures_leave_with_open_session AFTER UPDATE OF is_settled ON session WHEN NOT new.is_settled BEGIN
    DELETE FROM session_figures WHERE session_id = new.session_id;
END;
CREATE TRIGGER figures_leave_with_exposure AFTER DELETE ON exposure BEGIN
    DELETE FROM session_figures WHERE session_id = old.session_id;
END;
CREATE TRIGGER figures_leave_with_changed_exposure AFTER UPDATE OF session_id, name, acquired_at ON exposure BEGIN
    DELETE FROM session_figures WHERE session_id IN (old.session_id, new.session_id);
END;
CREATE TRIGGER figures_leave_with_placement AFTER DELETE ON placement BEGIN
    DELETE FROM session_figures
    WHERE session_id = (SELECT session_id FROM exposure WHERE exposure_id = old.exposure_id);
END;
CREATE TRIGGER figures_leave_with_pre_exposure AFTER DELETE ON pre_exposure BEGIN
    DELETE FROM session_figures WHERE session_id = (
        SELECT e.session_id FROM placement p JOIN exposure e ON e.exposure_id = p.exposure_id
        WHERE p.placement_id = old.placement_id);
END;
-- A search ends with an update of its analysis.
CREATE TRIGGER figures_leave_with_analysis AFTER UPDATE ON analysis BEGIN
    DELETE FROM session_figures WHERE analysis_id = new.analysis_id;
END;
-- One that adds up what fields had received updates its set, too: that counts for all analyses of the set.
CREATE TRIGGER figures_leave_with_placement_set AFTER UPDATE ON placement_set BEGIN
    DELETE FROM session_figures
    WHERE analysis_id IN (SELECT analysis_id FROM analysis WHERE placement_set_id = new.placement_set_id);
END;

------------------------------------------------------------------ people

CREATE TABLE review (
    exposure_id           INTEGER PRIMARY KEY REFERENCES exposure(exposure_id) ON DELETE CASCADE,
    verdict               TEXT NOT NULL CHECK (verdict IN ('keep', 'bad')),
    reason                TEXT,
    reviewed_at           TEXT NOT NULL
) STRICT;
CREATE TRIGGER figures_leave_with_new_review AFTER INSERT ON review BEGIN
    DELETE FROM session_figures
    WHERE session_id = (SELECT session_id FROM exposure WHERE exposure_id = new.exposure_id);
END;
CREATE TRIGGER figures_leave_with_changed_review AFTER UPDATE ON review BEGIN
    DELETE FROM session_figures
    WHERE session_id IN (SELECT session_id FROM exposure WHERE exposure_id IN (old.exposure_id, new.exposure_id));
END;
CREATE TRIGGER figures_leave_with_review AFTER DELETE ON review BEGIN
    DELETE FROM session_figures
    WHERE session_id = (SELECT session_id FROM exposure WHERE exposure_id = old.exposure_id);
END;

-- Sessions of which a person said that they are on one grid, though it got a new atlas in between. Holes must confirm it.
CREATE TABLE same_grid (
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    other_session_id      INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,
    said_at               TEXT NOT NULL,
    PRIMARY KEY (session_id, other_session_id),
    CHECK (session_id < other_session_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX same_grid_by_other ON same_grid(other_session_id);

-- Sessions that a person joined to another one (epu-ingest join): the name and start that their EpuSession.dm gives lead to that
-- one from then on. With neither, the first EpuSession.dm of another name that comes to a folder of the session is meant.
CREATE TABLE joined_session (
    joined_session_id     INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id            INTEGER NOT NULL REFERENCES session(session_id) ON DELETE CASCADE,  -- that it is part of now
    name                  TEXT NOT NULL,         -- that it had
    epu_name              TEXT,                  -- EpuSession.dm's Name as written
    created_at            TEXT,                  -- EpuSession.dm's StartDateTime, UTC
    joined_at             TEXT NOT NULL
) STRICT;
CREATE INDEX joined_session_by_session ON joined_session(session_id);

-- Sessions that a person split (epu-ingest split). The exposures and images that the archive has stay in their part. Of those that
-- come later to the folders of the session, a part gets what its rule says: by time, else by square, else by name. A session may
-- be split several times, and a part again: an earlier row holds before a later one, then the rows of its part hold. A row whose
-- part is the session itself says what stays: that part was joined to it again. EpuSession.dm and hole maps stay with the session
-- that was split; the part is told what they say. Where one of the two is removed, its id stays here (it is never used again), and
-- the session is made again when its files are read again; with the last of them the rows go.
CREATE TABLE session_split (
    session_split_id      INTEGER PRIMARY KEY AUTOINCREMENT,
    session_id            INTEGER NOT NULL,      -- that was split
    part_session_id       INTEGER NOT NULL,      -- what was taken out of it
    part_name             TEXT NOT NULL,         -- that the part was given
    starts_at             TEXT,                  -- UTC: exposures at and after it are the part's; NULL: the time does not tell
    utc_offset_minutes    INTEGER,               -- of the microscope's clock, for exposures that have only the time of their name
    split_at              TEXT NOT NULL
) STRICT;
CREATE INDEX session_split_by_session ON session_split(session_id);
CREATE INDEX session_split_by_part ON session_split(part_session_id);

-- The grid squares that are a part's.
CREATE TABLE split_square (
    session_split_id      INTEGER NOT NULL REFERENCES session_split(session_split_id) ON DELETE CASCADE,
    grid_square           INTEGER NOT NULL,
    PRIMARY KEY (session_split_id, grid_square)
) STRICT, WITHOUT ROWID;

-- The exposures that a person named as a part's.
CREATE TABLE split_exposure (
    session_split_id      INTEGER NOT NULL REFERENCES session_split(session_split_id) ON DELETE CASCADE,
    name                  TEXT NOT NULL,         -- base name without suffix
    PRIMARY KEY (session_split_id, name)
) STRICT, WITHOUT ROWID;

-- The analysis that a person named for the reports of a session. What it asked for stands here, too, so that it can be made
-- again when the session has grown, or when what it rested on is gone.
CREATE TABLE published_analysis (
    session_id            INTEGER PRIMARY KEY REFERENCES session(session_id) ON DELETE CASCADE,
    analysis_id           INTEGER REFERENCES analysis(analysis_id) ON DELETE SET NULL,  -- NULL: to be made again by epu-analyze
    radius_um             REAL,                  -- the criteria, as analysis has them
    min_field_overlap     REAL,
    min_pre_dose_e_per_a2 REAL,
    count_neighbours      INTEGER NOT NULL,
    across_sessions       INTEGER NOT NULL,
    certainty             REAL NOT NULL DEFAULT 0.5,
    m11                   REAL,                  -- the matrix that a person gave; NULL: the session's own calibration
    m12                   REAL,
    m21                   REAL,
    m22                   REAL,
    assumed_dose_e_per_a2 REAL,                  -- what was assumed, as placement_set has it
    assumed_beam_diameter_um REAL,
    spot_dose_e_per_a2    REAL,
    published_at          TEXT NOT NULL
) STRICT;
CREATE INDEX published_analysis_by_analysis ON published_analysis(analysis_id);

------------------------------------------------------------------ views for people
-- Other engines (DuckDB) run a view's text as their own SQL: no column outside GROUP BY, no integer division, LIKE, iif or
-- max(a, b), no IS NOT with a column, and no DISTINCT in the order of another column.

-- The schema's version, which a dump by `.dump` keeps: PRAGMA user_version and application_id get lost in it.
CREATE VIEW archive_version AS
SELECT 7 AS schema_version;

CREATE VIEW exposures AS
SELECT e.exposure_id, s.name AS session, e.grid_square, e.foil_hole, e.area, e.name, e.acquired_at,
       e.stage_x_um, e.stage_y_um, e.stage_z_um, e.beam_shift_x, e.beam_shift_y, e.beam_diameter_um,
       e.dose_e_per_a2, e.applied_defocus_um, e.pixel_size_a, e.magnification, e.instrument_id, e.epu_version,
       e.utc_offset_minutes, e.exposure_time_s, e.fractions, e.camera_model, e.unique_id,
       metadata_root.path || '/' || metadata.path AS metadata_path,
       image_root.path || '/' || image.path AS image_path, g.optics_group
FROM exposure e
JOIN session s USING (session_id)
JOIN source_file metadata ON metadata.source_file_id = e.metadata_file_id
JOIN session_root metadata_root ON metadata_root.session_root_id = metadata.session_root_id
LEFT JOIN source_file image ON image.source_file_id = e.image_file_id
LEFT JOIN session_root image_root ON image_root.session_root_id = image.session_root_id
LEFT JOIN optics_group_member m ON m.exposure_id = e.exposure_id
LEFT JOIN optics_group g ON g.optics_group_id = m.optics_group_id;

CREATE VIEW sessions AS
SELECT s.session_id, s.name AS session,
       coalesce(
           (SELECT r.path  -- of its last exposure: where a session was moved, to its new place
            FROM exposure e JOIN source_file f ON f.source_file_id = e.metadata_file_id
            JOIN session_root r ON r.session_root_id = f.session_root_id
            WHERE e.session_id = s.session_id ORDER BY e.acquired_at DESC, e.name DESC LIMIT 1),
           (SELECT r.path FROM session_root r WHERE r.session_id = s.session_id ORDER BY r.session_root_id DESC LIMIT 1)
       ) AS root,
       s.instrument_id, s.epu_version, s.grid,
       (SELECT min(e.acquired_at) FROM exposure e WHERE e.session_id = s.session_id) AS started_at,
       (SELECT max(e.acquired_at) FROM exposure e WHERE e.session_id = s.session_id) AS ended_at,
       (SELECT count(*) FROM exposure e WHERE e.session_id = s.session_id) AS exposures,
       CASE WHEN latest.analysis_id IS NOT NULL THEN
           (SELECT count(*) FROM overexposure o JOIN exposure x ON x.exposure_id = o.exposure_id
            WHERE x.session_id = s.session_id AND o.analysis_id = latest.analysis_id)
       END AS overexposed,  -- as far as could be told; NULL: never analysed
       (SELECT group_concat(other, ', ') FROM (
           SELECT n.other FROM not_compared n
           WHERE n.analysis_id = latest.analysis_id AND n.session_id = s.session_id ORDER BY n.started_at, n.other_id)
       ) AS not_compared,  -- sessions of the grid of which it is not known what they had exposed; NULL: there is none
       (SELECT group_concat(verdict, ', ') FROM (
           SELECT DISTINCT c.verdict FROM analysis_session l JOIN calibration c ON c.calibration_id = l.calibration_id
           WHERE l.analysis_id = latest.analysis_id AND l.session_id = s.session_id ORDER BY 1)
       ) AS calibration  -- verdicts; undetermined: overlaps between stage stops are not known. NULL: never analysed
FROM session s
LEFT JOIN latest_analysis latest ON latest.session_id = s.session_id;

-- Where each area of a template lies from the hole's centre, stage frame, um: by EpuSession.dm, else by hole images.
CREATE VIEW area_offset AS
SELECT session_id, area, offset_x_um, offset_y_um FROM template_area
WHERE offset_x_um IS NOT NULL AND offset_y_um IS NOT NULL
UNION ALL
SELECT t.session_id, t.area, c.offset_x_um, c.offset_y_um
FROM template_area t
JOIN centred_area c ON c.area = t.area AND c.calibration_id = (
    SELECT max(k.calibration_id)
    FROM calibration k JOIN centred_area a ON a.calibration_id = k.calibration_id AND a.area = t.area
    WHERE k.session_id = t.session_id)
WHERE t.offset_x_um IS NULL OR t.offset_y_um IS NULL;

-- The sessions whose exposures an analysis judged; it may have compared these with others.
CREATE VIEW judged_session AS
SELECT DISTINCT l.analysis_id, l.session_id
FROM analysis_session l JOIN analysis a USING (analysis_id)
WHERE a.session_id IS NULL OR a.session_id = l.session_id;

-- What same_grid makes of session.grid: both ways, and by way of others.
CREATE VIEW linked_grid AS
WITH RECURSIVE
    said(grid, other_grid) AS (
        SELECT a.grid, b.grid FROM same_grid g
        JOIN session a ON a.session_id = g.session_id JOIN session b ON b.session_id = g.other_session_id),
    pair(grid, other_grid) AS (SELECT grid, other_grid FROM said UNION SELECT other_grid, grid FROM said),
    linked(grid, other_grid) AS (
        SELECT grid, other_grid FROM pair
        UNION SELECT l.grid, p.other_grid FROM linked l JOIN pair p ON p.grid = l.other_grid)
SELECT grid, other_grid FROM linked WHERE grid <> other_grid;

-- Sessions of the grid of which it is not known for certain what they had exposed before what an analysis judged: those that
-- it names, and those that it says nothing of, as it kept within the session, or they came into the archive after it.
CREATE VIEW not_compared AS
SELECT analysis_id, session_id, other_id, other, started_at, reason, across_sessions, is_compared
FROM (SELECT j.analysis_id, j.session_id, o.session_id AS other_id, o.name AS other,
             (SELECT min(acquired_at) FROM exposure e WHERE e.session_id = o.session_id) AS started_at,  -- UTC
             CASE WHEN u.reason IS NULL AND o.grid <> s.grid
                     AND o.grid NOT IN (SELECT other_grid FROM linked_grid l WHERE l.grid = s.grid)
                 THEN 'it was compared, and is no longer said to be on the same grid: run `epu-analyze` again'
                 ELSE u.reason END AS reason,  -- NULL: it says nothing of the other
             a.across_sessions,
             EXISTS (SELECT 1 FROM analysis_session l
                     WHERE l.analysis_id = j.analysis_id AND l.session_id = o.session_id) AS is_compared  -- in part
      FROM judged_session j
      JOIN analysis a ON a.analysis_id = j.analysis_id
      JOIN session s ON s.session_id = j.session_id
      JOIN session o ON o.session_id <> s.session_id AND o.session_id IN (
          -- Each of them by an index: with OR, every session of the archive would be looked at.
          SELECT session_id FROM session WHERE grid = s.grid
          UNION SELECT t.session_id FROM linked_grid l JOIN session t ON t.grid = l.other_grid WHERE l.grid = s.grid
          UNION SELECT session_id FROM analysis_session WHERE analysis_id = j.analysis_id)
      LEFT JOIN uncompared_session u ON u.analysis_id = j.analysis_id AND u.session_id = o.session_id) AS n
WHERE reason IS NOT NULL OR (
    NOT is_compared
    AND started_at <= (SELECT max(acquired_at) FROM exposure e WHERE e.session_id = n.session_id));

-- The published analysis of each session, which reports use when none is named: the one that a person named, else the
-- default one, else the first that was made.
CREATE VIEW latest_analysis AS
SELECT session_id, analysis_id
FROM (SELECT s.session_id,
             (SELECT j.analysis_id
              FROM analysis_session j JOIN analysis a ON a.analysis_id = j.analysis_id
              LEFT JOIN published_analysis p ON p.session_id = j.session_id AND p.analysis_id = j.analysis_id
              WHERE j.session_id = s.session_id AND (a.session_id IS NULL OR a.session_id = s.session_id)
              ORDER BY p.analysis_id IS NULL, a.is_default DESC, a.analysis_id LIMIT 1) AS analysis_id
      FROM session s) AS latest
WHERE analysis_id IS NOT NULL;

-- All of them: what each asked for, in words and in columns, and whether reports show it of the session that it judges.
CREATE VIEW analyses AS
SELECT a.analysis_id,
       CASE WHEN j.calibrations = 1 THEN j.calibration_id END AS calibration_id,
       CASE WHEN j.sessions = 1 THEN j.session END AS session,  -- NULL: it judges several
       a.radius_um, a.created_at, a.exposures, a.pairs, a.overexposed, a.count_neighbours, a.across_sessions,
       p.grid, a.min_field_overlap, a.min_pre_dose_e_per_a2,
       (SELECT count(*) FROM incident i WHERE i.analysis_id = a.analysis_id) AS incidents,
       substr(
           CASE WHEN a.radius_um IS NULL THEN '' ELSE printf(', radius %.6g um', a.radius_um) END
           || CASE WHEN a.min_field_overlap IS NULL THEN ''
                   ELSE printf(', at least %.6g %% of the field', 100 * a.min_field_overlap) END
           || CASE WHEN a.min_pre_dose_e_per_a2 IS NULL THEN ''
                   ELSE printf(', at least %.6g e/A^2 before', a.min_pre_dose_e_per_a2) END
           || CASE WHEN a.count_neighbours = 1 THEN ', neighbours counted' ELSE '' END
           || CASE WHEN a.certainty = 0.5 THEN '' ELSE printf(', certainty %.6g', a.certainty) END
           || CASE WHEN a.across_sessions = 1 THEN '' ELSE ', within the session' END, 3) AS criteria,
       (SELECT group_concat(matrix, '; ') FROM (
           SELECT min(c.calibration_id) AS first,
                  CASE WHEN c.m12 = 0 AND c.m21 = 0 AND c.m11 = c.m22 THEN printf('k %.6g', c.m11)
                       ELSE printf('%.6g,%.6g,%.6g,%.6g', c.m11, c.m12, c.m21, c.m22) END AS matrix
           FROM analysis_session g JOIN calibration c USING (calibration_id)
           WHERE g.analysis_id = a.analysis_id AND g.session_id = ifnull(a.session_id, g.session_id)
           GROUP BY 2 ORDER BY 1)) AS matrix,  -- um per beam-shift unit, row by row; of each condition one
       EXISTS (SELECT 1 FROM analysis_session g JOIN latest_analysis n ON n.session_id = g.session_id
               WHERE g.analysis_id = a.analysis_id AND n.analysis_id = a.analysis_id) AS published,
       a.is_default,
       (SELECT group_concat(name, ', ') FROM (
           SELECT DISTINCT t.session_id, t.name FROM analysis_session g JOIN session t USING (session_id)
           WHERE g.analysis_id = a.analysis_id AND (a.session_id IS NULL OR g.session_id <> a.session_id)
               AND (SELECT count(DISTINCT session_id) FROM analysis_session n WHERE n.analysis_id = a.analysis_id) > 1
           ORDER BY 1)) AS compared,  -- sessions whose exposures it looked at beside those of its own
       (SELECT group_concat(name, ', ') FROM (
           SELECT t.session_id, t.name FROM uncompared_session u JOIN session t USING (session_id)
           WHERE u.analysis_id = a.analysis_id ORDER BY 1)) AS uncompared,  -- sessions that it should have looked at, and could not
       a.certainty, a.position_error_um
FROM analysis a
JOIN (SELECT l.analysis_id, count(*) AS calibrations, min(l.calibration_id) AS calibration_id,
             count(DISTINCT l.session_id) AS sessions, min(s.name) AS session
      FROM analysis_session l
      JOIN analysis b ON b.analysis_id = l.analysis_id AND l.session_id = ifnull(b.session_id, l.session_id)
      JOIN session s ON s.session_id = l.session_id
      GROUP BY l.analysis_id) AS j ON j.analysis_id = a.analysis_id
JOIN placement_set p ON p.placement_set_id = a.placement_set_id;

CREATE VIEW calibrations AS
SELECT c.calibration_id, s.name AS session, c.method, c.m11, c.m12, c.m21, c.m22, c.scale, c.angle_deg, c.mirrored,
       c.residual_um, c.collisions, c.verdict, c.created_at, c.chosen, c.reason, c.probe_mode, c.tilt_deg, c.stops,
       c.holes, c.sites, c.singular_ratio, c.m11_error, c.m12_error, c.m21_error, c.m22_error, c.margin, c.agrees,
       c.numbering_pairs, c.numbering_hits, c.foil, c.stage_pairs, c.stage_pairs_x_um, c.stage_pairs_y_um
FROM calibration c JOIN session s USING (session_id);

CREATE VIEW optics_groups AS
SELECT s.name AS session, g.optics_group, g.lattice_i, g.lattice_j, g.center_x, g.center_y, g.high_tension_kv,
       g.pixel_size_a, g.probe_mode, g.tilt_deg,
       (SELECT count(*) FROM optics_group_member m WHERE m.optics_group_id = g.optics_group_id) AS exposures,
       (SELECT min(e.acquired_at) FROM optics_group_member m JOIN exposure e ON e.exposure_id = m.exposure_id
        WHERE m.optics_group_id = g.optics_group_id) AS first_acquired_at,
       g.tolerance
FROM optics_group g
JOIN session s ON s.session_id = g.session_id;

-- The views all_... show what every analysis found; those without all_ show of each session what its published one found.
CREATE VIEW all_overlap_pairs AS
SELECT o.analysis_id, earlier.name AS earlier, later.name AS later, o.distance_um, o.cause,
       o.earlier_id, o.later_id, o.field_overlap, o.beam_overlap, o.probability
FROM overlap o
JOIN exposure earlier ON earlier.exposure_id = o.earlier_id
JOIN exposure later ON later.exposure_id = o.later_id;

CREATE VIEW overlap_pairs AS
SELECT o.*
FROM latest_analysis l
JOIN all_overlap_pairs o ON o.analysis_id = l.analysis_id
JOIN exposure e ON e.exposure_id = o.later_id AND e.session_id = l.session_id;

-- The pairs that make an exposure overexposed.
CREATE VIEW counted_overlap AS
SELECT o.*, a.placement_set_id
FROM overlap o JOIN analysis a USING (analysis_id)
WHERE a.count_neighbours OR o.cause <> 'by-design';

-- One row for every overexposed exposure, with the nearest of the earlier ones.
CREATE VIEW all_overexposed AS
SELECT n.analysis_id, s.name AS session, later.name, earlier.name AS earlier, o.distance_um, o.cause,
       d.dose_e_per_a2 AS pre_dose_e_per_a2, r.verdict AS review, n.nearest_id AS earlier_id, n.exposure_id AS later_id,
       o.field_overlap, o.beam_overlap, d.field_share, d.unplanned_dose_e_per_a2, d.unplanned_field_share, n.incident, n.probability
FROM overexposure n
JOIN analysis a USING (analysis_id)
JOIN overlap o ON o.analysis_id = n.analysis_id AND o.later_id = n.exposure_id AND o.earlier_id = n.nearest_id
JOIN exposure later ON later.exposure_id = n.exposure_id
JOIN exposure earlier ON earlier.exposure_id = n.nearest_id
JOIN session s ON s.session_id = later.session_id
LEFT JOIN placement p ON p.placement_set_id = a.placement_set_id AND p.exposure_id = n.exposure_id
LEFT JOIN pre_exposure d USING (placement_id)
LEFT JOIN review r ON r.exposure_id = n.exposure_id;

CREATE VIEW overexposed AS
SELECT o.*
FROM latest_analysis l
JOIN all_overexposed o ON o.analysis_id = l.analysis_id
JOIN exposure e ON e.exposure_id = o.later_id AND e.session_id = l.session_id;

-- One row for every exposure that may be overexposed, with the earlier one of its most probable pair.
CREATE VIEW all_possibly_overexposed AS
SELECT n.analysis_id, s.name AS session, later.name, earlier.name AS earlier, n.distance_um, n.probability,
       n.earlier_id, n.exposure_id AS later_id
FROM possible_overexposure n
JOIN exposure later ON later.exposure_id = n.exposure_id
JOIN exposure earlier ON earlier.exposure_id = n.earlier_id
JOIN session s ON s.session_id = later.session_id;

CREATE VIEW possibly_overexposed AS
SELECT o.*
FROM latest_analysis l
JOIN all_possibly_overexposed o ON o.analysis_id = l.analysis_id
JOIN exposure e ON e.exposure_id = o.later_id AND e.session_id = l.session_id;

-- One row for each thing that went wrong, with the place of its first exposure.
CREATE VIEW all_incidents AS
SELECT i.analysis_id, i.incident, s.name AS session, i.cause, first.acquired_at AS started_at,
       last.acquired_at AS ended_at, first.grid_square, first.foil_hole, i.clusters, i.micrographs, i.pairs,
       i.distance_um, i.pre_dose_e_per_a2,
       first.utc_offset_minutes, i.first_exposure_id, i.last_exposure_id
FROM incident i
JOIN session s USING (session_id)
JOIN exposure first ON first.exposure_id = i.first_exposure_id
JOIN exposure last ON last.exposure_id = i.last_exposure_id;

CREATE VIEW incidents AS
SELECT i.*
FROM latest_analysis l
JOIN session s USING (session_id)
JOIN all_incidents i ON i.analysis_id = l.analysis_id AND i.session = s.name;

CREATE VIEW source_problems AS
SELECT s.name AS session, r.path || '/' || f.path AS path, f.kind, f.status, f.problem
FROM source_file f
JOIN session_root r USING (session_root_id)
LEFT JOIN session s USING (session_id)
WHERE (f.status = 'unreadable' OR f.status = 'malformed' OR f.status = 'incomplete');
