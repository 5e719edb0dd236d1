import EPUCore
import GRDB

/// One of the criteria: all that the archive, JSON, the command line and texts need to know of it.
public struct OverlapCriterion: Sendable {
    /// The value that a criterion asks for; a number that is nil asks nothing.
    enum Value: Equatable, Sendable {
        case number(Double?)
        case flag(Bool)
    }

    /// The column of `analysis` and of `published_analysis`, and the key in JSON.
    public let column: String
    /// The option of `epu-analyze overlaps`, without its dashes.
    public let option: String
    /// Whether the column may be NULL, which asks nothing.
    let isOptional: Bool
    let value: @Sendable (OverlapCriteria) -> Value
    /// Takes over what a row has in the column, if it has the column, into criteria.
    let read: @Sendable (Row, inout OverlapCriteria) -> Void
    /// The criterion in words, for example `radius 0.3735 um`.
    let words: @Sendable (OverlapCriteria) -> String

    /// Every property of `OverlapCriteria`, in the order of their words.
    public static let all: [OverlapCriterion] = [
        number("radius_um", \.radius, option: "radius") { "radius \($0.text(significant: 4)) um" },
        number("min_field_overlap", \.minFieldOverlap, option: "min-field-overlap") {
            "at least \((100 * $0).text()) % of the field"
        },
        number("min_pre_dose_e_per_a2", \.minPreDose, option: "min-pre-dose") {
            "at least \($0.text()) e/A^2 before"
        },
        flag("count_neighbours", \.countNeighbours, option: "count-neighbours", words: "neighbours counted"),
        number("certainty", \.certainty, option: "certainty") { "certainty \($0.text())" },
    ]
}

// MARK: - Kinds

extension OverlapCriterion {
    /// A criterion that is a number, and asks nothing where it is nil.
    private static func number(
        _ column: String, _ property: any WritableKeyPath<OverlapCriteria, Double?> & Sendable, option: String,
        words: @escaping @Sendable (Double) -> String
    ) -> OverlapCriterion {
        OverlapCriterion(
            column: column, option: option, isOptional: true,
            value: { .number($0[keyPath: property]) },
            read: { row, criteria in criteria[keyPath: property] = row[column] },
            words: { $0[keyPath: property].map(words) ?? "" })
    }

    /// A criterion that is always a number; rows without it leave its default.
    private static func number(
        _ column: String, _ property: any WritableKeyPath<OverlapCriteria, Double> & Sendable, option: String,
        words: @escaping @Sendable (Double) -> String
    ) -> OverlapCriterion {
        OverlapCriterion(
            column: column, option: option, isOptional: false,
            value: { .number($0[keyPath: property]) },
            read: { row, criteria in if let value: Double = row[column] { criteria[keyPath: property] = value } },
            words: { words($0[keyPath: property]) })
    }

    private static func flag(
        _ column: String, _ property: any WritableKeyPath<OverlapCriteria, Bool> & Sendable, option: String,
        words: String
    ) -> OverlapCriterion {
        OverlapCriterion(
            column: column, option: option, isOptional: false,
            value: { .flag($0[keyPath: property]) },
            read: { row, criteria in if let value: Bool = row[column] { criteria[keyPath: property] = value } },
            words: { _ in words })
    }
}
