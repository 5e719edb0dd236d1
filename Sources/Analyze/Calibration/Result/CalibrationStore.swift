import EPUArchive
import EPUCore
import Foundation
import GRDB

/// Puts what was found for a session into the archive, in place of what was found before.
struct CalibrationStore {
    let session: SessionRow
    let time: Timestamp
    /// The method that a person asked for, to which the session then keeps; nil where the best one was taken.
    let askedMethod: CalibrationMethod?
    /// The pitch of the foil, as a person gave it, um.
    let givenPitch: Double?
    /// Whether optics groups are numbered again, from 1.
    var renumbersOptics = false

    /// - Returns: the id of each calibration, the chosen one first, for each result.
    func store(_ results: [Calibrator.Result], _ inputs: [CalibrationInput], _ db: Database) throws -> [[Int64]] {
        let before = try Int64.fetchAll(
            db,
            sql: """
                SELECT calibration_id FROM calibration
                WHERE session_id = ? AND method <> \(CalibrationMethod.given.sql)
                """,
            arguments: [session.sessionID])
        try db.execute(
            sql: "UPDATE calibration SET chosen = 0 WHERE session_id = ?", arguments: [session.sessionID])
        let exposures = inputs.reduce(0) { $0 + $1.exposures.count }
        var ids: [[Int64]] = []
        for (result, input) in zip(results, inputs) {
            let chosen = try store(
                result.chosen, result.verdict, result.reasons, choice: askedMethod == nil ? .best : .asked, input,
                of: exposures,
                db)
            try StageStopStore(calibrationID: chosen).replace(input, result.layout, db)
            if let layout = result.layout { try HoleSiteStore(calibrationID: chosen).add(layout, input, db) }
            let others = try result.others.map { candidate in
                try store(
                    candidate, candidate.method == .lattice ? .undetermined : .doubtful,
                    candidate.note.map { [$0] } ?? [], choice: .candidate, input, of: exposures, db)
            }
            ids.append([chosen] + others)
        }
        try db.execute(
            sql: "UPDATE session SET asked_method = ?, given_pitch_um = ? WHERE session_id = ?",
            arguments: [askedMethod?.rawValue, givenPitch, session.sessionID])
        let kept = Set(ids.joined())
        for id in before where !kept.contains(id) {
            // A calibration that an analysis rests on stays with it.
            try db.execute(
                sql: """
                    DELETE FROM calibration WHERE calibration_id = ?1
                        AND NOT EXISTS (SELECT 1 FROM analysis_session WHERE calibration_id = ?1)
                    """, arguments: [id])
        }
        try storePositions(inputs, db)
        return ids
    }

    /// Stores one calibration. A row with the same method, condition and matrix is the same calibration, and keeps its id.
    private func store(
        _ calibration: Calibration, _ verdict: CalibrationVerdict, _ reasons: [String], choice: CalibrationChoice,
        _ input: CalibrationInput,
        of exposures: Int, _ db: Database
    ) throws -> Int64 {
        let matrix = calibration.matrix
        let condition = input.condition
        let known = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT calibration_id FROM calibration
                    WHERE session_id = ? AND method = ? AND probe_mode IS ? AND tilt_deg IS ?
                        AND (m11, m12, m21, m22) = (?, ?, ?, ?)
                    """),
            arguments: [
                session.sessionID, calibration.method.rawValue, condition.probeMode, Double(condition.tiltDegrees),
                matrix.m11, matrix.m12, matrix.m21, matrix.m22,
            ])
        let vectors = input.lattice?.vectors
        let pairs = input.imagePairs.summary
        let agrees =
            try calibration.agrees.isEmpty
            ? nil : String(decoding: JSONEncoder().encode(calibration.agrees), as: UTF8.self)
        var values: [(column: String, value: (any DatabaseValueConvertible)?)] = [
            ("session_id", session.sessionID), ("method", calibration.method.rawValue), ("chosen", choice.rawValue),
            ("probe_mode", condition.probeMode), ("tilt_deg", Double(condition.tiltDegrees)),
            ("high_tension_kv", input.highTension), ("m11", matrix.m11),
            ("m12", matrix.m12), ("m21", matrix.m21),
            ("m22", matrix.m22), ("m11_error", calibration.errors?.m11), ("m12_error", calibration.errors?.m12),
            ("m21_error", calibration.errors?.m21), ("m22_error", calibration.errors?.m22), ("scale", matrix.scale),
            ("angle_deg", matrix.angleDegrees), ("mirrored", matrix.isMirrored),
            ("singular_ratio", matrix.singularRatio), ("residual_um", calibration.residual),
            ("stage_error_um", calibration.stopErrors?.stop), ("hole_error_um", calibration.stopErrors?.hole),
            ("backlash_x_um", calibration.stopErrors?.backlash?.x),
            ("backlash_y_um", calibration.stopErrors?.backlash?.y),
            ("stops", calibration.stops), ("holes", calibration.holes), ("sites", calibration.lattice?.sites),
            ("collisions", calibration.lattice?.collisions), ("numbering_pairs", calibration.lattice?.numberingPairs),
            ("numbering_hits", calibration.lattice?.numberingHits), ("margin", calibration.margin), ("agrees", agrees),
            ("verdict", verdict.rawValue), ("reason", reasons.isEmpty ? nil : reasons.joined(separator: " ")),
            ("exposures", exposures), ("stage_pairs", pairs?.pairs),
            ("stage_pairs_x_um", pairs?.xUm), ("stage_pairs_y_um", pairs?.yUm),
        ]
        if let lattice = input.lattice, let vectors {
            values += [
                ("foil", lattice.kind.rawValue), ("g11", vectors.m11), ("g12", vectors.m12), ("g21", vectors.m21),
                ("g22", vectors.m22),
            ]
        }
        let columns = values.map(\.column).joined(separator: ", ")
        let marks = values.map { _ in "?" }.joined(separator: ", ")
        // A session that is tried again without new data leaves what it found as it is.
        let isSame = values.filter { $0.column != "chosen" }.map { "\($0.column) IS excluded.\($0.column)" }.joined(
            separator: " AND ")
        let id = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    INSERT INTO calibration (calibration_id, created_at, \(columns)) VALUES (?, ?, \(marks))
                    ON CONFLICT (calibration_id) DO UPDATE SET
                        created_at = iif(\(isSame), created_at, excluded.created_at),
                        \(values.map { "\($0.column) = excluded.\($0.column)" }.joined(separator: ", "))
                    RETURNING calibration_id
                    """),
            arguments: StatementArguments(
                [known as (any DatabaseValueConvertible)?, time.archiveText] + values.map(\.value)))
        guard let id else { throw Failure("The archive did not return the id of the calibration.") }
        try CentringStore(calibrationID: id).replace(with: calibration.centring, db)
        return id
    }

    /// Stores the positions of the commonest condition, and the optics groups of all.
    private func storePositions(_ inputs: [CalibrationInput], _ db: Database) throws {
        let positions = inputs.map { BeamShiftPositions($0) }
        let optics = OpticsGroupStore(session: session)
        if renumbersOptics { try optics.forget(db) }
        try optics.complete(inputs, positions, db)
        guard let input = inputs.first, let positions = positions[0] else { return }
        try ClusterStore(session: session).replace(positions, of: input.exposures.map(\.exposureID), at: time, db)
    }
}
