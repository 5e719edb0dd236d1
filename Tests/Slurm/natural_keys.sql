-- What an archive says, without ids, times of its own making (*_at of analyses) and the number behind equal names: two archives
-- of the same sessions that were made in different ways are equal in this.
WITH title AS (
    SELECT session_id, CASE WHEN name GLOB '*~[0-9]*' THEN substr(name, 1, instr(name, '~') - 1) ELSE name END AS session
    FROM session)
SELECT line FROM (
    SELECT 'session ' || json_array(t.session, s.epu_name, s.created_at, s.atlas_id, s.instrument_id, s.is_settled) AS line
    FROM session s JOIN title t USING (session_id)
    UNION ALL
    SELECT 'file ' || json_array(r.path, f.path, f.kind, f.status, f.size_bytes, f.modified_ns, f.problem)
    FROM source_file f JOIN session_root r USING (session_root_id)
    UNION ALL
    SELECT 'hole ' || json_array(t.session, h.foil_hole, h.grid_square, h.stage_x_um, h.stage_y_um)
    FROM foil_hole h JOIN title t USING (session_id)
    UNION ALL
    SELECT 'hole image ' || json_array(t.session, h.name, h.acquired_at, h.center_x_px, h.center_y_px)
    FROM hole_image h JOIN title t USING (session_id)
    UNION ALL
    SELECT 'exposure ' || json_array(t.session, e.name, e.unique_id, e.acquired_at, e.stage_x_um, e.stage_y_um, e.beam_shift_x,
                                    e.beam_shift_y, e.dose_e_per_a2, f.path)
    FROM exposure e JOIN title t USING (session_id) JOIN source_file f ON f.source_file_id = e.metadata_file_id
    UNION ALL
    SELECT 'value ' || json_array(f.path, v.key, v.value) FROM custom_value v JOIN source_file f USING (source_file_id)
    UNION ALL
    SELECT 'notice ' || json_array(t.session, n.name, n.subject, n.message) FROM notice n JOIN title t USING (session_id)
    UNION ALL
    SELECT 'calibration ' || json_array(t.session, c.method, c.probe_mode, c.tilt_deg, printf('%.6f %.6f %.6f %.6f', c.m11, c.m12,
                                       c.m21, c.m22), c.verdict, c.exposures)
    FROM calibration c JOIN title t USING (session_id) WHERE c.chosen
    UNION ALL
    SELECT 'group ' || json_array(t.session, g.optics_group, e.name)
    FROM optics_group_member m JOIN optics_group g USING (optics_group_id) JOIN title t USING (session_id)
    JOIN exposure e USING (exposure_id)
    UNION ALL
    SELECT 'analysis ' || json_array(t.session, a.exposures, a.pairs, a.overexposed, a.undecided, printf('%.6f', a.radius_um),
                                    a.radius_source, a.across_sessions, a.rules)
    FROM latest_analysis l JOIN analysis a USING (analysis_id) JOIN title t ON t.session_id = l.session_id
    UNION ALL
    SELECT 'position ' || json_array(t.session, o.session, e.name, printf('%.6f %.6f', p.x_um, p.y_um),
                                    printf('%.6f', d.dose_e_per_a2), printf('%.6f', d.nearest_um))
    FROM latest_analysis l JOIN analysis a USING (analysis_id) JOIN title t ON t.session_id = l.session_id
    JOIN placement p ON p.placement_set_id = a.placement_set_id JOIN exposure e ON e.exposure_id = p.exposure_id
    JOIN title o ON o.session_id = e.session_id LEFT JOIN pre_exposure d ON d.placement_id = p.placement_id
    UNION ALL
    SELECT 'pair ' || json_array(t.session, later.name, earlier.name, o.cause, printf('%.6f', o.distance_um),
                                printf('%.6f', o.probability))
    FROM latest_analysis l JOIN overlap o USING (analysis_id) JOIN title t ON t.session_id = l.session_id
    JOIN exposure later ON later.exposure_id = o.later_id JOIN exposure earlier ON earlier.exposure_id = o.earlier_id
    UNION ALL
    SELECT 'overexposed ' || json_array(t.session, e.name, n.name, o.incident)
    FROM latest_analysis l JOIN overexposure o USING (analysis_id) JOIN title t ON t.session_id = l.session_id
    JOIN exposure e ON e.exposure_id = o.exposure_id JOIN exposure n ON n.exposure_id = o.nearest_id
    UNION ALL
    SELECT 'incident ' || json_array(t.session, i.incident, i.cause, i.micrographs, i.pairs, e.name)
    FROM latest_analysis l JOIN incident i USING (analysis_id) JOIN title t ON t.session_id = i.session_id
    JOIN exposure e ON e.exposure_id = i.first_exposure_id
    UNION ALL
    SELECT 'review ' || json_array(t.session, e.name, r.verdict, r.reason)
    FROM review r JOIN exposure e USING (exposure_id) JOIN title t USING (session_id)
    UNION ALL
    SELECT 'same grid ' || json_array(min(a.session, b.session), max(a.session, b.session))
    FROM same_grid g JOIN title a ON a.session_id = g.session_id JOIN title b ON b.session_id = g.other_session_id)
ORDER BY line
