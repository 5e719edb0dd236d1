-- The archive of EPU sessions: schema version 1 (PRAGMA user_version).
--
-- Written by epu-ingest (what the microscope recorded), epu-analyze (what follows from it) and by people (review).
-- Lengths are micrometres (um) unless the name says otherwise; NULL means "not recorded", never 0.
-- Times are UTC text that sorts, YYYY-MM-DDThh:mm:ss.fffffffZ; utc_offset_minutes gives the microscope's own clock.
-- EPU's numbers (grid_square, foil_hole, area) are unique within a session, so they are keys together with session_id.

------------------------------------------------------------------ sessions and files (epu-ingest)

CREATE TABLE session (
    session_id            INTEGER PRIMARY KEY,
    name                  TEXT NOT NULL UNIQUE,  -- EpuSession.dm's Name, else the folder's; a second one gets ~2
    epu_name              TEXT,                  -- EpuSession.dm's Name as written
    created_at            TEXT,                  -- EpuSession.dm's StartDateTime, UTC: with epu_name its identity
    grid                  TEXT NOT NULL,         -- what shares one stage coordinate system: instrument and atlas, else the session
    atlas_id              TEXT,                  -- path of Atlas.dm on the microscope
    instrument_id         TEXT,                  -- e.g. 3429
    instrument_model      TEXT,                  -- e.g. TITAN52334290
    epu_version           TEXT,                  -- e.g. 3.9.1.8206
    clustering_mode       TEXT,                  -- ClusteringWithImageBeamShift (AFIS) or NoClustering
    clustering_radius_um  REAL,                  -- greatest beam shift from a stage stop, um
    movie_format          TEXT,                  -- DoseFractionsOutputFormat
    hole_size_um          REAL,                  -- foil hole diameter as EPU measured it, um
    hole_spacing_um       REAL                   -- foil pitch, centre to centre, as EPU measured it, um
) STRICT;

CREATE TABLE session_root (
    session_root_id       INTEGER PRIMARY KEY,
    session_id            INTEGER REFERENCES session ON DELETE CASCADE,  -- NULL: files that belong to no session
    path                  TEXT NOT NULL UNIQUE   -- absolute folder; metadata and movies of a session may lie apart
) STRICT;
CREATE INDEX session_root_by_session ON session_root(session_id);

-- The ledger: one row for every file seen.
CREATE TABLE source_file (
    source_file_id        INTEGER PRIMARY KEY,
    session_root_id       INTEGER NOT NULL REFERENCES session_root ON DELETE CASCADE,
    path                  TEXT NOT NULL,         -- relative to the root
    stem                  TEXT NOT NULL,         -- base name without suffix, which twins share
    kind                  TEXT NOT NULL,         -- exposure, exposure-image, movie, hole, hole-image, session ...
    size_bytes            INTEGER,
    modified_ns           INTEGER,               -- nanoseconds since 1970, file system clock
    status                TEXT NOT NULL CHECK (status IN ('ok', 'twin', 'unreadable', 'malformed', 'incomplete',
                              'missing image', 'orphan image', 'too young', 'unknown')),
    problem               TEXT,                  -- why the status is not ok, in words
    UNIQUE (session_root_id, path)
) STRICT;
CREATE INDEX source_file_by_stem ON source_file(stem, kind);

CREATE TABLE grid_square (
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    grid_square           INTEGER NOT NULL,      -- EPU's id, as in GridSquare_<id>
    stage_x_um            REAL,                  -- centre, um
    stage_y_um            REAL,                  -- um
    stage_z_um            REAL,                  -- um
    hole_spacing_um       REAL,                  -- foil pitch found in this square, um
    rotation_deg          REAL,                  -- foil lattice in the stage frame, degrees
    state                 TEXT,
    PRIMARY KEY (session_id, grid_square)
) STRICT, WITHOUT ROWID;

