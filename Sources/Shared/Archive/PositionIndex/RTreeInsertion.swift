/// Puts many cells into an R-tree at once: they are packed into nodes of their own, and these are hung into the tree as if each
/// were one entry (Chen, Choubey and Rundensteiner, "Merging R-trees", SSDBM 2002, call it small-tree-large-tree).
///
/// Nothing that was there is moved, so the cost is that of the new cells and of one path from the root for each level.
struct RTreeInsertion {
    private var writer: RTreeWriter

    init(_ writer: RTreeWriter) { self.writer = writer }

    /// - Parameter cells: are sorted.
    mutating func insert(_ cells: inout [RTreeCell]) throws {
        var entries: [RTreeCell] = []
        for leaf in RTreePacking.sortIntoLeaves(&cells, capacity: writer.capacity) {
            if let cell = try writer.add(Array(cells[leaf]), level: 0) { entries.append(cell) }
        }
        var level = 1
        while !entries.isEmpty {
            entries = try hang(entries, level: level)
            level += 1
        }
    }

    /// Puts entries into one node of a level if it has room, and into new nodes if it has not.
    /// - Returns: the cells of these new nodes, which the next level has to take.
    private mutating func hang(_ entries: [RTreeCell], level: Int) throws -> [RTreeCell] {
        guard let first = entries.first else { return [] }
        let box = entries.dropFirst().reduce(first.box) { $0.union($1.box) }
        var path = try path(for: box, to: level)
        let host = path[path.count - 1]
        guard host.node.cells.count + entries.count <= writer.capacity else {
            var nodes: [RTreeCell] = []
            // Evenly, so that none is nearly empty; they are in the order of slices and strips.
            let count = (entries.count + writer.capacity - 1) / writer.capacity
            for number in 0..<count {
                let part = entries[number * entries.count / count..<(number + 1) * entries.count / count]
                if let cell = try writer.add(Array(part), level: level) { nodes.append(cell) }
            }
            return nodes
        }
        for entry in entries { try writer.setNode(of: entry.id, to: host.id, level: level) }
        path[path.count - 1].node.cells += entries
        for step in path.indices.reversed() {
            if step + 1 < path.count, let below = path[step + 1].node.box {
                path[step].node.cells[path[step].child].box = below
            }
            try writer.write(path[step].node, as: path[step].id)
        }
        return []
    }

    /// A node on the way from the root.
    private struct Step {
        let id: Int64
        var node: RTreeNode
        /// The cell by which the way goes on.
        var child = 0
    }

    /// The way from the root to a node of a level that takes in a box with the least growth; the tree is made higher until it has
    /// that level.
    private mutating func path(for box: RTreeBox, to level: Int) throws -> [Step] {
        var root = try writer.node(RTreeNode.rootID)
        while root.depth < level { root = try raise(root) }
        var path = [Step(id: RTreeNode.rootID, node: root)]
        for _ in level..<root.depth {
            let last = path.count - 1
            let cells = path[last].node.cells
            let growths = cells.map { $0.box.enlargement(by: box) }
            guard let child = growths.indices.min(by: { growths[$0] < growths[$1] }) else {
                throw RTreeStore.isDamaged
            }
            path[last].child = child
            path.append(Step(id: cells[child].id, node: try writer.node(cells[child].id)))
        }
        return path
    }

    /// Moves what the root holds into a new node, which becomes all that the root has.
    private mutating func raise(_ root: RTreeNode) throws -> RTreeNode {
        guard root.depth < RTreeNode.greatestDepth else { throw RTreeStore.isDamaged }
        let moved = try writer.add(root.cells, level: root.depth)
        let raised = RTreeNode(depth: root.depth + 1, cells: moved.map { [$0] } ?? [])
        if let moved { try writer.setNode(of: moved.id, to: RTreeNode.rootID, level: raised.depth) }
        try writer.write(raised, as: RTreeNode.rootID)
        return raised
    }
}
