/// The clusters that were shot about a wrong centre, from pairs of clusters that have holes on one site of the foil.
///
/// The clusters that explain all pairs are sought greedily, the one with the most pairs first (of equals the later one): a vertex
/// cover (Johnson 1974, J. Comput. Syst. Sci. 9, 256). One misplaced cluster that meets two sound ones or more is always found
/// so.
struct MisplacedClusters {
    /// For each cluster, the others that it meets, with their number of pairs.
    private var others: [Int: [Int: Int]] = [:]
    private var degree: [Int: Int] = [:]

    /// - Parameter pairs: the numbers of two different clusters, one entry for each pair of holes.
    /// - Returns: the numbers of the misplaced clusters, in the order in which they were found. The cost in time is proportional
    ///   to the pairs, except where very many clusters have as many pairs as each other.
    static func explaining(_ pairs: [(Int, Int)]) -> [Int] {
        var search = MisplacedClusters()
        for (a, b) in pairs {
            search.others[a, default: [:]][b, default: 0] += 1
            search.others[b, default: [:]][a, default: 0] += 1
            search.degree[a, default: 0] += 1
            search.degree[b, default: 0] += 1
        }
        return search.run()
    }

    private mutating func run() -> [Int] {
        var found: [Int] = []
        // The clusters are sorted by their number of pairs, ascending; one that has lost some meanwhile is put where it belongs
        // when its turn comes.
        var byDegree = [[Int]](repeating: [], count: (degree.values.max() ?? 0) + 1)
        for (number, count) in degree.sorted(by: { $0.key < $1.key }) { byDegree[count].append(number) }
        var most = byDegree.count - 1
        while most > 0 {
            guard let number = byDegree[most].popLast() else {
                most -= 1
                continue
            }
            let left = degree[number] ?? 0
            if left == most {
                found.append(number)
                remove(number)
            } else if left > 0 {
                byDegree[left].insert(number, at: Self.place(of: number, in: byDegree[left]))
            }
        }
        return found
    }

    private mutating func remove(_ number: Int) {
        for (other, count) in others[number] ?? [:] {
            degree[other, default: 0] -= count
            others[other]?[number] = nil
        }
        degree[number] = 0
        others[number] = nil
    }

    /// The index where a number belongs in an ascending list, by bisection.
    private static func place(of number: Int, in list: [Int]) -> Int {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if list[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