CREATE TABLE foil_hole (
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    foil_hole             INTEGER NOT NULL,      -- EPU's id, as in FoilHole_<id>
    grid_square           INTEGER,
    stage_x_um            REAL,                  -- from GridSquare_<id>.dm: low-magnification accuracy, um
    stage_y_um            REAL,                  -- um
    stage_z_um            REAL,                  -- um
    state                 TEXT,
    quality               REAL,
    acquisition_order     INTEGER,
    PRIMARY KEY (session_id, foil_hole),
    FOREIGN KEY (session_id, grid_square) REFERENCES grid_square
) STRICT, WITHOUT ROWID;

CREATE TABLE template_area (
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    area                  INTEGER NOT NULL,      -- EPU's DataAcquisitionAreaId, as in _Data_<id>
    offset_x_um           REAL,                  -- from the hole's centre, stage frame, um
    offset_y_um           REAL,                  -- um
    PRIMARY KEY (session_id, area)
) STRICT, WITHOUT ROWID;

CREATE TABLE hole_image (
    hole_image_id         INTEGER PRIMARY KEY,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    grid_square           INTEGER,
    foil_hole             INTEGER NOT NULL,
    name                  TEXT NOT NULL,         -- base name without suffix
    metadata_file_id      INTEGER REFERENCES source_file ON DELETE SET NULL,  -- NULL: only the JPG exists
    image_file_id         INTEGER REFERENCES source_file ON DELETE SET NULL,  -- NULL: no JPG
    acquired_at           TEXT,                  -- UTC
    utc_offset_minutes    INTEGER,
    stage_x_um            REAL,                  -- um
    stage_y_um            REAL,                  -- um
    pixel_size_um         REAL,                  -- um per pixel of the stored image
    center_x_px           REAL,                  -- hole centre that EPU found, image pixels, y down
    center_y_px           REAL,
    UNIQUE (session_id, name),
    FOREIGN KEY (session_id, foil_hole) REFERENCES foil_hole,
    FOREIGN KEY (session_id, grid_square) REFERENCES grid_square
) STRICT;
CREATE INDEX hole_image_by_hole ON hole_image(session_id, foil_hole);

CREATE TABLE exposure (
    exposure_id           INTEGER PRIMARY KEY,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    grid_square           INTEGER,
    foil_hole             INTEGER NOT NULL,
    area                  INTEGER NOT NULL,
    third_number          INTEGER NOT NULL,      -- of the name: acquisition setting, or the hole's rank in its AFIS cluster
    name                  TEXT NOT NULL,         -- base name without suffix
    unique_id             TEXT,                  -- EPU's uniqueID
    metadata_file_id      INTEGER NOT NULL REFERENCES source_file ON DELETE CASCADE,
    image_file_id         INTEGER REFERENCES source_file ON DELETE SET NULL,  -- JPG preview; NULL: none
    acquired_at           TEXT NOT NULL,         -- UTC
    utc_offset_minutes    INTEGER,               -- NULL: unknown; the time is then the file name's
    instrument_id         TEXT,
    instrument_model      TEXT,
    epu_version           TEXT,
    high_tension_kv       REAL,
    stage_x_um            REAL NOT NULL,         -- read-back, um
    stage_y_um            REAL NOT NULL,         -- um
    stage_z_um            REAL,                  -- um
    stage_alpha_deg       REAL,                  -- tilt, degrees
    stage_beta_deg        REAL,
    beam_shift_x          REAL NOT NULL,         -- beam-shift units, about 1/25 um
    beam_shift_y          REAL NOT NULL,
    image_shift_x         REAL,                  -- units as beam shift
    image_shift_y         REAL,
    beam_tilt_x           REAL,                  -- about radian
    beam_tilt_y           REAL,
    beam_diameter_um      REAL,                  -- um; NULL where EPU wrote 0
    spot_index            INTEGER,
    probe_mode            TEXT,                  -- NanoProbe or MicroProbe
    intensity             REAL,                  -- C2 strength
    defocus_um            REAL,                  -- lens value, um
    applied_defocus_um    REAL,                  -- as requested, um
    magnification         INTEGER,               -- nominal
    pixel_size_a          REAL,                  -- Angstrom per pixel of the stored image
    image_to_stage_m11    REAL,                  -- ReferenceTransformation, um per unbinned pixel
    image_to_stage_m12    REAL,
    image_to_stage_m21    REAL,
    image_to_stage_m22    REAL,
    camera                TEXT,                  -- e.g. EF-CCD, BM-Falcon
    camera_model          TEXT,                  -- e.g. BioQuantum K3
    readout_width_px      INTEGER,               -- after binning
    readout_height_px     INTEGER,
    binning               INTEGER,
    counting              INTEGER,               -- 1: electron counting
    super_resolution      INTEGER,               -- factor
    fractionation         TEXT,                  -- Equidistant, Varidistant or Eer; NULL: no movie
    fractions             INTEGER,               -- frames of the movie
    exposure_time_s       REAL,                  -- s
    dose_e_per_a2         REAL,                  -- electrons per square Angstrom
    dose_on_camera_e_per_px REAL,                -- electrons per stored pixel
    dose_rate_e_per_px_s  REAL,                  -- electrons per camera pixel and second
    eftem                 INTEGER,               -- 1: energy filter in use
    slit_inserted         INTEGER,
    slit_width_ev         REAL,                  -- eV
    phase_plate           INTEGER,               -- 1: used
    FOREIGN KEY (session_id, grid_square) REFERENCES grid_square,
    FOREIGN KEY (session_id, foil_hole) REFERENCES foil_hole,
    FOREIGN KEY (session_id, area) REFERENCES template_area
) STRICT;
CREATE UNIQUE INDEX exposure_identity ON exposure(session_id, name, ifnull(unique_id, ''));
CREATE INDEX exposure_in_time ON exposure(session_id, acquired_at, name);
CREATE INDEX exposure_by_file ON exposure(metadata_file_id);
CREATE INDEX exposure_by_image ON exposure(image_file_id);
CREATE INDEX exposure_by_unique_id ON exposure(unique_id);

