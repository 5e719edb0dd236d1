/// A box of SQLite's R-tree in the order of `placement_index`: x and y in um, and the slices of sets.
struct RTreeBox: Hashable, Sendable {
    // A vector of three takes the room of four, and there may be millions of boxes.
    private var minX, minY, minSet, maxX, maxY, maxSet: Float

    var lower: SIMD3<Float> { SIMD3(minX, minY, minSet) }
    var upper: SIMD3<Float> { SIMD3(maxX, maxY, maxSet) }

    init(lower: SIMD3<Float>, upper: SIMD3<Float>) {
        (minX, minY, minSet) = (lower.x, lower.y, lower.z)
        (maxX, maxY, maxSet) = (upper.x, upper.y, upper.z)
    }

    /// The box of a position and a slice, rounded outwards as SQLite rounds what is inserted (`rtreeValueDown` and `rtreeValueUp`
    /// of its rtree.c).
    init(at position: SIMD2<Double>, slice: ClosedRange<Double>) {
        self.init(
            lower: SIMD3(
                Self.roundedDown(position.x), Self.roundedDown(position.y), Self.roundedDown(slice.lowerBound)),
            upper: SIMD3(Self.roundedUp(position.x), Self.roundedUp(position.y), Self.roundedUp(slice.upperBound)))
    }

    /// Whether it begins before it ends in all dimensions, which is false where a number is missing.
    var isOrdered: Bool { minX <= maxX && minY <= maxY && minSet <= maxSet }

    func union(_ other: RTreeBox) -> RTreeBox {
        RTreeBox(lower: pointwiseMin(lower, other.lower), upper: pointwiseMax(upper, other.upper))
    }

    /// By how much the box grows when it takes in another: first of all in the third dimension, so that sets stay apart, and then
    /// in the plane.
    func enlargement(by other: RTreeBox) -> (set: Float, area: Float) {
        let (own, all) = (upper - lower, union(other))
        let grown = all.upper - all.lower
        return (grown.z - own.z, grown.x * grown.y - own.x * own.y)
    }

    private static let step = 1.0 / 8_388_608

    private static func roundedDown(_ value: Double) -> Float {
        let nearest = Float(value)
        return Double(nearest) > value ? Float(value * (value < 0 ? 1 + step : 1 - step)) : nearest
    }

    private static func roundedUp(_ value: Double) -> Float {
        let nearest = Float(value)
        return Double(nearest) < value ? Float(value * (value < 0 ? 1 - step : 1 + step)) : nearest
    }
}

/// An entry of a node: a row of the R-tree or, above the leaves, a node, and the box that all of it lies in.
struct RTreeCell: Sendable {
    var id: Int64
    var box: RTreeBox
}

/// A node of SQLite's R-tree as its table of nodes has it (https://www.sqlite.org/rtree.html, "Shadow Tables"): two bytes with
/// the depth of the tree, which count in the root only; two with the number of cells; and for each cell the id in eight bytes and
/// its coordinates, lower and upper in turn, in four each. All are big-endian; the rest of the node is not used.
struct RTreeNode: Sendable {
    /// The number of levels above the leaves; 0 in nodes that are not the root.
    var depth = 0
    var cells: [RTreeCell] = []

    static let rootID: Int64 = 1
    /// The greatest depth that SQLite reads.
    static let greatestDepth = 40
    private static let headerBytes = 4
    private static let cellBytes = 8 + 6 * 4

    /// The number of cells that a node of so many bytes has room for.
    static func capacity(bytes: Int) -> Int { (bytes - headerBytes) / cellBytes }

    /// The number of bytes that a node with so many cells needs.
    static func bytes(cells: Int) -> Int { headerBytes + cells * cellBytes }

    init(depth: Int = 0, cells: [RTreeCell]) {
        self.depth = depth
        self.cells = cells
    }

    /// - Returns: nil where the bytes are no node: also where a box ends before it begins, or has no numbers.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= Self.headerBytes else { return nil }
        depth = Int(Self.load(UInt16.self, bytes, 0))
        let count = Int(Self.load(UInt16.self, bytes, 2))
        guard depth <= Self.greatestDepth, count <= Self.capacity(bytes: bytes.count) else { return nil }
        cells.reserveCapacity(count)
        for number in 0..<count {
            let start = Self.headerBytes + number * Self.cellBytes
            func coordinate(_ index: Int) -> Float {
                Float(bitPattern: Self.load(UInt32.self, bytes, start + 8 + 4 * index))
            }
            let box = RTreeBox(
                lower: SIMD3(coordinate(0), coordinate(2), coordinate(4)),
                upper: SIMD3(coordinate(1), coordinate(3), coordinate(5)))
            guard box.isOrdered else { return nil }
            cells.append(RTreeCell(id: Int64(bitPattern: Self.load(UInt64.self, bytes, start)), box: box))
        }
    }

    /// The node in so many bytes, which must have room for its cells.
    func bytes(_ size: Int) -> [UInt8] {
        precondition(Self.bytes(cells: cells.count) <= size, "A node has more cells than it has room for.")
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            buffer.initialize(repeating: 0)
            let raw = UnsafeMutableRawBufferPointer(buffer)
            Self.store(UInt16(depth), raw, 0)
            Self.store(UInt16(cells.count), raw, 2)
            for (number, cell) in cells.enumerated() {
                let start = Self.headerBytes + number * Self.cellBytes
                Self.store(UInt64(bitPattern: cell.id), raw, start)
                for dimension in 0..<3 {
                    let place = start + 8 + 8 * dimension
                    Self.store(cell.box.lower[dimension].bitPattern, raw, place)
                    Self.store(cell.box.upper[dimension].bitPattern, raw, place + 4)
                }
            }
            count = size
        }
    }

    /// The box around all cells; nil where there are none.
    var box: RTreeBox? {
        guard var box = cells.first?.box else { return nil }
        for cell in cells.dropFirst() { box = box.union(cell.box) }
        return box
    }

    private static func load<Value: FixedWidthInteger>(
        _: Value.Type, _ bytes: UnsafeRawBufferPointer, _ place: Int
    ) -> Value {
        Value(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: Value.self))
    }

    private static func store<Value: FixedWidthInteger>(
        _ value: Value, _ bytes: UnsafeMutableRawBufferPointer, _ place: Int
    ) {
        bytes.storeBytes(of: value.bigEndian, toByteOffset: place, as: Value.self)
    }
}
