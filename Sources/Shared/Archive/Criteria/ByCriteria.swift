/// A result with the criteria by which it was found. In JSON the criteria stand beside the result's own values, under the names
/// of their columns.
@dynamicMemberLookup
public struct ByCriteria<Result: Encodable>: Encodable {
    public let criteria: OverlapCriteria
    public let result: Result

    public init(_ criteria: OverlapCriteria, _ result: Result) {
        self.criteria = criteria
        self.result = result
    }

    public subscript<Value>(dynamicMember property: KeyPath<Result, Value>) -> Value { result[keyPath: property] }

    public func encode(to encoder: any Encoder) throws {
        try result.encode(to: encoder)
        try criteria.encode(to: encoder)
    }
}

extension ByCriteria: Sendable where Result: Sendable {}

extension OverlapCriteria: Encodable {
    /// The key of a criterion, which is its column.
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Writes the result and its criteria; a criterion that is nil is left out.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        for criterion in OverlapCriterion.all {
            let key = Key(stringValue: criterion.column)
            switch criterion.value(self) {
            case .number(let number): try values.encodeIfPresent(number, forKey: key)
            case .flag(let flag): try values.encode(flag, forKey: key)
            }
        }
    }
}