------------------------------------------------------------------ analysis (epu-analyze)

CREATE TABLE calibration (
    calibration_id        INTEGER PRIMARY KEY,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    method                TEXT NOT NULL,         -- given, or how it was found
    m11                   REAL NOT NULL,         -- stage = matrix x beam shift, um per beam-shift unit
    m12                   REAL NOT NULL,
    m21                   REAL NOT NULL,
    m22                   REAL NOT NULL,
    scale                 REAL NOT NULL,         -- sqrt|det|, um per unit
    angle_deg             REAL NOT NULL,         -- of the nearest similarity, (-180, 180]
    mirrored              INTEGER NOT NULL,      -- 1: det < 0
    residual_um           REAL,                  -- rms of the fit, um
    collisions            INTEGER,               -- lattice sites that hold more than one foil hole
    verdict               TEXT NOT NULL,         -- given, good, doubtful or undetermined
    created_at            TEXT NOT NULL
) STRICT;
CREATE INDEX calibration_by_session ON calibration(session_id);

CREATE TABLE beam_shift_clustering (
    clustering_id         INTEGER PRIMARY KEY,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    method                TEXT NOT NULL,         -- kmeans
    clusters              INTEGER NOT NULL,      -- how many were asked for
    squared_distance      REAL NOT NULL,         -- sum over exposures to their centre, squared beam-shift units
    created_at            TEXT NOT NULL,
    UNIQUE (session_id, method, clusters)
) STRICT;

