/// Sorts cells into full nodes by Sort-Tile-Recursive: vertical strips of equally many cells, each cut from bottom to top
/// (Leutenegger, Lopez and Edgington, ICDE 1997). What lies in different slices of the third dimension is kept apart, as a search
/// asks for one slice.
enum RTreePacking {
    /// - Parameters:
    ///   - cells: are sorted by slices, strips and y.
    ///   - capacity: the greatest number of cells of a node.
    /// - Returns: the places in `cells` of what each leaf holds.
    static func sortIntoLeaves(_ cells: inout [RTreeCell], capacity: Int) -> [Range<Int>] {
        cells.sort { ($0.box.lower.z, $0.id) < ($1.box.lower.z, $1.id) }
        var leaves: [Range<Int>] = []
        // Small slices share nodes: a leaf that is nearly empty takes as much room as a full one.
        var small = 0..<0
        func cut(_ range: Range<Int>) {
            let count = (range.count + capacity - 1) / capacity
            for number in 0..<count {
                leaves.append(
                    range.lowerBound + number * range.count / count..<range.lowerBound + (number + 1) * range.count
                        / count)
            }
        }
        var start = 0
        while start < cells.count {
            let slice = cells[start].box.lower.z
            let end = cells[start...].firstIndex { $0.box.lower.z != slice } ?? cells.count
            if end - start < capacity / 3 {
                small = small.isEmpty ? start..<end : small.lowerBound..<end
            } else {
                cut(small)
                small = 0..<0
                tile(&cells, start..<end, capacity)
                cut(start..<end)
            }
            start = end
        }
        cut(small)
        return leaves
    }

    private static func tile(_ cells: inout [RTreeCell], _ range: Range<Int>, _ capacity: Int) {
        let leaves = (range.count + capacity - 1) / capacity
        // Strips are cut where leaves are, so that no leaf reaches over two of them.
        let strips = max(1, Int(Double(leaves).squareRoot().rounded()))
        cells[range].sort { ($0.box.lower.x, $0.id) < ($1.box.lower.x, $1.id) }
        for strip in 0..<strips {
            func bound(_ strip: Int) -> Int {
                range.lowerBound + (strip * leaves / strips) * range.count / leaves
            }
            cells[bound(strip)..<bound(strip + 1)].sort { ($0.box.lower.y, $0.id) < ($1.box.lower.y, $1.id) }
        }
    }
}
