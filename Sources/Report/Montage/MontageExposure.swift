import EPUArchive
import EPUCore
import GRDB

/// What a montage needs of an exposure.
struct MontageExposure: Sendable {
    let sessionID: Int64
    let gridSquare: Int64?
    let foilHole: Int64
    let area: Int64
    let name: String
    let time: LocalTime
    let stage: Vector2
    /// The path of the JPG preview; nil if none was found.
    let imagePath: String?
    /// How the picture shows the specimen; nil if the size or place of the field is not recorded.
    var view: ExposureView?
    /// The beam diameter with which the analysis counts, um; nil if it is not known.
    var beamDiameter: Double?
}

extension MontageExposure {
    /// - Throws: `Failure` if the archive does not have the exposure.
    static func fetch(_ db: Database, id: Int64, analysisID: Int64) throws -> MontageExposure {
        var statement = try RowStatement(
            db,
            """
            SELECT e.session_id, e.grid_square, e.foil_hole, e.area, e.name, e.acquired_at, e.utc_offset_minutes, e.stage_x_um,
                   e.stage_y_um, x.image_path, \(CountedValue.beamDiameter(of: "e", in: "s")), e.probe_mode,
                   e.stage_alpha_deg, p.x_um, p.y_um, ifnull(t.turn_deg, 0), ifnull(t.mirrored, 0),
                   \(RecordedField.columns(of: "e"))
            FROM exposure e
            JOIN exposures x USING (exposure_id)
            JOIN analysis a ON a.analysis_id = ?2
            JOIN placement_set s USING (placement_set_id)
            LEFT JOIN placement p ON p.placement_set_id = a.placement_set_id AND p.exposure_id = e.exposure_id
            LEFT JOIN placement_set_session t
                ON t.placement_set_id = a.placement_set_id AND t.session_id = e.session_id
            WHERE e.exposure_id = ?1 LIMIT 1
            """)
        statement.bind(id)
        statement.bind(analysisID)
        var exposure: MontageExposure?
        try statement.forEachRow { row in
            let (name, time) = (row.string(4) ?? "", row.string(5) ?? "")
            guard let instant = Timestamp(archiveText: time) else {
                throw Failure("Exposure \(name) has a time that is not in the archive's form.")
            }
            let condition = Condition(probeMode: row.string(11), alphaDegrees: row.optionalDouble(12))
            let turn = Matrix2(scale: 1, angleDegrees: row.double(15), isMirrored: row.int(16) != 0)
            let field = RecordedField(row, from: 17, turned: turn)
            exposure = MontageExposure(
                sessionID: row.int(0), gridSquare: row.optionalInt(1), foilHole: row.int(2), area: row.int(3),
                name: name,
                time: LocalTime(instant: instant, utcOffsetMinutes: row.optionalInt(6).map(Int.init)),
                stage: Vector2(row.double(7), row.double(8)), imagePath: row.string(9),
                view: row.vector(13, 14).flatMap { ExposureView(field, centre: $0, cosine: condition.cosine) },
                beamDiameter: row.optionalDouble(10))
        }
        guard let exposure else {
            throw Failure("The archive lacks exposure \(id), which an overlap names. Find the overlaps again.")
        }
        return exposure
    }
}
