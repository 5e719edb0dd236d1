/// What tells two microscopes apart: EPU's InstrumentID or, where it wrote none, the model. This is the one rule for identity of
/// sessions, grids, histories of calibrations and comparisons of exposures.
public enum InstrumentKey {
    /// The key of an instrument; nil where neither was recorded.
    public static func of(id: String?, model: String?) -> String? {
        [id, model].compactMap { $0 }.first { !$0.isEmpty }
    }

    /// The key in SQL, for a row that has the columns instrument_id and instrument_model; NULL where neither was recorded.
    public static func sql(of row: String) -> String {
        "coalesce(nullif(\(row).instrument_id, ''), nullif(\(row).instrument_model, ''))"
    }
}
