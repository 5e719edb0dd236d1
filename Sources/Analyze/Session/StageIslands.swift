import EPUCore

/// Stage stops that lie together, for sessions of which nobody knows the grid squares: a flat folder does not say them.
///
/// The foil of each grid square has a lattice of its own, and the bars between squares are 25 um wide or more. So stops whose
/// neighbours are farther away than stops of one square are from each other are of different squares. Where one square comes
/// apart nothing wrong is found, only less.
struct StageIslands {
    /// The number of the island of each stop, from 0, in the order of their first stops.
    let ofStop: [Int]

    /// The side of a cell, um. Cells belong together where at most one empty cell lies between them: stops up to two sides apart
    /// surely do, stops more than three sides apart in x or y do not.
    private static let cell = 10.0

    private struct Cell: Hashable {
        let x, y: Int
    }

    init(_ stops: [Vector2]) {
        let cells = stops.map { stop in
            Cell(
                x: Int(clamping: (stop.x / Self.cell).rounded(.down)),
                y: Int(clamping: (stop.y / Self.cell).rounded(.down)))
        }
        let filled = Set(cells)
        var island: [Cell: Int] = [:]
        var count = 0
        var open: [Cell] = []
        for cell in cells where island[cell] == nil {
            island[cell] = count
            open.append(cell)
            while let next = open.popLast() {
                for x in -2...2 {
                    for y in -2...2 {
                        let near = Cell(x: next.x &+ x, y: next.y &+ y)
                        guard filled.contains(near), island[near] == nil else { continue }
                        island[near] = count
                        open.append(near)
                    }
                }
            }
            count += 1
        }
        ofStop = cells.map { island[$0] ?? 0 }
    }
}
