/// The number of each of some ids: an array where the ids lie close together, as those of one session do, and else a dictionary.
public struct IDIndex: Sendable {
    private let first: Int64
    private let dense: [Int32]
    private let sparse: [Int64: Int32]

    /// - Parameters:
    ///   - numbers: the numbers, from 0 on.
    ///   - id: the id of a number; nil: it has none. It is called twice for each.
    public init(_ numbers: Range<Int>, id: (Int) -> Int64?) {
        self.init(numbers, number: { $0 }, id: id)
    }

    /// - Parameters:
    ///   - places: where the numbers stand, in ascending order of precedence: of an id that comes again the last one holds.
    ///   - number: the number at a place, from 0 on.
    ///   - id: the id at a place; nil: there is none.
    init(_ places: Range<Int>, number: (Int) -> Int, id: (Int) -> Int64?) {
        var (least, greatest, count) = (Int64.max, Int64.min, 0)
        for place in places {
            guard let id = id(place) else { continue }
            (least, greatest, count) = (min(least, id), max(greatest, id), count + 1)
        }
        first = least
        let (span, overflows) = greatest.subtractingReportingOverflow(least)
        guard count > 0, !overflows, span < 4 * count + 1000 else {
            var sparse: [Int64: Int32] = [:]
            for place in places {
                if let id = id(place) { sparse[id] = Int32(clamping: number(place)) }
            }
            (dense, self.sparse) = ([], sparse)
            return
        }
        var dense = [Int32](repeating: -1, count: Int(span) + 1)
        for place in places {
            if let id = id(place) { dense[Int(id - least)] = Int32(clamping: number(place)) }
        }
        (self.dense, sparse) = (dense, [:])
    }

    /// The number of an id; nil: it is none of them.
    public subscript(_ id: Int64) -> Int? {
        guard !dense.isEmpty else { return sparse[id].map { Int($0) } }
        let (place, overflows) = id.subtractingReportingOverflow(first)
        guard !overflows, dense.indices.contains(Int(place)), dense[Int(place)] >= 0 else { return nil }
        return Int(dense[Int(place)])
    }
}
