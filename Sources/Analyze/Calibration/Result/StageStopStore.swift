import EPUArchive
import EPUCore
import GRDB

/// Stores the stage stops of a calibration, with what their read-backs are off by.
///
/// A session that grows keeps its matrix, and so its placements; what is said of its older stops then stays, too, unless it has
/// changed by more than `greatestChange`. Placements of stops that have got exposures meanwhile are removed, to be made again.
struct StageStopStore {
    let calibrationID: Int64

    /// The change of a correction below which nothing is placed again, um: a hole lies as far off its site in any case.
    private static let greatestChange = 0.04

    private struct Key: Hashable {
        let firstExposure: Int64
        let exposures: Int
    }

    /// - Parameter layout: all stops, in the same order; nil where the matrix is not known, or where there is no lattice: then
    ///   pairs of hole images, which need neither, tell all that is known.
    func replace(_ input: CalibrationInput, _ layout: HoleLayout?, _ db: Database) throws {
        let known = layout?.stops ?? input.imagePairs.stops(input.visits.stops.count)
        let new = known.isEmpty ? [StopErrors.Stop](repeating: .init(), count: input.visits.stops.count) : known
        let keys = input.visits.stops.map {
            Key(firstExposure: input.exposures[$0.firstExposure].exposureID, exposures: $0.exposures)
        }
        let old = try stored(db)
        let common = keys.indices.filter { old[keys[$0]] != nil }
        let keeps =
            !common.isEmpty
            && common.allSatisfy { index in old[keys[index]].map { Self.isSame($0, new[index]) } ?? true }
        let stops = keys.indices.map { keeps ? old[keys[$0]] ?? new[$0] : new[$0] }
        try db.execute(sql: "DELETE FROM stage_stop WHERE calibration_id = ?", arguments: [calibrationID])
        var insert = try RowBatch(
            db,
            """
            INSERT INTO stage_stop
                (calibration_id, stop, first_exposure_id, exposures, x_um, y_um, correction_x_um, correction_y_um,
                 error_um, aside_um)
            """, columns: 10)
        for (number, stop) in input.visits.stops.enumerated() {
            let own = stops[number]
            insert.bind(calibrationID)
            insert.bind(Int64(number))
            insert.bind(keys[number].firstExposure)
            insert.bind(Int64(stop.exposures))
            insert.bind(stop.stage.x)
            insert.bind(stop.stage.y)
            insert.bind(own.correction?.x)
            insert.bind(own.correction?.y)
            insert.bind(own.error)
            insert.bind(own.aside)
            try insert.endRow()
        }
        try insert.finish()
        guard keeps else { return }
        let changed = keys.indices.filter { old[keys[$0]] == nil }
        try keepPlacements(
            without: changed.flatMap { index -> [Int64] in
                let stop = input.visits.stops[index]
                return input.exposures[stop.firstExposure...].prefix(stop.exposures).map(\.exposureID)
            }, db)
    }

    private func stored(_ db: Database) throws -> [Key: StopErrors.Stop] {
        var statement = try RowStatement(
            db,
            """
            SELECT first_exposure_id, exposures, correction_x_um, correction_y_um, error_um, aside_um FROM stage_stop
            WHERE calibration_id = ? ORDER BY stop
            """)
        statement.bind(calibrationID)
        var stops: [Key: StopErrors.Stop] = [:]
        try statement.forEachRow { row in
            let key = Key(firstExposure: row.int(0), exposures: Int(row.int(1)))
            guard stops[key] == nil else { return }
            let correction = row.optionalDouble(2).flatMap { x in row.optionalDouble(3).map { Vector2(x, $0) } }
            stops[key] = StopErrors.Stop(
                correction: correction, error: row.optionalDouble(4), aside: row.optionalDouble(5))
        }
        return stops
    }

    private static func isSame(_ a: StopErrors.Stop, _ b: StopErrors.Stop) -> Bool {
        (a.error == nil) == (b.error == nil) && (a.aside == nil) == (b.aside == nil)
            && (a.correction ?? .zero).distance(to: b.correction ?? .zero) <= greatestChange
            && abs((a.error ?? 0) - (b.error ?? 0)) <= greatestChange
            && abs((a.aside ?? 0) - (b.aside ?? 0)) <= greatestChange
    }

    /// Keeps the sets that were placed with the older stops, without the placements of some exposures.
    private func keepPlacements(without exposures: [Int64], _ db: Database) throws {
        let sets = "SELECT placement_set_id FROM placement_set_session WHERE calibration_id = ?"
        let remove = try db.cachedStatement(
            sql: "DELETE FROM placement WHERE exposure_id = ? AND placement_set_id IN (\(sets))")
        for id in exposures { try remove.execute(arguments: [id, calibrationID]) }
        try db.execute(
            sql: "UPDATE placement_set_session SET corrections = ? WHERE calibration_id = ?",
            arguments: [try StopCorrections.digest(of: calibrationID, db), calibrationID])
    }
}
