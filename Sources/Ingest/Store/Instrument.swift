import EPUCore
import EPUFormat
import GRDB

/// The microscope that made an image. No session has exposures of two.
struct Instrument: Hashable, Sendable {
    /// The key that tells it from others, by `InstrumentKey`.
    let key: String
    let id: String?
    let model: String?

    /// Makes the instrument from its id and model; nil where neither was recorded: such an image may be of any instrument.
    init?(id: String?, model: String?) {
        self.id = id.flatMap { $0.isEmpty ? nil : $0 }
        self.model = model.flatMap { $0.isEmpty ? nil : $0 }
        guard let key = InstrumentKey.of(id: id, model: model) else { return nil }
        self.key = key
    }

    init?(_ image: ImageMetadata) { self.init(id: image.instrumentID, model: image.instrumentModel) }

    static func == (a: Instrument, b: Instrument) -> Bool { a.key == b.key }
    func hash(into hasher: inout Hasher) { hasher.combine(key) }

    /// The key in SQL, for a row that has both columns.
    static func key(of row: String) -> String { InstrumentKey.sql(of: row) }

    /// The instrument of a session; nil where the session has none yet.
    static func ofSession(_ sessionID: Int64, _ db: Database) throws -> Instrument? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT instrument_id, instrument_model FROM session WHERE session_id = ?"),
            arguments: [sessionID]
        ).flatMap { Instrument(id: $0[0], model: $0[1]) }
    }

    /// Makes this the instrument of a session, as soon as it is known, so that exposures of another one do not come in.
    func set(of sessionID: Int64, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE session SET instrument_id = ?, instrument_model = ? WHERE session_id = ?",
            arguments: [id, model, sessionID])
    }
}
