/// The exposures of each visit, in two flat arrays: a session has hundreds of thousands of visits, of a few exposures each.
struct VisitMembers {
    /// The exposures, visit after visit, each visit's in the order given.
    let exposures: [Int32]
    /// Where the exposures of each visit begin, and the end of the last one.
    private let starts: [Int32]

    /// - Parameters:
    ///   - exposures: the indices of the exposures.
    ///   - visit: the visit of each exposure, numbered from 0. The cost is proportional to the exposures and to the greatest number.
    init(of exposures: some Collection<Int>, _ visit: IndexColumn) {
        var starts = [Int32](repeating: 0, count: (exposures.lazy.map { visit[$0] }.max() ?? -1) + 2)
        for exposure in exposures { starts[visit[exposure] + 1] += 1 }
        for number in starts.indices.dropFirst() { starts[number] += starts[number - 1] }
        var next = starts
        var ordered = [Int32](repeating: 0, count: exposures.count)
        for exposure in exposures {
            ordered[Int(next[visit[exposure]])] = Int32(clamping: exposure)
            next[visit[exposure]] += 1
        }
        self.exposures = ordered
        self.starts = starts
    }

    /// The number of visits; some of them may have no exposure.
    var count: Int { starts.count - 1 }

    /// The places in `exposures` of the exposures of a visit.
    subscript(_ visit: Int) -> Range<Int> { Int(starts[visit])..<Int(starts[visit + 1]) }
}
