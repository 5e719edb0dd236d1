import EPUArchive
import EPUCore
import GRDB

/// The optics groups of one session in the archive.
struct OpticsGroupStore {
    let session: SessionRow

    /// Numbers the exposures that have no group yet, wherever their position is known.
    static func completeIfNeeded(_ session: SessionRow, _ reading: SessionReading, in archive: Archive) throws {
        let isComplete = try archive.read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT 1 FROM exposure WHERE session_id = ?
                        AND NOT EXISTS (SELECT 1 FROM optics_group_member m WHERE m.exposure_id = exposure.exposure_id)
                    """,
                arguments: [session.sessionID]) == nil
        }
        guard !isComplete else { return }
        let inputs = try archive.read { db in
            try CalibrationInput.all(of: session, reading.exposures(of: session.sessionID, db), pitch: nil, db)
        }
        let positions = inputs.map { BeamShiftPositions($0) }
        try archive.write { try OpticsGroupStore(session: session).complete(inputs, positions, $0) }
    }

    /// Numbers the exposures, with what was read and found already.
    /// - Parameters:
    ///   - inputs: the inputs of all the session's conditions.
    ///   - positions: the positions in each input; nil where it shows no lattice.
    func complete(_ inputs: [CalibrationInput], _ positions: [BeamShiftPositions?], _ db: Database) throws {
        // This may be left of a session that was found to be a part of this one.
        try db.execute(
            sql: """
                DELETE FROM optics_group_member
                WHERE exposure_id IN (
                    SELECT m.exposure_id
                    FROM exposure e JOIN optics_group_member m USING (exposure_id) JOIN optics_group g USING (optics_group_id)
                    WHERE e.session_id = ?1 AND g.session_id <> ?1)
                """, arguments: [session.sessionID])
        let known = try known(db)
        let usesAFIS = try String.fetchOne(
            db, sql: "SELECT clustering_mode FROM session WHERE session_id = ?", arguments: [session.sessionID]
        ).map { $0 != "NoClustering" }
        let sites = zip(inputs, positions).flatMap { input, positions in
            BeamPositions(input, positions, usesAFIS: usesAFIS).sites(of: input, groups: known.numbers) { exposureID in
                known.settings[exposureID].map {
                    Optics(input.condition, highTension: $0.highTension, pixelSize: $0.pixelSize)
                }
            }
        }
        let pitches = Dictionary(inputs.compactMap { input in input.lattice.map { (input.condition, $0.pitch) } }) {
            first, _ in first
        }
        let numbering = OpticsNumbering(
            sites, known: known.groups, numbers: known.numbers, pitch: { pitches[$0.condition] })
        try store(numbering, db)
    }

    /// Forgets the numbers, so that the next numbering begins from 1.
    func forget(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM optics_group WHERE session_id = ?", arguments: [session.sessionID])
    }

    // MARK: - Rows

    private typealias Settings = (highTension: Double?, pixelSize: Double?)

    private struct Stored: ArchiveRecord {
        let opticsGroup: Int
        let probeMode: String?
        let tiltDeg: Double
        let highTensionKv, pixelSizeA: Double?
        let centerX, centerY: Double
        let latticeI, latticeJ: Int?
        let tolerance: Double?

        var group: OpticsGroup {
            OpticsGroup(
                number: opticsGroup,
                optics: Optics(
                    Condition(probeMode: probeMode, tiltDegrees: Int(tiltDeg)), highTension: highTensionKv,
                    pixelSize: pixelSizeA),
                center: Vector2(centerX, centerY),
                node: latticeI.flatMap { i in latticeJ.map { FoilLattice.Site(i, $0) } }, tolerance: tolerance)
        }
    }

    private func known(_ db: Database) throws -> (
        groups: [OpticsGroup], numbers: [Int64: Int], settings: [Int64: Settings]
    ) {
        let groups = try Stored.fetchAll(
            db, sql: "SELECT * FROM optics_group WHERE session_id = ? ORDER BY optics_group",
            arguments: [session.sessionID]
        ).map(\.group)
        var numbers: [Int64: Int] = [:]
        var settings: [Int64: Settings] = [:]
        var statement = try RowStatement(
            db,
            """
            SELECT e.exposure_id, e.high_tension_kv, e.pixel_size_a, e.super_resolution, e.fractionation, g.optics_group
            FROM exposure e
            LEFT JOIN optics_group_member m USING (exposure_id)
            LEFT JOIN optics_group g USING (optics_group_id)
            WHERE e.session_id = ?
            """)
        statement.bind(session.sessionID)
        try statement.forEachRow { row in
            let pixel = MoviePixel(
                imagePixelSize: row.optionalDouble(2), superResolution: row.optionalInt(3),
                fractionation: row.string(4))
            settings[row.int(0)] = (row.optionalDouble(1), pixel?.size)
            if let number = row.optionalInt(5) { numbers[row.int(0)] = Int(number) }
        }
        return (groups, numbers, settings)
    }

    private func store(_ numbering: OpticsNumbering, _ db: Database) throws {
        let insertGroup = try db.cachedStatement(
            sql: """
                INSERT INTO optics_group
                    (session_id, optics_group, probe_mode, tilt_deg, high_tension_kv, pixel_size_a, center_x, center_y,
                     lattice_i, lattice_j, tolerance)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (session_id, optics_group) DO UPDATE SET
                    (probe_mode, tilt_deg, high_tension_kv, pixel_size_a, center_x, center_y, lattice_i, lattice_j,
                     tolerance)
                    = (excluded.probe_mode, excluded.tilt_deg, excluded.high_tension_kv, excluded.pixel_size_a,
                       excluded.center_x, excluded.center_y, excluded.lattice_i, excluded.lattice_j,
                       excluded.tolerance)
                """)
        for group in numbering.groups {
            try insertGroup.execute(arguments: [
                session.sessionID, group.number, group.optics.condition.probeMode,
                Double(group.optics.condition.tiltDegrees), group.optics.highTension, group.optics.pixelSize,
                group.center.x, group.center.y, group.node?.i, group.node?.j,
                group.tolerance,
            ])
        }
        let ids = try Row.fetchAll(
            db, sql: "SELECT optics_group, optics_group_id FROM optics_group WHERE session_id = ?",
            arguments: [session.sessionID]
        ).reduce(into: [Int: Int64]()) { $0[$1[0]] = $1[1] }
        var insertMember = try RowBatch(
            db, "INSERT INTO optics_group_member (exposure_id, optics_group_id)", columns: 2)
        for (exposureID, number) in numbering.added.sorted(by: { $0.key < $1.key }) {
            guard let id = ids[number] else { continue }
            insertMember.bind(exposureID)
            insertMember.bind(id)
            try insertMember.endRow()
        }
        try insertMember.finish()
    }
}
