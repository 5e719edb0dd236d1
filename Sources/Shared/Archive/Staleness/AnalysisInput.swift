/// A column that results of epu-analyze rest on, and when two of its values differ.
public struct AnalysisInput: Sendable {
    enum Comparison: Sendable {
        case exact
        /// Numbers that differ by no more than this are the same: another version of these tools may have rounded them in another
        /// way.
        case within(Double)
        /// Times are compared unless both rows have them from the file's name: such a time says nothing, as it is moved to the
        /// session's clock later.
        case recordedTime
    }

    public let column: String
    /// The results that no longer hold when the column changes.
    public let stale: StaleResults
    let comparison: Comparison
    /// Whether a value counts as changed when it was not known before, or is not known any more.
    let countsUnknown: Bool

    init(_ column: String, _ stale: StaleResults, _ comparison: Comparison = .exact, countsUnknown: Bool = true) {
        self.column = column
        self.stale = stale
        self.comparison = comparison
        self.countsUnknown = countsUnknown
    }

    /// SQL that is 1 where the column's value in one row differs from that in another; never NULL.
    /// - Parameters:
    ///   - old: The text before a column's name for the one row, for example `exposure.`
    ///   - new: The text before a column's name for the other row, for example `excluded.` or `:`
    func isChanged(from old: String, to new: String) -> String {
        let (before, after) = (old + column, new + column)
        let areKnown = "(\(before) IS NOT NULL AND \(after) IS NOT NULL)"
        let differs =
            switch comparison {
            case .exact: "\(before) IS NOT \(after)"
            case .within(let tolerance):
                "ifnull(abs(\(before) - \(after)) > \(tolerance), (\(before) IS NULL) <> (\(after) IS NULL))"
            case .recordedTime:
                "(\(before) IS NOT \(after) AND ifnull(\(old)utc_offset_minutes, \(new)utc_offset_minutes) IS NOT NULL)"
            }
        return countsUnknown ? "(\(differs))" : "(\(areKnown) AND \(differs))"
    }
}
