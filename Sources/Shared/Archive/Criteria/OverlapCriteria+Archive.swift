public import GRDB

/// Criteria in SQL, for the tables `analysis` and `published_analysis`.
extension OverlapCriteria {
    /// Reads the criteria of an analysis.
    /// - Parameter row: A row of either table, or of the view `analyses`.
    public init(_ row: Row) {
        self.init()
        for criterion in OverlapCriterion.all { criterion.read(row, &self) }
    }

    /// The names of all columns, in the form `radius_um, min_field_overlap`.
    public static let columns = OverlapCriterion.all.map(\.column).joined(separator: ", ")

    /// The marks for the values of the columns, one `?` for each.
    public static let marks = OverlapCriterion.all.map { _ in "?" }.joined(separator: ", ")

    /// The condition that a row has these criteria and no others, for `arguments`.
    public static let identity = OverlapCriterion.all.map { "\($0.column) IS ?" }.joined(separator: " AND ")

    /// The columns as the unique index `analysis_criteria` has them, in which NULL is no value that equals another.
    public static let indexed = OverlapCriterion.all.map { $0.isOptional ? "ifnull(\($0.column), 0)" : $0.column }
        .joined(separator: ", ")

    /// The values of the columns, in the order of `columns`.
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
