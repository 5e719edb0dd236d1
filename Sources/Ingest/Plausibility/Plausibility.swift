import EPUArchive
import EPUCore
import GRDB

/// Looks for contradictions in what was recorded of a session: marks the values of its exposures that are not to be trusted, and
/// says what it found as notices.
struct Plausibility {
    let sessionID: Int64

    /// Checks the session. It is safe to repeat, and takes O(exposures), in two passes over them.
    func check(_ db: Database) throws {
        let session = try SessionValues(sessionID, db)
        var found: [String: Found] = [:]
        var changes: [(id: Int64, doubts: Doubts)] = []
        try forEachExposure(db) { exposure, before in
            var doubts: Doubts = []
            for check in PlausibilityCheck.ofExposures {
                guard let contradiction = check.find(exposure, session, doubts) else { continue }
                doubts.formUnion(contradiction.doubts)
                found[check.name, default: Found(contradiction)].add(contradiction.doubts)
            }
            if doubts != before { changes.append((exposure.exposureID, doubts)) }
        }
        try mark(changes, db)
        var notices = PlausibilityCheck.ofExposures.compactMap { check in found[check.name]?.notice(check.name) }
        for check in SessionCheck.all {
            if let message = check.find(session) { notices.append(Notice(name: check.name, message: message)) }
        }
        let names = PlausibilityCheck.ofExposures.map(\.name) + SessionCheck.all.map(\.name)
        try NoticeStore(sessionID: sessionID).replace(names, with: notices, db)
    }

    /// What a check found in all exposures.
    private struct Found {
        /// The contradiction in the first of the exposures.
        let contradiction: PlausibilityCheck.Contradiction
        var doubts: Doubts = []
        var exposures = 0

        init(_ contradiction: PlausibilityCheck.Contradiction) { self.contradiction = contradiction }

        mutating func add(_ doubts: Doubts) {
            self.doubts.formUnion(doubts)
            exposures += 1
        }

        func notice(_ name: String) -> Notice {
            let consequence = doubts.isEmpty ? "." : ": \(doubts.text)."
            let advice = contradiction.advice.isEmpty ? "" : " " + contradiction.advice
            return Notice(
                name: name,
                message: "In \(counted(exposures, "exposure")) \(contradiction.values)\(consequence)\(advice)",
                exposures: exposures)
        }
    }

    /// Goes through the exposures of the session.
    /// - Parameter body: It is given each exposure with its doubts so far.
    private func forEachExposure(_ db: Database, _ body: (RecordedExposure, Doubts) throws -> Void) throws {
        var statement = try RowStatement(
            db,
            """
            SELECT exposure_id, camera, camera_model, iif(stem, NULL, magnification), pixel_size_a, binning,
                   readout_width_px, readout_height_px, beam_diameter_um, dose_e_per_a2, dose_on_camera_e_per_px,
                   iif(utc_offset_minutes IS NULL, NULL, acquired_at), pixel_size_doubtful, dose_doubtful,
                   beam_diameter_doubtful
            FROM exposure WHERE session_id = ? ORDER BY acquired_at, name
            """)
        statement.bind(sessionID)
        try statement.forEachRow { row in
            var doubts: Doubts = []
            if row.int(12) != 0 { doubts.insert(.pixelSize) }
            if row.int(13) != 0 { doubts.insert(.dose) }
            if row.int(14) != 0 { doubts.insert(.beamDiameter) }
            try body(
                RecordedExposure(
                    exposureID: row.int(0), camera: row.string(1), cameraModel: row.string(2),
                    magnification: row.optionalDouble(3), pixelSize: row.optionalDouble(4),
                    binning: row.optionalDouble(5), width: row.optionalDouble(6), height: row.optionalDouble(7),
                    beamDiameter: row.optionalDouble(8), dose: row.optionalDouble(9),
                    doseOnCamera: row.optionalDouble(10), acquired: row.string(11)),
                doubts)
        }
    }

    /// Marks the values that are not to be trusted. Where another value counts now, the next analysis finds again what fields had
    /// received.
    private func mark(_ changes: [(id: Int64, doubts: Doubts)], _ db: Database) throws {
        guard !changes.isEmpty else { return }
        for change in changes {
            try db.cachedStatement(
                sql: """
                    UPDATE exposure SET pixel_size_doubtful = ?, dose_doubtful = ?, beam_diameter_doubtful = ?
                    WHERE exposure_id = ?
                    """
            ).execute(arguments: [
                change.doubts.contains(.pixelSize), change.doubts.contains(.dose),
                change.doubts.contains(.beamDiameter),
                change.id,
            ])
        }
        try StaleResults.received.forget(of: sessionID, exposures: changes.map(\.id), db)
    }
}
