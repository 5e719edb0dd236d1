public import GRDB

/// Criteria as rows of `analysis` and `published_analysis` have them.
extension OverlapCriteria {
    /// - Parameter row: of either table, or of the view `analyses`.
    public init(_ row: Row) {
        self.init()
        for criterion in OverlapCriterion.all { criterion.read(row, &self) }
    }

    /// All columns, as `radius_um, min_field_overlap`.
    public static let columns = OverlapCriterion.all.map(\.column).joined(separator: ", ")

    /// One `?` for each column.
    public static let marks = OverlapCriterion.all.map { _ in "?" }.joined(separator: ", ")

    /// The condition that a row has these criteria and no others, for `arguments`.
    public static let identity = OverlapCriterion.all.map { "\($0.column) IS ?" }.joined(separator: " AND ")

    /// The columns as the unique index `analysis_criteria` has them, in which NULL is no value that equals another.
    public static let indexed = OverlapCriterion.all.map { $0.isOptional ? "ifnull(\($0.column), 0)" : $0.column }
        .joined(separator: ", ")

    /// Of the columns, in their order.
    public var arguments: StatementArguments {
        StatementArguments(
            OverlapCriterion.all.map { criterion -> (any DatabaseValueConvertible)? in
                switch criterion.value(self) {
                case .number(let number): number
                case .flag(let flag): flag
                }
            })
    }
}