CREATE TABLE beam_shift_cluster (
    clustering_id         INTEGER NOT NULL REFERENCES beam_shift_clustering ON DELETE CASCADE,
    cluster               INTEGER NOT NULL,      -- from 0, by distance from the mean, then angle
    center_x              REAL NOT NULL,         -- beam-shift units
    center_y              REAL NOT NULL,
    exposures             INTEGER NOT NULL,
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

-- Exposure positions that may be compared: one grid, one calibration for each of its sessions.
CREATE TABLE placement_set (
    placement_set_id      INTEGER PRIMARY KEY,
    grid                  TEXT NOT NULL
) STRICT;

CREATE TABLE placement_set_session (
    placement_set_id      INTEGER NOT NULL REFERENCES placement_set ON DELETE CASCADE,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    calibration_id        INTEGER NOT NULL REFERENCES calibration ON DELETE CASCADE,
    PRIMARY KEY (placement_set_id, session_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX placement_set_by_session ON placement_set_session(session_id);
CREATE INDEX placement_set_by_calibration ON placement_set_session(calibration_id);

CREATE TABLE placement (
    placement_id          INTEGER PRIMARY KEY,
    placement_set_id      INTEGER NOT NULL REFERENCES placement_set ON DELETE CASCADE,
    exposure_id           INTEGER NOT NULL REFERENCES exposure ON DELETE CASCADE,
    x_um                  REAL NOT NULL,         -- stage + matrix x beam shift, um
    y_um                  REAL NOT NULL,
    UNIQUE (placement_set_id, exposure_id)
) STRICT;
CREATE INDEX placement_by_exposure ON placement(exposure_id);

-- Coordinates are 32-bit floats: search with a margin, then test placement's own numbers.
CREATE VIRTUAL TABLE placement_index USING rtree(
    placement_id, min_x_um, max_x_um, min_y_um, max_y_um, min_set, max_set
);
CREATE TRIGGER placement_leaves_index AFTER DELETE ON placement BEGIN
    DELETE FROM placement_index WHERE placement_id = old.placement_id;
END;

CREATE TABLE pre_exposure (
    placement_id          INTEGER PRIMARY KEY REFERENCES placement ON DELETE CASCADE,
    dose_e_per_a2         REAL                   -- received by the camera field before its own exposure
) STRICT;

CREATE TABLE analysis (
    analysis_id           INTEGER PRIMARY KEY,
    placement_set_id      INTEGER NOT NULL REFERENCES placement_set ON DELETE CASCADE,
    radius_um             REAL NOT NULL,         -- greatest distance of an overlap pair, um
    count_neighbours      INTEGER NOT NULL,      -- 1: by-design pairs make an exposure overexposed, too
    across_sessions       INTEGER NOT NULL,      -- 1: all sessions of the grid together
    exposures             INTEGER NOT NULL,
    pairs                 INTEGER NOT NULL,
    overexposed           INTEGER NOT NULL,
    created_at            TEXT NOT NULL,
    UNIQUE (placement_set_id, radius_um, count_neighbours, across_sessions)
) STRICT;

CREATE TABLE analysis_session (
    analysis_id           INTEGER NOT NULL REFERENCES analysis ON DELETE CASCADE,
    session_id            INTEGER NOT NULL REFERENCES session ON DELETE CASCADE,
    calibration_id        INTEGER NOT NULL REFERENCES calibration ON DELETE CASCADE,
    PRIMARY KEY (analysis_id, session_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX analysis_by_session ON analysis_session(session_id);
CREATE INDEX analysis_by_calibration ON analysis_session(calibration_id);

CREATE TABLE overlap (
    analysis_id           INTEGER NOT NULL REFERENCES analysis ON DELETE CASCADE,
    later_id              INTEGER NOT NULL REFERENCES exposure ON DELETE CASCADE,
    earlier_id            INTEGER NOT NULL REFERENCES exposure ON DELETE CASCADE,
    distance_um           REAL NOT NULL,         -- between beam centres, um
    cause                 TEXT NOT NULL CHECK (cause IN ('same-area', 'unmoved-stage', 'wrong-centre', 'neighbour',
                              'by-design', 'across-sessions', 'unexplained')),
    field_overlap         REAL,                  -- share of the later camera field that the earlier beam covered
    PRIMARY KEY (analysis_id, later_id, earlier_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX overlap_by_later ON overlap(later_id);
CREATE INDEX overlap_by_earlier ON overlap(earlier_id);

------------------------------------------------------------------ people

CREATE TABLE review (
    exposure_id           INTEGER PRIMARY KEY REFERENCES exposure ON DELETE CASCADE,
    verdict               TEXT NOT NULL CHECK (verdict IN ('keep', 'bad')),
    reason                TEXT,
    reviewed_at           TEXT NOT NULL
) STRICT;

------------------------------------------------------------------ views for people

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
       (SELECT path FROM session_root r WHERE r.session_id = s.session_id ORDER BY session_root_id LIMIT 1) AS root,
       s.instrument_id, s.epu_version, s.grid, min(e.acquired_at) AS started_at, max(e.acquired_at) AS ended_at,
       count(e.exposure_id) AS exposures,
       (SELECT count(DISTINCT o.later_id)
        FROM counted_overlap o JOIN exposure x ON x.exposure_id = o.later_id
        WHERE x.session_id = s.session_id AND o.analysis_id = latest.analysis_id) AS overexposed
FROM session s
LEFT JOIN exposure e USING (session_id)
LEFT JOIN latest_analysis latest USING (session_id)
GROUP BY s.session_id;

-- The analysis that reports use for a session when none is named: the one made last.
CREATE VIEW latest_analysis AS
SELECT session_id, analysis_id
FROM (SELECT l.session_id, l.analysis_id,
             row_number() OVER (PARTITION BY l.session_id ORDER BY a.created_at DESC, a.analysis_id DESC) AS age
      FROM analysis_session l JOIN analysis a USING (analysis_id))
WHERE age = 1;

CREATE VIEW analyses AS
SELECT a.analysis_id,
       CASE WHEN count(*) = 1 THEN min(l.calibration_id) END AS calibration_id,
       CASE WHEN count(*) = 1 THEN min(s.name) END AS session,
       a.radius_um, a.created_at, a.exposures, a.pairs, a.overexposed, a.count_neighbours, a.across_sessions,
       p.grid
FROM analysis a
JOIN analysis_session l USING (analysis_id)
JOIN session s USING (session_id)
JOIN placement_set p USING (placement_set_id)
GROUP BY a.analysis_id;

CREATE VIEW calibrations AS
SELECT c.calibration_id, s.name AS session, c.method, c.m11, c.m12, c.m21, c.m22, c.scale, c.angle_deg, c.mirrored,
       c.residual_um, c.collisions, c.verdict, c.created_at
FROM calibration c JOIN session s USING (session_id);

CREATE VIEW overlap_pairs AS
SELECT o.analysis_id, earlier.name AS earlier, later.name AS later, o.distance_um, o.cause,
       o.earlier_id, o.later_id, o.field_overlap
FROM overlap o
JOIN exposure earlier ON earlier.exposure_id = o.earlier_id
JOIN exposure later ON later.exposure_id = o.later_id;

-- The pairs that make an exposure overexposed.
CREATE VIEW counted_overlap AS
SELECT o.*, a.placement_set_id
FROM overlap o JOIN analysis a USING (analysis_id)
WHERE a.count_neighbours OR o.cause <> 'by-design';

-- One row for every overexposed exposure, with the nearest of the earlier ones.
CREATE VIEW overexposed AS
SELECT n.analysis_id, s.name AS session, later.name, earlier.name AS earlier, n.distance_um, n.cause,
       d.dose_e_per_a2 AS pre_dose_e_per_a2, r.verdict AS review, n.earlier_id, n.later_id
FROM (SELECT o.*,
             row_number() OVER (PARTITION BY o.analysis_id, o.later_id
                                ORDER BY o.distance_um, e.acquired_at, e.name) AS nearness
      FROM counted_overlap o JOIN exposure e ON e.exposure_id = o.earlier_id) n
JOIN exposure later ON later.exposure_id = n.later_id
JOIN exposure earlier ON earlier.exposure_id = n.earlier_id
JOIN session s ON s.session_id = later.session_id
LEFT JOIN placement p ON p.placement_set_id = n.placement_set_id AND p.exposure_id = n.later_id
LEFT JOIN pre_exposure d USING (placement_id)
LEFT JOIN review r ON r.exposure_id = n.later_id
WHERE n.nearness = 1;

CREATE VIEW source_problems AS
SELECT s.name AS session, r.path || '/' || f.path AS path, f.kind, f.status, f.problem
FROM source_file f
JOIN session_root r USING (session_root_id)
LEFT JOIN session s USING (session_id)
WHERE f.status IN ('unreadable', 'malformed', 'incomplete');
