/// Discs as far as they can be told apart: of those whose centres fall into one cell of a raster, the greatest, or of
/// several the first, stands for all.
///
/// The raster is 1 nm, which is what the stage's read-backs are good to. Where that leaves more than `limit` discs it is
/// doubled until it does not, so that no number of discs at one place costs more than `limit` do. Each cell lies within
/// one of the next raster, so what is left of discs of one radius does not depend on when the raster was doubled.
struct DistinctDiscs {
    static let limit = 128

    private(set) var discs: [Disc] = []
    private var cells: [Cell] = []
    private var cellsPerMicrometre = 1000.0
    /// A hash table of indices of `discs`, with linear probing; -1 where there is none.
    private var slots = [Int16](repeating: -1, count: Self.slotCount)

    /// The size of the hash table, a power of two: at most a quarter of it is in use.
    private static let slotCount = 512

    /// Adds a disc, in constant time on average.
    /// - Parameter disc: A disc whose centre is finite.
    mutating func insert(_ disc: Disc) {
        add(disc)
        while discs.count > Self.limit { coarsen() }
    }

    private mutating func coarsen() {
        // Ends at last at 0, where all discs share one cell.
        cellsPerMicrometre /= 2
        let finer = discs
        discs.removeAll(keepingCapacity: true)
        cells.removeAll(keepingCapacity: true)
        for index in slots.indices { slots[index] = -1 }
        for disc in finer { add(disc) }
    }

    private mutating func add(_ disc: Disc) {
        let cell = Cell(of: disc.center, cellsPerMicrometre: cellsPerMicrometre)
        var slot = cell.hash & (Self.slotCount - 1)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if cells[index] == cell {
                if disc.radius > discs[index].radius { discs[index] = disc }
                return
            }
            slot = (slot + 1) & (Self.slotCount - 1)
        }
        slots[slot] = Int16(discs.count)
        discs.append(disc)
        cells.append(cell)
    }

    /// A cell by whole numbers, which are held as floating point so that no coordinate overflows.
    private struct Cell: Equatable {
        let x: Double
        let y: Double

        init(of point: Vector2, cellsPerMicrometre scale: Double) {
            // Adding 0 makes -0 the 0 that it equals, of which the bits are hashed.
            x = (point.x * scale).rounded(.down) + 0
            y = (point.y * scale).rounded(.down) + 0
        }

        /// The hash: the numbers are multiplied by odd ones and mixed as in SplitMix64, since the low bits of small whole
        /// numbers are all 0.
        var hash: Int {
            var mixed = x.bitPattern &* 0x9e37_79b9_7f4a_7c15 &+ y.bitPattern &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 32)) &* 0xd134_2543_de82_ef95
            return Int(truncatingIfNeeded: mixed >> 40)
        }
    }
}
