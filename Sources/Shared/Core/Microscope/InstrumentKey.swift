/// What tells two microscopes apart: EPU's InstrumentID; where it wrote none, the model. One rule for identity of sessions,
/// grids, histories of calibrations and comparisons of exposures.
public enum InstrumentKey {
    /// Nil where neither was recorded.
    public static func of(id: String?, model: String?) -> String? {
        [id, model].compactMap { $0 }.first { !$0.isEmpty }
    }

    /// The same in SQL, of a row that has the columns instrument_id and instrument_model; NULL: not recorded.
    public static func sql(of row: String) -> String {
        "coalesce(nullif(\(row).instrument_id, ''), nullif(\(row).instrument_model, ''))"
    }
}
