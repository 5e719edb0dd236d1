/// The index of each of some ids: an array where the ids lie close together, as those of one session do, and else a dictionary.
struct IDIndex {
    private let first: Int64
    private let dense: [Int32]
    private let sparse: [Int64: Int32]

    init(_ ids: some Collection<Int64>) {
        let (least, greatest) = ids.reduce((Int64.max, Int64.min)) { (min($0.0, $1), max($0.1, $1)) }
        first = least
        let (span, overflows) = greatest.subtractingReportingOverflow(least)
        guard !ids.isEmpty, !overflows, span < 4 * ids.count + 1000 else {
            dense = []
            sparse = Dictionary(zip(ids, 0...)) { _, last in last }
            return
        }
        var dense = [Int32](repeating: -1, count: Int(span) + 1)
        for (index, id) in zip(Int32(0)..., ids) { dense[Int(id - least)] = index }
        self.dense = dense
        sparse = [:]
    }

    /// The index of an id; -1: it is none of them.
    subscript(_ id: Int64) -> Int {
        guard !dense.isEmpty else { return Int(sparse[id] ?? -1) }
        let (place, overflows) = id.subtractingReportingOverflow(first)
        guard !overflows, dense.indices.contains(Int(place)) else { return -1 }
        return Int(dense[Int(place)])
    }
}
