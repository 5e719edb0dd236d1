/// A column that results of epu-analyze rest on, and when two of its values differ.
public struct AnalysisInput: Sendable {
    enum Comparison: Sendable {
        case exact
        /// Numbers that differ by no more are the same: another version of these tools may have rounded them in another way.
        case within(Double)
        /// A time that both rows have from the file's name says nothing: it is moved to the session's clock later.
        case recordedTime
    }

    public let column: String
    /// What no longer holds when it changes.
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
    ///   - old: what stands before a column's name for the one row, as `exposure.`
    ///   - new: the same for the other, as `excluded.` or `:`
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
