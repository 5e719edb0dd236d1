import EPUCore
import GRDB

/// The exposures that the archive has from a folder and that still lie there, in the order of their paths: a look at a part
/// of the folder sees only some of them, or none.
struct KnownExposures {
    let folder: SessionFolder

    struct Exposure {
        let area: Int64
        let acquired: LocalTime?
        let instrument: Instrument?
    }

    /// Goes through the exposures until `body` returns false.
    func each(_ db: Database, _ body: (Exposure) throws -> Bool) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT f.path, e.area, e.acquired_at, e.utc_offset_minutes, e.instrument_id, e.instrument_model
                FROM session_root r JOIN source_file f USING (session_root_id)
                JOIN exposure e ON e.metadata_file_id = f.source_file_id
                WHERE r.path = ? ORDER BY f.path
                """,
            arguments: [folder.path])
        while let row = try rows.next() {
            guard PathText.status(folder.path + "/" + row[0]) != nil else { continue }
            let exposure = Exposure(
                area: row[1], acquired: LocalTime(archiveText: row[2], utcOffsetMinutes: row[3]),
                instrument: Instrument(id: row[4], model: row[5]))
            guard try body(exposure) else { return }
        }
    }
}

extension LocalTime {
    /// Reads a time as the archive has it; nil where it has none.
    init?(archiveText text: String?, utcOffsetMinutes: Int?) {
        guard let instant = text.flatMap({ Timestamp(archiveText: $0) }) else { return nil }
        self.init(instant: instant, utcOffsetMinutes: utcOffsetMinutes)
    }
}
