import GRDB

/// The placements of one set as the nodes of the R-tree `placement_index` hold them, each node read when it is first needed, so
/// that a search reads no more of a big grid than it comes near to.
public struct PositionTree {
    /// A placement in a leaf. Its coordinates are 32-bit floats, um, rounded outwards.
    struct Entry {
        let minX, maxX, minY, maxY: Float
        /// What the caller knows the placement by.
        let number: Int32
        /// The index of its slice.
        let slice: Int32
    }

    /// A slice of the third dimension that is searched.
    public struct Slice: Sendable {
        public let extent: ClosedRange<Double>
        /// How far what is in it reaches, um.
        public let reach: Double

        public init(extent: ClosedRange<Double>, reach: Double) {
            self.extent = extent
            self.reach = reach
        }
    }

    /// A rectangle of the plane, um, and how far around it is searched.
    struct Window {
        var lower: SIMD2<Double>
        var upper: SIMD2<Double>
        /// The distance from the rectangle in any case, um.
        let radius: Double
        /// Adds to the reach of a slice, um; nil: the reach does not matter.
        var fieldReach: Double?

        /// A point.
        init(_ position: SIMD2<Double>, radius: Double, fieldReach: Double?) {
            (lower, upper) = (position, position)
            self.radius = radius
            self.fieldReach = fieldReach
        }

        /// How far from the rectangle what reaches so far itself may lie, um.
        func distance(_ reach: Double) -> Double { max(radius, fieldReach.map { $0 + reach } ?? 0) }

        func meets(_ entry: Entry, _ slices: [Slice]) -> Bool {
            meets(
                entry.minX, entry.maxX, entry.minY, entry.maxY, within: distance(slices[Int(entry.slice)].reach))
        }

        func meets(_ minX: Float, _ maxX: Float, _ minY: Float, _ maxY: Float, within distance: Double) -> Bool {
            Double(minX) <= upper.x + distance && Double(maxX) >= lower.x - distance
                && Double(minY) <= upper.y + distance && Double(maxY) >= lower.y - distance
        }
    }

    let slices: [Slice]
    private let number: (Int64) -> Int
    private var store: RTreeStore
    private var inner: [InnerCell] = []
    private var leaves: [Entry] = []
    private var nodes: [Node] = []
    private var isRead: Set<Int64> = []
    /// The nodes that are still to be visited: a property, so that its memory is used again.
    private var open: [Int] = []

    private struct Node {
        /// The number of levels between the node and the leaves.
        let level: Int
        /// Of `leaves` at level 0, of `inner` above.
        let cells: Range<Int>
    }

    private struct InnerCell {
        let minX, maxX, minY, maxY: Float
        /// The greatest reach of the slices that it has a part of, um.
        let reach: Double
        let id: Int64
        /// The index of the node; -1: it was not read yet.
        var node = -1
    }

    /// - Parameters:
    ///   - slices: what of the R-tree is searched.
    ///   - capacity: about how many placements will be read.
    ///   - number: what the caller knows a placement by, from 0 on; -1 where it is to be left out.
    /// - Throws: `Failure` where the index is damaged, as all that reads it.
    init(_ slices: [Slice], capacity: Int, _ db: Database, number: @escaping (Int64) -> Int) throws {
        self.slices = slices
        self.number = number
        store = try RTreeStore(db)
        leaves.reserveCapacity(capacity)
        let root = try store.node(RTreeNode.rootID)
        try add(root, id: RTreeNode.rootID, level: root.depth)
    }

    /// Adds what lies in a window to a list.
    mutating func append(in window: Window, to found: inout [Entry]) throws {
        open.append(0)
        defer { open.removeAll(keepingCapacity: true) }
        while let index = open.popLast() {
            let node = nodes[index]
            if node.level == 0 {
                for entry in leaves[node.cells] where window.meets(entry, slices) { found.append(entry) }
            } else {
                for place in node.cells {
                    let cell = inner[place]
                    guard
                        window.meets(
                            cell.minX, cell.maxX, cell.minY, cell.maxY, within: window.distance(cell.reach))
                    else { continue }
                    if cell.node < 0 {
                        inner[place].node = nodes.count
                        try add(try store.node(cell.id), id: cell.id, level: node.level - 1)
                    }
                    open.append(inner[place].node)
                }
            }
        }
    }

    private mutating func add(_ node: RTreeNode, id: Int64, level: Int) throws {
        // A node that is reached twice is no tree's: without this, a few nodes could keep a search busy for ever.
        guard isRead.insert(id).inserted else { throw RTreeStore.isDamaged }
        let start = level == 0 ? leaves.count : inner.count
        for cell in node.cells {
            guard let slice = slice(of: cell.box) else { continue }
            let (lower, upper) = (cell.box.lower, cell.box.upper)
            if level > 0 {
                inner.append(
                    InnerCell(
                        minX: lower.x, maxX: upper.x, minY: lower.y, maxY: upper.y, reach: slices[slice].reach,
                        id: cell.id))
                continue
            }
            let number = number(cell.id)
            guard number >= 0 else { continue }
            leaves.append(
                Entry(
                    minX: lower.x, maxX: upper.x, minY: lower.y, maxY: upper.y, number: Int32(clamping: number),
                    slice: Int32(clamping: slice)))
        }
        nodes.append(Node(level: level, cells: start..<(level == 0 ? leaves.count : inner.count)))
    }

    /// Of the slices that a box has a part of, the one that reaches farthest; nil: it has no part of any.
    private func slice(of box: RTreeBox) -> Int? {
        let extent = Double(box.lower.z)...Double(max(box.lower.z, box.upper.z))
        var farthest: Int?
        for (index, slice) in slices.enumerated() where slice.extent.overlaps(extent) {
            if farthest.map({ slice.reach > slices[$0].reach }) ?? true { farthest = index }
        }
        return farthest
    }
}
