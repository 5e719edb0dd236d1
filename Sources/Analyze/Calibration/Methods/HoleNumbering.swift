/// What the ids of foil holes tell: EPU numbers the holes of a grid square along a square spiral from its centre, so that
/// successive ids are neighbours, except where the square's edge is cut (63 of 63 and 272 of 272 in real sessions).
struct HoleNumbering: Sendable {
    /// Visits to holes of successive ids from different stops of one patch: only these depend on the matrix.
    let pairs: [(first: Int, second: Int)]

    init(_ problem: LatticeProblem) {
        struct Key: Hashable {
            let patch: Int
            let hole: Int64
        }
        var firstVisit: [Key: Int] = [:]
        for index in problem.stop.indices {
            let key = Key(patch: problem.patch[index], hole: problem.hole[index])
            if firstVisit[key] == nil { firstVisit[key] = index }
        }
        pairs = problem.stop.indices.compactMap { index in
            guard firstVisit[Key(patch: problem.patch[index], hole: problem.hole[index])] == index,
                let next = firstVisit[Key(patch: problem.patch[index], hole: problem.hole[index] &+ 1)],
                problem.stop[next] != problem.stop[index]
            else { return nil }
            return (index, next)
        }
    }

    /// The number of pairs that lie on neighbouring sites.
    func hits(_ fit: LatticeFit, _ problem: LatticeProblem) -> Int {
        let steps = Set(problem.lattice.kind.neighbours)
        return pairs.count { steps.contains(fit.sites[$0.second] - fit.sites[$0.first]) }
    }
}
