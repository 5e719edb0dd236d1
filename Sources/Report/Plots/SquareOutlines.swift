import EPUCore

/// The part of the specimen that a session exposed in each grid square. Squares are numbered in the order in which they were
/// exposed.
struct SquareOutlines {
    struct Square {
        /// The number of the square, from 1, in the order of first exposures.
        let number: Int
        let gridSquare: Int64?
        let exposures: Int
        let overexposed: Int
        /// The corners of the hull of the beam centres, um; empty if none is finite.
        let corners: [Vector2]
    }

    let squares: [Square]

    /// - Parameter exposures: the exposures in time order.
    init(_ exposures: [OverlapMap.Exposure]) {
        var order: [Int64?: Int] = [:]
        var members: [(square: Int64?, exposures: [OverlapMap.Exposure])] = []
        for exposure in exposures {
            let index = order[exposure.gridSquare] ?? members.count
            if index == members.count {
                order[exposure.gridSquare] = index
                members.append((exposure.gridSquare, []))
            }
            members[index].exposures.append(exposure)
        }
        squares = members.enumerated().map { index, square in
            // An overexposed exposure may lie outside its square, in one that the stage had not left.
            let sound = square.exposures.filter { $0.cause == nil }
            let places = (sound.isEmpty ? square.exposures : sound).map(\.place).filter(\.isFinite)
            return Square(
                number: index + 1, gridSquare: square.square, exposures: square.exposures.count,
                overexposed: square.exposures.count { $0.cause != nil }, corners: places.convexHull)
        }
    }
}
