/// Indices, one for each exposure, in 4 bytes each, as there may be millions of exposures.
struct IndexColumn: RandomAccessCollection, Sendable {
    private var values: [Int32] = []

    init() {}

    /// - Parameter indices: indices, which are below 2^31.
    init(_ indices: some Sequence<Int>) { values = indices.map { Int32(clamping: $0) } }

    var startIndex: Int { 0 }
    var endIndex: Int { values.count }

    subscript(_ exposure: Int) -> Int {
        get { Int(values[exposure]) }
        set { values[exposure] = Int32(clamping: newValue) }
    }

    mutating func append(_ index: Int) { values.append(Int32(clamping: index)) }

    mutating func reserveCapacity(_ count: Int) { values.reserveCapacity(count) }
}

/// Indices, of which some are not known, in 4 bytes each.
struct OptionalIndexColumn: RandomAccessCollection, Sendable {
    private let values: IndexColumn

    init(_ indices: some Sequence<Int?>) { values = IndexColumn(indices.lazy.map { $0 ?? -1 }) }

    var startIndex: Int { 0 }
    var endIndex: Int { values.endIndex }

    subscript(_ exposure: Int) -> Int? { values[exposure] < 0 ? nil : values[exposure] }
}

/// Numbers, of which some are not known, in 8 bytes each: an optional takes twice as many.
struct OptionalNumberColumn: RandomAccessCollection, Sendable {
    /// What is not known is not a number.
    private let values: [Double]

    init(_ numbers: some Sequence<Double?>) { values = numbers.map { $0 ?? .nan } }

    var startIndex: Int { 0 }
    var endIndex: Int { values.endIndex }

    subscript(_ exposure: Int) -> Double? { values[exposure].isNaN ? nil : values[exposure] }
}
